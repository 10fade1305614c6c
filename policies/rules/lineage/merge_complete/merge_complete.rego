# METADATA
# title: Merges name every parent, each admissible
# description: A merge says which models it was made of, all of them.
# custom:
#   severity: high
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
#     deployer: serve a merge whose parents are all named, or ask its owner
#     publisher: name every parent of the merge in base_model, as in the merge configuration
#   why: 'A merge behaves like none of its parents and answers for all of them: their licenses, their data, their
#     faults.'
#   denies:
#   - the merge configuration names a parent that the front matter does not
#   - a merge names no parent at all
#   admits:
#   - merges whose front matter names every parent
#   - parents that do not exist, which lineage.resolved reports
#   false_positives:
#   - 'parents that are private stages of the same publisher: publish them or name what they were made of'
package weighbridge.rules.lineage.merge_complete

import data.weighbridge.lib.finding
import data.weighbridge.lib.lineage
import data.weighbridge.lib.models

deny contains finding.full(model, message, finding.first(pointers)) if {
	some model in models.described
	tree := model.lineage.found
	undeclared := _of(tree, "mergekit") - _of(tree, "front_matter")
	count(undeclared) > 0
	pointers := {concat("", ["lineage.edge:mergekit:", parent]) | some parent in undeclared}
	message := concat("", ["was merged from ", finding.shown(undeclared), ", which its front matter does not name"])
}

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	tree := model.lineage.found
	_merged(tree)
	count(lineage.parents(tree)) == 0
	lineage.own_statements_known(tree)
	message := "is a merge and names none of its parents"
}

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	message := concat("", ["its lineage cannot be read, so its parents cannot be told: ", model.lineage.found.unreadable])
}

_of(tree, source) := {edge.parent |
	some edge in tree.edges
	edge.child == tree.name
	edge.source == source
}

_merged(tree) if {
	some mark in tree.derived_by
	mark in {"mergekit_config.yml", "tag merge", "tag mergekit", "text merged"}
}

_merged(tree) if {
	some edge in tree.edges
	edge.child == tree.name
	edge.relation == "merge"
}
