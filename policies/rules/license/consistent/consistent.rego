# METADATA
# title: License statements agree with each other
# description: Front matter, badge, text, license file and the model's own name speak of one license.
# custom:
#   severity: medium
#   evidence: [license, terms]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM03], aisvs_1_0: [6.2.1]}
#   remedy:
#     deployer: ask the owner which license holds, or serve a model that says it
#     publisher: "say the same license everywhere, or say which part of the repository comes under which"
#   why: 'Who reads the badge and who reads LICENSE must not come to different conclusions.'
#   denies:
#   - 'a badge, the card''s text or a license file that names another license than the one that counts'
#   - 'a version that the model''s own name contradicts: `llama3` for a `Llama-3.1-…`'
#   - 'a license file with a modified text (a weaker finding)'
#   - 'a license file beside a card that names no license (a weaker finding)'
#   admits:
#   - 'two licenses where the card''s text names both: code and weights often differ'
#   - 'a second license in the front matter''s list'
#   - 'versions of one license, unless the model''s name tells them apart'
package weighbridge.rules.license.consistent

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.terms

deny contains finding.full(model, message, ["license.declared", "license.file"]) if {
	some model in models.described
	license := model.license.found
	some statement in license.statements
	_contradicts(license, statement)
	said := statement.id
	is_string(said)
	message := concat("", ["says ", license.id, ", but ", _where(statement), " says ", said])
}

deny contains finding.weak(model, message, ["license.declared", "license.file"]) if {
	some model in models.described
	license := model.license.found
	is_string(license.id)
	some text in model.terms.found.texts
	text.state == "modified"
	nearest := text.nearest
	is_string(nearest)
	message := concat("", ["says ", license.id, ", but ", text.path, " is a modified text of ", nearest])
}

deny contains finding.weak(model, message, ["license.file"]) if {
	some model in models.described
	license := model.license.found
	is_string(license.id)
	sources := {statement.source | some statement in license.statements}
	sources - {"model_name"} == {"license_file"}
	message := concat("", ["comes with the text of ", license.id, ", but its card names no license"])
}

_contradicts(license, statement) if {
	_differs(license, statement)
	statement.source != "model_name"
	not _both_named(license, statement)
	not _listed(license, statement)
}

# A name speaks only of versions of a license that the model claims in another version.
_contradicts(license, statement) if {
	_differs(license, statement)
	statement.source == "model_name"
	license.id in {entry.key | some entry in data.weighbridge.licenses.model_names}
}

_differs(license, statement) if {
	is_string(license.id)
	is_string(statement.id)
	license.id != statement.id
	not _one_family(license, statement)
}

# Versions in one family are told apart where the model's own name tells them apart.
_one_family(license, statement) if {
	statement.source != "model_name"
	terms.family(license.id) == terms.family(statement.id)
}

# Code and weights may come under two licenses where the card names both.
_both_named(license, statement) if {
	license.id in license.card_names
	statement.id in license.card_names
}

_listed(license, statement) if {
	some other in license.statements
	other.source == "front_matter"
	other.id == statement.id
}

_where(statement) := statement.file if statement.source == "license_file"

_where(statement) := "its card" if statement.source in {"card_text", "front_matter"}

_where(statement) := "its manifest" if statement.source == "oci_annotation"

_where(statement) := "a badge" if statement.source == "badge"

_where(statement) := "its own name" if statement.source == "model_name"
