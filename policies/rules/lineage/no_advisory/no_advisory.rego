# METADATA
# title: No ancestor with a known issue
# description: Neither a model nor anything it was made from is the subject of an advisory of the site.
# custom:
#   severity: critical
#   evidence: [resolved, lineage]
#   since: "0.1"
#   who_can_act: you
#   frameworks: {owasp_llm_2025: [LLM03, LLM04], atlas: [AML.T0018, AML.T0058], aisvs_1_0: [3.1.1]}
#   remedy:
#     deployer: serve a version that the advisory does not name, see its fixedIn
#     publisher: build again from an ancestor without the issue
#   why: A backdoor or poisoned data set in a base is inherited by every derivative, whether anybody downstream was
#     told or not.
#   denies:
#   - an advisory names the commit or digest of the model, or of an ancestor
#   - 'an advisory matches by name only (a weaker finding: at most a warning, `may be affected by`)'
#   - the lineage was delivered and cannot be read, so ancestors cannot be checked
#   admits:
#   - a commit that the advisory does not name
#   - 'an ancestor that does not exist: its branch of the tree ends there'
package weighbridge.rules.lineage.no_advisory

import data.weighbridge.lib.finding
import data.weighbridge.lib.lineage

deny contains finding.full(model, message, []) if {
	some model in input.models
	message := concat("", [
		"its ancestors cannot be checked for advisories, its lineage cannot be read: ",
		model.lineage.found.unreadable,
	])
}

deny contains finding.full(model, message, _places(model, advisory)) if {
	some model in input.models
	some advisory in model.advisories
	advisory.by in {"digest", "commit"}
	message := concat("", [
		_relation(advisory, "is affected"), " by ", advisory.id, ": ", advisory.summary, _fix(advisory),
	])
}

deny contains finding.weak(model, message, _places(model, advisory)) if {
	some model in input.models
	some advisory in model.advisories
	not advisory.by in {"digest", "commit"}
	message := concat("", [
		_relation(advisory, "may be affected"), " by ", advisory.id, ", whose subject has its name: ",
		advisory.summary, _fix(advisory),
	])
}

_relation(advisory, affected) := affected if advisory.own

_relation(advisory, affected) := concat("", [
	"derives from ", advisory.node, ", which ", affected,
]) if not advisory.own

_fix(advisory) := "" if advisory.fixed_in == null

_fix(advisory) := concat("", ["; fixed in ", advisory.fixed_in]) if is_string(advisory.fixed_in)

default _places(_, _) := ["reference"]

_places(model, advisory) := finding.first(lineage.pointers(model.lineage.found, advisory.node)) if not advisory.own
