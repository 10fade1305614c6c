# METADATA
# title: Not more permissive than an ancestor
# description: The terms a model claims never drop an obligation of a model it derives from.
# custom:
#   severity: high
#   evidence: [license, lineage]
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
#   - the ancestor is copyleft, and the claimed license is not
#   - the ancestor restricts uses, and the claimed license is permissive or restricts other uses
#   - 'the same, while a second license or notice names the ancestor''s terms or both are versions of one license:
#     the front matter understates the obligations (a weaker finding: at most a warning)'
#   admits:
#   - the ancestor's own license
#   - further restrictions on top of the ancestor's
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

deny contains finding.full(model, message, _places(model, node)) if {
	some model in models.described
	some node in model.lineage.found.nodes
	license := model.license.found
	_drops(license.id, node.license.id)
	not _named_beside(license, node.license.id)
	message := concat("", ["says ", license.id, " but derives from ", node.name, " (", node.license.id, ")"])
}

deny contains finding.weak(model, message, _places(model, node)) if {
	some model in models.described
	some node in model.lineage.found.nodes
	license := model.license.found
	_drops(license.id, node.license.id)
	_named_beside(license, node.license.id)
	message := concat("", [
		"front matter understates obligations: says ", license.id, " but derives from ", node.name,
		" (", node.license.id, ")",
	])
}

# An obligation of the ancestor that the claimed license does not carry on; an unknown facet proves nothing.
_drops(claimed, ancestor) if {
	_differ(claimed, ancestor)
	terms.facet(ancestor, "commercial") == "no"
	terms.facet(claimed, "commercial") in {"yes", "conditional"}
}

_drops(claimed, ancestor) if {
	_differ(claimed, ancestor)
	terms.facet(ancestor, "commercial") == "conditional"
	terms.facet(claimed, "commercial") == "yes"
}

_drops(claimed, ancestor) if {
	_differ(claimed, ancestor)
	terms.facet(ancestor, "share_alike") == "yes"
	terms.facet(claimed, "share_alike") in {"no", "restrictions_only"}
}

_drops(claimed, ancestor) if {
	_differ(claimed, ancestor)
	terms.facet(ancestor, "field_of_use") in {"aup", "list"}
	terms.facet(claimed, "field_of_use") == "none"
	terms.facet(claimed, "commercial") == "yes"
}

# Two licenses with restrictions of their own: neither text holds those of the other.
_drops(claimed, ancestor) if {
	_differ(claimed, ancestor)
	terms.facet(ancestor, "field_of_use") in {"aup", "list"}
	terms.facet(claimed, "field_of_use") in {"aup", "list"}
	terms.facet(claimed, "commercial") in {"yes", "conditional"}
}

_differ(claimed, ancestor) if {
	is_string(claimed)
	is_string(ancestor)
	claimed != ancestor
}

_named_beside(license, ancestor) if ancestor in license.also_named

_named_beside(license, ancestor) if terms.family(license.id) == terms.family(ancestor)

_places(model, node) := array.concat(["license.declared"], edges) if {
	edges := finding.first(lineage.pointers(model.lineage.found, node.name))
}
