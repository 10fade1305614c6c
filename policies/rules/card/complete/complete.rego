# METADATA
# title: Completeness score above threshold
# description: A card answers enough of what a card is for.
# custom:
#   severity: medium
#   evidence:
#   - card
#   since: '0.1'
#   who_can_act: model_owner
#   parameters:
#     min_score: of 100; the score never denies by itself in a shipped profile
#   frameworks:
#     owasp_llm_2025:
#     - LLM03
#     atlas:
#     - AML.M0023
#     aisvs_1_0:
#     - 6.2.1
#     - 6.2.3
#     eu_ai_act:
#     - Annex XI 1.1
#     - Annex XII 1
#   remedy:
#     deployer: ask the model's owner to complete the card
#     publisher: fill the sections that the finding names
#   why: Single sections may be missing for good reasons; a card that lacks most of them documents nothing.
#   denies:
#   - the weighted score of the sections is below min_score; weights stand in data/card_score.yaml
#   - 'there is no model card, or it cannot be read: then nothing is documented'
#   admits:
#   - a card with gaps that are light enough
#   - a base model, of which no base model is asked
#   - a card in a language that is not read yet, which card.present reports
#   false_positives:
#   - 'models of a domain in which a section does not apply: lower min_score for them'
package weighbridge.rules.card.complete

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.numbers
import data.weighbridge.lib.parameters
import data.weighbridge.lib.sections

deny contains complaint if {
	some model in models.described
	not model.card.found.sections
	complaint := sections.complaint(model, "", "anything")
}

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	model.card.found.skipped == null
	some asked in _asked(model)
	score := _score(model.card.found.sections, asked)
	least := parameters.value("card.complete", "min_score")
	score < least
	message := concat("", [
		sprintf("its model card scores %d of 100, expected at least %d; heaviest gap: ", [score, least]),
		_heaviest(model.card.found.sections, asked),
	])
}

_score(answers, asked) := round((100 * reached) / whole) if {
	whole := sum([weight | some weight in asked])
	reached := sum([worth |
		some section in object.keys(asked)
		worth := asked[section] * _worth(answers, section)
	])
}

# Where a model was made from another, its base belongs into the card; where nobody can tell, both are tried.
_asked(model) := _with_base(model) | _without_base(model)

_with_base(model) := {weights |
	weights := data.weighbridge.card_score.weights
	not _root(model)
}

_without_base(model) := {weights |
	not _derived(model)
	weights := object.remove(data.weighbridge.card_score.weights, ["base_model"])
}

_root(model) if {
	count(model.lineage.found.edges) == 0
	count(model.lineage.found.derived_by) == 0
}

_derived(model) if count(model.lineage.found.edges) > 0

_derived(model) if count(model.lineage.found.derived_by) > 0

_worth(answers, section) := data.weighbridge.card_score.values[_state(answers, section)]

default _state(_, _) := "missing"

_state(answers, section) := "vague" if {
	answers[section].present == true
	answers[section].vague == true
}

_state(answers, section) := "stated" if {
	answers[section].present == true
	not answers[section].vague == true
}

_heaviest(answers, asked) := finding.ordered(heaviest)[0] if {
	gaps := {section | some section in object.keys(asked); _state(answers, section) == "missing"}
	top := numbers.greatest({asked[section] | some section in gaps})
	heaviest := {section | some section in gaps; asked[section] == top}
}

_heaviest(answers, asked) := "vague answers" if {
	every section in object.keys(asked) { _state(answers, section) != "missing" }
}
