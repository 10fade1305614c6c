# METADATA
# title: Custom license has name, link, terms and contact
# description: A license of the publisher's own can be read, and somebody can be asked about it.
# custom:
#   severity: high
#   evidence: [license, card, terms]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM03], aisvs_1_0: [6.2.1], eu_ai_act: [Annex XI 1.1, Annex XII 1]}
#   parameters: [custom_min_chars]
#   remedy:
#     deployer: serve a model whose terms can be read, or ask its owner for them
#     publisher: "write license_name and license_link in the front matter, ship the text as LICENSE, and name a contact"
#   why: '"Custom" without terms means that nobody can say what use is allowed, and nobody can be asked.'
#   denies:
#   - '`license: other`, or a text that says custom, proprietary or all rights reserved, and no known license behind it, with no `license_name`'
#   - 'neither a `license_link` that is an address or a license file beside the card, nor a license file of at least `custom_min_chars` letters'
#   - 'no contact in the card'
#   admits:
#   - 'a known license, also where the front matter says `other` and `license_name` names it'
#   - 'a family label such as `openrail`: license.declared speaks of it'
package weighbridge.rules.license.custom_complete

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.parameters
import data.weighbridge.lib.terms

deny contains finding.full(model, message, ["license.declared", "license.file"]) if {
	some model in models.described
	license := model.license.found
	_own_terms(license)
	lacking := _parts_lacking(model, license)
	count(lacking) > 0
	message := concat("", [
		"license ", terms.said(license), " is the publisher's own and lacks ", concat(", ", finding.ordered(lacking)),
	])
}

_own_terms(license) if {
	license.id == null
	license.custom
}

_own_terms(license) if {
	license.id == null
	is_string(license.declared)
	lower(license.declared) == "other"
}

_parts_lacking(model, license) := {lack |
	some lack in ["a name", "a link that leads to it or its text", "a contact"]
	_lacks(lack, model, license)
}

_lacks("a name", _, license) if license.name == null

_lacks("a link that leads to it or its text", model, license) if {
	license.link_leads == "nowhere"
	not _has_text(model)
}

_lacks("a contact", model, _) if not model.card.found.sections.contact.present

_has_text(model) if {
	some text in model.terms.found.texts
	not text.notice
	text.letters >= parameters.value("license.custom_complete", "custom_min_chars")
}
