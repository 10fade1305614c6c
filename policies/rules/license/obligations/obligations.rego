# METADATA
# title: License obligations met (name, notice, display)
# description: What the licenses of ancestors ask of whoever passes a derivative on is there.
# custom:
#   severity: medium
#   evidence: [lineage, terms]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM03], aisvs_1_0: [6.2.1]}
#   remedy:
#     deployer: add what is missing before you pass the model on, or ask its owner to
#     publisher: "ship the ancestor's license and notice, and name and show the model as its license asks"
#   why: 'Passing a derivative on without these ends the license of many models. Each finding names the ancestor, and the clause where it is known.'
#   denies:
#   - 'no copy of an ancestor''s license, where it asks for one'
#   - 'no notice sentence in a NOTICE file, a license file or the card'
#   - 'no display text ("Built with Llama") in the card'
#   - 'a name that does not begin with the prefix the license asks for (case and separators do not matter)'
#   - 'no word on what was changed: neither a declared base nor a described change'
#   - 'an ancestor under an attribution license that the card does not name'
#   admits:
#   - 'a model without ancestors: its own license binds who passes it on'
#   - 'data a model was trained on'
#   - 'a display that is due only above a number of users or revenue, while the organization is not above it'
package weighbridge.rules.license.obligations

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.organization
import data.weighbridge.lib.terms

deny contains finding.full(model, message, _clauses(missing)) if {
	some model in models.described
	some license in _licenses(model)
	missing := [term | some term in model.terms.found.terms; term.license == license; _unmet(model, term)]
	count(missing) > 0
	said := {concat("", [_asks(term), terms.bracketed(term)]) | some term in missing}
	message := concat("", [
		"lacks what license ", license, " of ", missing[0].node, " asks for: ",
		concat(", ", finding.ordered(said)),
	])
}

_licenses(model) := {term.license | some term in model.terms.found.terms; _inherited(term)}

_inherited(term) if term.via in {"weights", "outputs"}

_clauses(missing) := finding.first({pointer |
	some term in missing
	pointer := terms.clause(term.license, term.facet)
})

_unmet(model, term) if {
	_inherited(term)
	term.facet == "pass_through"
	term.value in {"copy_of_license", "restrictions_and_copy"}
	not _has_copy(model, term)
}

_unmet(model, term) if {
	_inherited(term)
	term.facet == "pass_through"
	term.value == "attribution_and_link"
	not _names_parent(model, term)
}

_unmet(model, term) if {
	_inherited(term)
	term.facet == "notice"
	not term.license in model.terms.found.notices
}

_unmet(model, term) if {
	_inherited(term)
	term.facet == "display"
	_display_is_due(term)
	not term.license in model.terms.found.displays
}

_unmet(model, term) if {
	_inherited(term)
	term.facet == "modified_files_notice"
	not _says_what_changed(model)
}

_unmet(model, term) if {
	_inherits_name(term)
	term.facet == "naming"
	name := _plain(model.lineage.found.name)
	prefix := _plain(term.value)
	not startswith(name, prefix)
}

# A name without its owner, case and separators.
_plain(name) := replace(replace(replace(lower(parts[count(parts) - 1]), " ", ""), "-", ""), "_", "") if {
	parts := split(name, "/")
}

_inherits_name(term) if term.via == "weights"

_inherits_name(term) if {
	term.via == "outputs"
	data.weighbridge.licenses.facets[term.license].naming.outputs
}

_has_copy(model, term) if {
	some text in model.terms.found.texts
	is_string(text.id)
	terms.family(text.id) == terms.family(term.license)
}

_names_parent(model, term) if {
	some edge in model.lineage.found.edges
	edge.parent == term.node
	edge.source == "front_matter"
}

# A card that names what the model was made from, and how, states the change.
_says_what_changed(model) if model.lineage.found.documented_change

_says_what_changed(model) if {
	some edge in model.lineage.found.edges
	edge.child == model.lineage.found.name
	edge.source in {"front_matter", "adapter_config", "mergekit", "quantize_config"}
}

# Some licenses ask for it only above a number.
_display_is_due(term) if not data.weighbridge.licenses.facets[term.license].display_above

_display_is_due(term) if {
	some limit in data.weighbridge.licenses.facets[term.license].display_above
	some value in organization.stated(limit.of)
	value > limit.above
}

default _asks(_) := "a part that is not known"

_asks(term) := "a copy of it" if {
	term.facet == "pass_through"
	term.value != "attribution_and_link"
}

_asks(term) := "the name of its creator" if {
	term.facet == "pass_through"
	term.value == "attribution_and_link"
}

_asks(term) := "its notice" if term.facet == "notice"

_asks(term) := concat("", ["the words ", term.value]) if term.facet == "display"

_asks(term) := "a word on what was changed" if term.facet == "modified_files_notice"

_asks(term) := concat("", ["a name that begins with ", term.value]) if term.facet == "naming"
