# METADATA
# title: Base model declared for derivatives
# description: A model that was made from another names it where a machine can read it.
# custom:
#   severity: high
#   evidence: [lineage]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM03], atlas: [AML.T0010.003], aisvs_1_0: [6.1.3], eu_ai_act: [Annex XI 1.2]}
#   remedy:
#     deployer: serve a model that names its base, or ask its owner to
#     publisher: "write `base_model: OWNER/NAME` in the front matter of README.md"
#   why: Whatever is wrong with a base is wrong with what was made from it. An unnamed base cannot be looked up when
#     an advisory about it appears.
#   denies:
#   - something shows that the model is a derivative (adapter files, tags, the name, the text) and no statement names
#     a parent
#   - 'only running text names the parent (a weaker finding: at most a warning)'
#   - the lineage was delivered and cannot be read
#   admits:
#   - a model that nothing shows to be a derivative
#   - a parent named in front matter, `adapter_config.json`, `config.json`, a merge configuration or the hub's tags
package weighbridge.rules.lineage.base_declared

import data.weighbridge.lib.finding
import data.weighbridge.lib.lineage
import data.weighbridge.lib.models

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	message := concat("", ["its lineage cannot be read: ", model.lineage.found.unreadable])
}

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	tree := model.lineage.found
	_undeclared(tree)
	count(tree.prose_parents) == 0
	message := concat("", ["was made from another model (", finding.shown(tree.derived_by), ") and names none"])
}

deny contains finding.weak(model, message, ["card"]) if {
	some model in models.described
	tree := model.lineage.found
	_undeclared(tree)
	count(tree.prose_parents) > 0
	message := concat("", [
		"names the model it was made from only in running text: ", finding.shown(tree.prose_parents),
	])
}

_undeclared(tree) if {
	count(tree.derived_by) > 0
	count(lineage.parents(tree)) == 0
	lineage.own_statements_known(tree)
}
