# METADATA
# title: Base pinned to an immutable version
# description: Card, files or an attestation say by commit or digest which version of its base a model was made from.
# custom:
#   severity: high
#   evidence: [lineage, statements]
#   since: "0.1"
#   who_can_act: model_owner
#   parameters:
#     in_house_action: 'what is demanded of models by the site''s own publishers: `audit`, `warn`, `deny`, or `by_profile` (deny in restricted)'
#   frameworks: {owasp_llm_2025: [LLM03], atlas: [AML.T0010.003, AML.T0018], aisvs_1_0: [3.1.1, 3.5.3]}
#   remedy:
#     deployer: ask its owner which version of the base was used
#     publisher: write base_model_revision with the commit, or attest the base as a resolved dependency with its digest
#   why: 'Which version of the base was used decides which known issues a model has; a name does not say it.'
#   denies:
#   - 'a base is named without a commit or digest, in card, files and trusted attestations alike'
#   - 'the lineage was delivered and cannot be read'
#   admits:
#   - '`base_model_revision` or `org/name@COMMIT` in the card, a revision in adapter_config.json'
#   - 'a trusted attestation that gives the base''s digest'
#   - 'models without a base'
package weighbridge.rules.lineage.base_pinned

import data.weighbridge.lib.counterparts
import data.weighbridge.lib.finding
import data.weighbridge.lib.lineage
import data.weighbridge.lib.models
import data.weighbridge.lib.parameters
import data.weighbridge.lib.signatures

deny contains finding.graded(model, _grade_of(model), message, evidence) if {
	some model in models.described
	known := model.lineage.found
	loose := {parent | some parent in lineage.parents(known); not parent in _pinned(model)}
	count(loose) > 0
	signatures.whole(model.statements)
	message := concat("", ["does not say which version of ", finding.shown(loose), " it was made from"])
	evidence := finding.first(union({lineage.pointers(known, parent) | some parent in loose}))
}

deny contains finding.graded(model, _grade_of(model), message, []) if {
	some model in models.described
	message := concat("", [
		"its base cannot be told, its lineage cannot be read: ", model.lineage.found.unreadable,
	])
}

_grade_of(model) := counterparts.grade("lineage.base_pinned", model.ref) if not _stated

_grade_of(model) := "full" if {
	_stated
	not model.in_house == true
}

_grade_of(model) := _strength[_in_house_action] if {
	_stated
	model.in_house == true
}

_strength := {"audit": "audit", "warn": "must_warn", "deny": "must_deny"}

_stated if _in_house_action in object.keys(_strength)

_in_house_action := parameters.value("lineage.base_pinned", "in_house_action")

# An attestation pins only where the site trusts who signed it.
_pinned(model) := {edge.parent |
	some edge in model.lineage.found.edges
	edge.child == model.lineage.found.name
	edge.pinned
	edge.source != "attestation"
} | {dependency.name |
	some statement in signatures.statements(model)
	some dependency in statement.dependencies
	count(dependency.digests) > 0
}
