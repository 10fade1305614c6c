# METADATA
# title: Not more permissive than an ancestor
# description: The terms a model claims never drop an obligation of a model it derives from.
# custom:
#   severity: high
#   evidence: [license, lineage, terms]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM03], aisvs_1_0: [6.2.1]}
#   remedy:
#     deployer: serve an approved model, or ask for an exception
#     publisher: declare the ancestor's license and ship its notice
#   why: MIT over Llama 3.1 is the commonest false claim on model hubs. Who relies on it breaks terms without knowing
#     them.
#   denies:
#   - the ancestor forbids commercial use, and the claimed license permits it
#   - the ancestor has a threshold or registration, and the claimed license has none
#   - the ancestor is copyleft, and the claimed license is not, or is another copyleft that its text does not allow
#   - the ancestor does not let derivatives be shared
#   - the ancestor restricts uses, and the claimed license is permissive or restricts other uses
#   - the model was trained on outputs of an ancestor whose license forbids that, allows it for its own family or for
#     non-commercial use only (for competing models only, a weaker finding)
#   - 'the same as the first five, while a second license or notice names the ancestor''s terms or both are versions of one license:
#     the front matter understates the obligations (a weaker finding: at most a warning)'
#   admits:
#   - the ancestor's own license
#   - further restrictions on top of the ancestor's
#   - what a model was only trained on, by records or outputs, unless its license makes that a derivative
#   - 'an ancestor whose license is not known, or whose facets are not: an unknown facet proves nothing'
package weighbridge.rules.license.respects_ancestors

import data.weighbridge.lib.finding
import data.weighbridge.lib.lineage
import data.weighbridge.lib.models
import data.weighbridge.lib.terms

deny contains finding.full(model, message, []) if {
	some model in models.described
	message := concat("", [
		"its lineage cannot be read, so its license cannot be compared: ",
		model.lineage.found.unreadable,
	])
}

deny contains finding.full(model, message, ["license.declared"]) if {
	some model in models.described
	message := concat("", ["its license cannot be read, so it cannot be compared: ", model.license.found.unreadable])
}

deny contains finding.full(model, message, _where_of(model, node, dropped)) if {
	some model in models.described
	apart := terms.trained_on(model)
	some node in model.lineage.found.nodes
	not node.name in apart
	license := model.license.found
	dropped := _dropped(license, node)
	count(dropped) > 0
	ancestor := node.license.id
	not _named_beside(license, ancestor)
	message := _departs("", license, node)
}

deny contains finding.weak(model, message, _where_of(model, node, dropped)) if {
	some model in models.described
	apart := terms.trained_on(model)
	some node in model.lineage.found.nodes
	not node.name in apart
	license := model.license.found
	dropped := _dropped(license, node)
	count(dropped) > 0
	_named_beside(license, node.license.id)
	message := _departs("front matter understates obligations: ", license, node)
}

# Training on what a model said is no derivation, and some licenses forbid or bind it nevertheless.
deny contains finding.full(model, message, evidence) if {
	some model in models.described
	some source in model.terms.found.sources
	source.via == "outputs"
	word := terms.facet(source.license, "outputs_train")
	_oversteps(word, model.license.found.id, source.license)
	message := _on_outputs(source, word)
	evidence := array.concat(_edges(model, source.node), [terms.clause(source.license, "outputs_train")])
}

deny contains finding.weak(model, message, evidence) if {
	some model in models.described
	some source in model.terms.found.sources
	source.via == "outputs"
	terms.facet(source.license, "outputs_train") == "no-competing"
	message := _on_outputs(source, "no-competing")
	evidence := array.concat(_edges(model, source.node), [terms.clause(source.license, "outputs_train")])
}

_on_outputs(source, word) := concat("", [
	"was trained on outputs of ", source.node, ", whose license ", source.license, " ", _forbids[word],
])

_forbids := {
	"forbidden": "forbids it",
	"same-family-only": "allows it for its own family only",
	"non-commercial-only": "allows it for non-commercial use only",
	"no-competing": "forbids it for competing models",
}

_oversteps("forbidden", _, _)

_oversteps("same-family-only", claimed, ancestor) if terms.family(claimed) != terms.family(ancestor)

_oversteps("non-commercial-only", claimed, _) if terms.facet(claimed, "commercial") != "no"

# The facets of the ancestor's license that the claimed one does not carry on; an unknown facet proves nothing.
_dropped(license, node) := {facet |
	claimed := license.id
	ancestor := node.license.id
	some facet in ["commercial", "derivatives", "field_of_use", "share_alike"]
	_drops(facet, claimed, ancestor)
}

_drops("commercial", claimed, ancestor) if {
	_differ(claimed, ancestor)
	terms.facet(ancestor, "commercial") == "no"
	terms.facet(claimed, "commercial") in {"yes", "conditional"}
}

_drops("commercial", claimed, ancestor) if {
	_differ(claimed, ancestor)
	terms.facet(ancestor, "commercial") == "conditional"
	terms.facet(claimed, "commercial") == "yes"
}

_drops("derivatives", claimed, ancestor) if {
	_differ(claimed, ancestor)
	terms.facet(ancestor, "derivatives") == "no"
}

_drops("share_alike", claimed, ancestor) if {
	_differ(claimed, ancestor)
	terms.facet(ancestor, "share_alike") == "yes"
	terms.facet(claimed, "share_alike") in {"no", "restrictions_only"}
}

_drops("share_alike", claimed, ancestor) if {
	_differ(claimed, ancestor)
	terms.facet(ancestor, "share_alike") == "yes"
	terms.facet(claimed, "share_alike") == "yes"
	not _compatible(claimed, ancestor)
}

_drops("field_of_use", claimed, ancestor) if {
	_differ(claimed, ancestor)
	terms.facet(ancestor, "field_of_use") in {"aup", "list"}
	terms.facet(claimed, "field_of_use") == "none"
	terms.facet(claimed, "commercial") == "yes"
}

# Two licenses with restrictions of their own: neither text holds those of the other.
_drops("field_of_use", claimed, ancestor) if {
	_differ(claimed, ancestor)
	terms.facet(ancestor, "field_of_use") in {"aup", "list"}
	terms.facet(claimed, "field_of_use") in {"aup", "list"}
	terms.facet(claimed, "commercial") in {"yes", "conditional"}
}

default _departs(_, _, _) := "drops terms of a model it derives from"

_departs(before, license, node) := text if {
	claimed := license.id
	ancestor := node.license.id
	is_string(claimed)
	is_string(ancestor)
	text := concat("", [before, "says ", claimed, " but derives from ", node.name, " (", ancestor, ")"])
}

_compatible(claimed, ancestor) if claimed in data.weighbridge.licenses.relicensing[ancestor]

_differ(claimed, ancestor) if {
	is_string(claimed)
	is_string(ancestor)
	claimed != ancestor
}

_named_beside(license, ancestor) if ancestor in license.also_named

_named_beside(license, ancestor) if terms.family(license.id) == terms.family(ancestor)

_where_of(model, node, dropped) := array.concat(stated, clauses) if {
	stated := array.concat(["license.declared"], _edges(model, node.name))
	clauses := finding.ordered({pointer |
		key := node.license.id
		is_string(key)
		some facet in dropped
		pointer := terms.clause(key, facet)
	})
}

_edges(model, name) := finding.first(lineage.pointers(model.lineage.found, name))
