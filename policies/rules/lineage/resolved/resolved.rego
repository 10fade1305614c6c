# METADATA
# title: Lineage resolves to a root within N steps
# description: Every branch of a lineage ends at a model that was made from nothing else.
# custom:
#   severity: medium
#   evidence:
#   - lineage
#   since: '0.1'
#   who_can_act: model_owner
#   frameworks:
#     owasp_llm_2025:
#     - LLM03
#     atlas:
#     - AML.T0010.003
#     - AML.T0018
#     - AML.T0058
#     - AML.M0014
#     - AML.M0023
#     aisvs_1_0:
#     - 3.1.1
#     - 3.5.3
#     - 6.1.3
#     eu_ai_act:
#     - Annex XI 1.2(b)
#   remedy:
#     deployer: serve a model whose ancestors can all be found, or ask its owner
#     publisher: name every base as a hub id that exists, with its revision
#   why: An advisory reaches a model through its ancestors; where a branch ends in nothing, nobody can tell whether
#     one concerns it.
#   denies:
#   - an ancestor does not exist where it is said to be
#   - the model was made from another and no machine-readable statement says which
#   - a branch is longer than lineage is walked
#   admits:
#   - models that were made from nothing else
#   - ancestors that a source could not be asked about, which evidence.available reports
#   false_positives:
#   - 'bases that were deleted or renamed upstream: add the new name to data/aliases.yaml'
package weighbridge.rules.lineage.resolved

import data.weighbridge.lib.finding
import data.weighbridge.lib.lineage
import data.weighbridge.lib.models

deny contains finding.full(model, message, finding.first(lineage.pointers(tree, node.name))) if {
	some model in models.described
	tree := model.lineage.found
	some node in tree.nodes
	some why in _ends(node)
	message := concat("", [
		"derives from ", node.name, ", ", why,
		": whether an advisory concerns it cannot be established",
	])
}

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	tree := model.lineage.found
	count(tree.derived_by) + count(tree.prose_parents) > 0
	count(lineage.parents(tree)) == 0
	lineage.own_statements_known(tree)
	message := concat("", [_last_known(tree), ": whether an advisory concerns it cannot be established"])
}

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	message := concat("", ["its lineage cannot be read: ", model.lineage.found.unreadable])
}

_ends(node) := {"which does not exist"} if node.state == "missing"

_ends(node) := {"further up than lineage is walked"} if node.state == "not_walked"

_last_known(tree) := concat("", ["was made from ", finding.shown(parents), ", as running text says"]) if {
	parents := {parent | some parent in tree.prose_parents}
	count(parents) > 0
}

_last_known(tree) := "was made from a model that it does not name" if count(tree.prose_parents) == 0
