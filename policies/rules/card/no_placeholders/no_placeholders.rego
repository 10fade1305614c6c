# METADATA
# title: No placeholder or template text
# description: A card says what its template asks for.
# custom:
#   severity: medium
#   evidence: [card]
#   since: "0.1"
#   who_can_act: model_owner
#   parameters: [required_sections]
#   frameworks: {owasp_llm_2025: [LLM03], aisvs_1_0: [6.2.1], eu_ai_act: [Annex XI 1.1]}
#   remedy:
#     deployer: ask the model's owner to complete the card
#     publisher: replace the template text, or delete sections that do not apply
#   why: A heading with nothing but `[More Information Needed]` below it looks like documentation in every list and
#     is none.
#   denies:
#   - template text stands in one of the `required_sections`
#   - 'template text stands elsewhere (a weaker finding: at most a warning)'
#   - the card cannot be read, so nobody can tell
#   admits:
#   - a card without template text, also one that leaves optional sections out
#   - a model without a card, which `card.present` reports
package weighbridge.rules.card.no_placeholders

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.parameters

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	message := concat("", ["its model card cannot be checked for template text: ", model.card.found.unreadable])
}

deny contains finding.full(model, message, _pointers(hits)) if {
	some model in models.described
	hits := model.card.found.placeholders
	sections := _required(hits)
	count(sections) > 0
	message := concat("", ["its model card still has template text in ", finding.shown(sections)])
}

deny contains finding.weak(model, message, _pointers(hits)) if {
	some model in models.described
	hits := model.card.found.placeholders
	count(hits) > 0
	count(_required(hits)) == 0
	message := sprintf("its model card still has template text, lines: %d", [count(hits)])
}

_required(hits) := found if {
	sections := parameters.value("card.no_placeholders", "required_sections")
	found := {hit.section | some hit in hits; hit.section in sections}
}

_pointers(hits) := finding.first({sprintf("card.line:%d", [hit.line]) | some hit in hits})
