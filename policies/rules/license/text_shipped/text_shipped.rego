# METADATA
# title: License text shipped with the weights
# description: The text of the license a model names comes with it.
# custom:
#   severity: medium
#   evidence: [license, terms]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM03], aisvs_1_0: [6.2.1]}
#   remedy:
#     deployer: keep a copy of the license beside the model
#     publisher: ship the text of the license, unchanged, as LICENSE
#   why: 'Most licenses are granted on the condition that their text travels with what they cover. Nearly all repositories leave it out, so this never warns by itself.'
#   denies:
#   - 'no license file, where the license asks that a copy is passed on'
#   - 'a license file that is another license, a modified text, a text nobody knows, or no text at all'
#   admits:
#   - 'a license file whose text is that of the license or of its family, see how texts are recognized'
#   - 'a license that asks for no copy, such as CC0'
package weighbridge.rules.license.text_shipped

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.terms

deny contains finding.full(model, message, ["license.declared"]) if {
	some model in models.described
	id := _needs_text(model)
	count(_texts(model)) == 0
	message := concat("", ["says ", id, " and comes without its text"])
}

deny contains finding.full(model, message, ["license.declared", "license.file"]) if {
	some model in models.described
	id := _needs_text(model)
	texts := _texts(model)
	count(texts) > 0
	count([text | some text in texts; _is_text_of(text, id)]) == 0
	message := concat("", ["says ", id, ", but ", concat(", ", [_is(text) | some text in texts])])
}

_needs_text(model) := id if {
	id := model.license.found.id
	is_string(id)
	terms.facet(id, "pass_through") != "none"
}

_texts(model) := [text | some text in model.terms.found.texts; not text.notice]

_is_text_of(text, id) if text.id == id

_is_text_of(text, id) if {
	is_string(text.id)
	terms.family(text.id) == terms.family(id)
}

default _is(_) := "a license file cannot be read"

_is(text) := words if {
	id := text.id
	is_string(id)
	words := concat("", [text.path, " is ", id])
}

_is(text) := words if {
	text.state == "modified"
	nearest := text.nearest
	is_string(nearest)
	words := concat("", [text.path, " is a modified text of ", nearest])
}

_is(text) := concat("", [text.path, " is a text nobody knows"]) if text.state == "unknown"

_is(text) := concat("", [text.path, " is no text"]) if text.state == "unreadable"
