# METADATA
# title: Exceptions have owner, reason and a live expiry
# description: An exception holds a finding back only while somebody answers for it, somebody else agreed, and it ends.
# custom:
#   severity: medium
#   since: "0.1"
#   who_can_act: you
#   parameters: [max_exception_days]
#   remedy:
#     deployer: mend the exception and have it approved again, or delete it
#     publisher: nothing to do
package weighbridge.rules.exception.valid

import data.weighbridge.lib.exceptions
import data.weighbridge.lib.finding

deny contains finding.general(message) if {
	some invalid in exceptions.invalid
	exception := invalid.exception
	message := concat("", [
		"exception ", exception.namespace, "/", exception.name, " for ", exception.rule,
		" has no effect: ", concat("; ", invalid.why),
	])
}
