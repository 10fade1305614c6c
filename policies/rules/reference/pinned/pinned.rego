# METADATA
# title: Deployment pins a digest or commit
# description: What is judged is what runs, also after the publisher moves a branch or a tag.
# custom:
#   severity: high
#   evidence: [resolved]
#   since: "0.1"
#   who_can_act: you
#   frameworks: {owasp_llm_2025: [LLM03], atlas: [AML.T0010.003, AML.T0109], aisvs_1_0: [3.1.2, 3.1.3]}
#   remedy:
#     deployer: name the commit or digest in the reference, for instance with --revision
#     publisher: nothing to do
#   why: A branch can be moved after the review; the next Pod then loads something nobody judged.
#   denies:
#   - the reference names a branch, a tag or no revision
#   admits:
#   - a full commit, or a digest
#   - references that could not be resolved at all, which `workload.resolved` reports
package weighbridge.rules.reference.pinned

import data.weighbridge.lib.finding

deny contains finding.full(model, message, ["reference"]) if {
	some model in input.models
	resolved := model.resolved.found
	not resolved.immutable
	message := concat("", [_asked(resolved), ", which may be something else tomorrow", _now(resolved)])
}

default _asked(_) := "names no revision"

_asked(resolved) := concat("", ["names ", resolved.asked]) if is_string(resolved.asked)

default _now(_) := ""

_now(resolved) := concat("", ["; today it is ", resolved.commit]) if is_string(resolved.commit)

_now(resolved) := concat("", ["; today it is ", resolved.digest]) if {
	is_string(resolved.digest)
	resolved.commit == null
}
