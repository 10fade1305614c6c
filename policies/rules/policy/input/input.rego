# METADATA
# title: The input can be read
# description: Policies judge a document of the shape they know, or nothing.
# custom:
#   severity: critical
#   since: "0.1"
#   who_can_act: policy_owner
#   remedy:
#     deployer: nothing to fix in this manifest
#     publisher: run controller and policies of the same release
#   why: In Rego a missing field makes a rule silently not fire. What cannot be read is therefore refused, in every
#     profile and stage.
#   denies:
#   - the input document lacks a part, or has one of another kind than the policies know
#   admits:
#   - documents of the shape in `policies/schemas/input.json`
package weighbridge.rules.policy.input

import data.weighbridge.lib.finding
import data.weighbridge.lib.shape

deny contains finding.general(message) if {
	not shape.readable
	message := concat("", [
		"the input is not what these policies know, see ", concat(", ", finding.ordered(shape.broken)),
	])
}
