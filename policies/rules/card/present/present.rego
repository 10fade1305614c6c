# METADATA
# title: Model card exists and parses
# description: Every model comes with a card that can be read and says something.
# custom:
#   severity: high
#   evidence: [card]
#   since: "0.1"
#   who_can_act: model_owner
#   parameters: [min_letters]
#   frameworks: {owasp_llm_2025: [LLM03], aisvs_1_0: [6.2.1, 6.2.3], eu_ai_act: [Annex XI 1.1]}
#   remedy:
#     deployer: serve a model that has a card, or ask its owner for one
#     publisher: write README.md with front matter at the top and at least a few sentences
#   why: Whoever deploys a model knows of it what its card says. Without a card nobody can tell what the model was
#     made from, for what, and with which known faults.
#   denies:
#   - there is no card
#   - 'the card cannot be read: it is too large, or no text'
#   - it has fewer letters than `min_letters` once front matter, HTML, code and images are taken out
#   - it is the README of a code repository
#   - its front matter is there and cannot be read
#   - 'a metadata block stands elsewhere than at the top; hubs ignore it, so it says nothing (a weaker finding: at
#     most a warning)'
#   - it is in a language whose sections nobody recognizes yet (a weaker finding; what it does not seem to say is then
#     not held against it)
#   admits:
#   - a card with as many letters as `min_letters`, with or without front matter
#   - a card in English, Chinese, French, German or Spanish
#   - a separate tokenizer, which needs no card of its own
package weighbridge.rules.card.present

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.parameters

deny contains finding.full(
	model, concat("", [
		"has no model card, looked at ", model.card.missing.looked_at,
	]),
	["card"],
) if {
	some model in models.described
}

deny contains finding.full(
	model, concat("", [
		"its model card cannot be read: ", model.card.found.unreadable,
	]),
	["card"],
) if {
	some model in models.described
}

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	letters := model.card.found.letters
	least := parameters.value("card.present", "min_letters")
	letters < least
	message := sprintf("its model card has only %d letters of text, expected at least %d", [letters, least])
}

deny contains finding.full(model, "its README.md is that of a code repository, not a model card", ["card"]) if {
	some model in models.described
	model.card.found.code_readme
}

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	model.card.found.front_matter == "unreadable"
	message := concat("", ["the front matter of its model card cannot be read: ", _problem(model.card.found)])
}

deny contains finding.weak(model, message, ["card"]) if {
	some model in models.described
	model.card.found.front_matter == "misplaced"
	message := concat("", ["the metadata of its model card does not count: ", _problem(model.card.found)])
}

deny contains finding.weak(model, message, ["card"]) if {
	some model in models.described
	language := model.card.found.skipped
	is_string(language)
	message := concat("", ["its model card is in ", language, ", which is not read yet"])
}

default _problem(_) := "it is not at the top of the file"

_problem(card) := card.front_matter_problem if is_string(card.front_matter_problem)
