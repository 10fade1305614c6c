# METADATA
# title: License allowed in this namespace
# description: The terms of a model and of all it was made from permit what the namespace does with it.
# custom:
#   severity: high
#   evidence: [license, lineage]
#   since: "0.1"
#   who_can_act: you
#   frameworks: {owasp_llm_2025: [LLM03], aisvs_1_0: [6.2.1]}
#   remedy:
#     deployer: serve a model whose license this namespace allows, or ask for an exception
#     publisher: publish under terms that permit this use, if you may
#   why: 'Terms travel with the weights: what an ancestor forbids, a derivative cannot permit. A term nobody has read
#     is no permission.'
#   denies:
#   - a license is on the policy's `deny` list, or there is an `allow` list without it
#   - commercial use is needed and the license forbids it
#   - the license is copyleft, can be revoked, or restricts the field of use, and the policy does not accept that
#   - the policy asks about a term that the license table does not know
#   - the license is named and its terms are on no record
#   - license or lineage were delivered and cannot be read
#   admits:
#   - every known license, where no ModelPolicy has `licenses`
#   - 'licenses that meet each demand of the license terms in force: those of the policies with the highest priority
#     that have any, and of every floor'
#   - a model without any license, which `license.declared` reports
package weighbridge.rules.license.allowed

import data.weighbridge.lib.finding
import data.weighbridge.lib.lineage
import data.weighbridge.lib.models
import data.weighbridge.lib.numbers
import data.weighbridge.lib.terms

deny contains finding.full(model, message, ["license.declared"]) if {
	some model in models.described
	message := concat("", ["terms unknown: its license cannot be read: ", model.license.found.unreadable])
}

deny contains finding.full(model, message, ["license.declared"]) if {
	some model in models.described
	license := model.license.found
	terms.unidentified(license)
	message := concat("", ["terms unknown: license ", terms.said(license), " is not one whose terms are on record"])
}

deny contains finding.full(model, message, []) if {
	some model in models.described
	message := concat("", ["terms unknown: its lineage cannot be read: ", model.lineage.found.unreadable])
}

deny contains finding.full(model, message, ["license.declared"]) if {
	some model in models.described
	some refusal in _refusals
	refusal.license == model.license.found.id
	message := concat("", ["license ", refusal.license, " ", refusal.why])
}

deny contains finding.full(model, message, finding.first(lineage.pointers(model.lineage.found, node.name))) if {
	some model in models.described
	apart := terms.trained_on(model)
	some node in model.lineage.found.nodes
	not node.name in apart
	some refusal in _refusals
	refusal.license == node.license.id
	message := concat("", ["derives from ", node.name, ", whose license ", refusal.license, " ", refusal.why])
}

_licenses contains id if {
	some model in models.described
	id := model.license.found.id
	is_string(id)
}

_licenses contains id if {
	some model in models.described
	some node in model.lineage.found.nodes
	id := node.license.id
	is_string(id)
}

# The license terms of the policies of the highest priority that have any, and those of every floor.
_demands contains policy.licenses if {
	some policy in input.site.policies
	policy.licenses != null
	_heard(policy, numbers.greatest(_priorities))
}

_priorities contains policy.priority if {
	some policy in input.site.policies
	policy.licenses != null
}

_heard(policy, top) if policy.priority == top

_heard(policy, top) if {
	policy.priority < top
	policy.floor
}

_refusals contains {"license": id, "why": "is not allowed here"} if {
	some demand in _demands
	some id in _licenses
	_unlisted(demand, id)
}

_refusals contains {"license": id, "why": "forbids commercial use"} if {
	some id in _licenses
	"commercial" in _asked
	terms.facet(id, "commercial") == "no"
}

_refusals contains {"license": id, "why": "is copyleft, which is not accepted here"} if {
	some id in _licenses
	"share_alike" in _asked
	terms.facet(id, "share_alike") == "yes"
}

_refusals contains {"license": id, "why": "can be revoked, which is not accepted here"} if {
	some id in _licenses
	"revocable" in _asked
	terms.facet(id, "revocable") == "yes"
}

_refusals contains {"license": id, "why": concat("", [
	"restricts the field of use (", field, "), which is not accepted here",
])} if {
	some demand in _demands
	some id in _licenses
	field := terms.facet(id, "field_of_use")
	field != "unknown"
	accepted := demand.field_of_use
	is_array(accepted)
	not field in accepted
}

_refusals contains {"license": id, "why": concat("", ["has terms unknown here: ", replace(facet, "_", " ")])} if {
	some id in _licenses
	some facet in _asked
	terms.facet(id, facet) == "unknown"
}

_unlisted(demand, id) if id in demand.deny

_unlisted(demand, id) if {
	allowed := demand.allow
	is_array(allowed)
	not id in allowed
}

# The facets that the demands ask about.
_asked contains "commercial" if {
	some demand in _demands
	demand.commercial
}

_asked contains "share_alike" if {
	some demand in _demands
	not demand.copyleft
}

_asked contains "revocable" if {
	some demand in _demands
	not demand.revocable
}

_asked contains "field_of_use" if {
	some demand in _demands
	demand.field_of_use != null
}
