# METADATA
# title: License declared and known
# description: Every model says under which license it comes, in words that name one license.
# custom:
#   severity: high
#   evidence: [license]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM03], aisvs_1_0: [6.2.1], eu_ai_act: [Annex XI 1.1, Annex XII 1]}
#   remedy:
#     deployer: serve a model that names its license, or ask its owner to
#     publisher: "write `license: ID` in the front matter of README.md, with an id of the Hugging Face list or SPDX"
#   why: Without a license nobody may use a model at all; a label such as `openrail` is a family of texts with different
#     terms.
#   denies:
#   - no license is named in front matter, license file or card
#   - the statement cannot be read
#   - the name is that of no known license
#   - 'only a label is given, such as `openrail`, `cc` or `unknown` (a weaker finding: at most a warning)'
#   - the license is custom and has no name (a weaker finding)
#   admits:
#   - an id of the Hugging Face list or of SPDX
#   - a license file whose text is recognized
#   - '`license: other` with a `license_name`; whether its terms are acceptable is for `license.allowed`'
package weighbridge.rules.license.declared

import data.weighbridge.lib.finding
import data.weighbridge.lib.models

deny contains finding.full(model, message, ["license.declared"]) if {
	some model in models.described
	message := concat("", ["declares no license, looked at ", model.license.missing.looked_at])
}

deny contains finding.full(model, message, ["license.declared"]) if {
	some model in models.described
	message := concat("", ["its license cannot be read: ", model.license.found.unreadable])
}

deny contains finding.weak(model, message, ["license.declared"]) if {
	some model in models.described
	license := model.license.found
	license.label_only
	message := concat("", ["says license ", _said(license), ", which is a label and not a license"])
}

deny contains finding.weak(model, message, ["license.declared"]) if {
	some model in models.described
	license := model.license.found
	_nameless(license)
	message := concat("", ["says license ", _said(license), " and does not name it"])
}

deny contains finding.full(model, message, ["license.declared"]) if {
	some model in models.described
	license := model.license.found
	not license.unreadable
	not _known(license)
	not _nameless(license)
	message := _unknown(license)
}

_known(license) if license.label_only

_known(license) if license.id != null

_known(license) if {
	license.custom
	license.name != null
}

_nameless(license) if {
	license.custom
	license.id == null
	license.name == null
	not license.label_only
}

default _unknown(_) := "declares no license"

_unknown(license) := concat("", ["says license ", license.declared, ", which is no known license"]) if {
	is_string(license.declared)
}

default _said(_) := "other"

_said(license) := license.declared if is_string(license.declared)
