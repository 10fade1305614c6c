# METADATA
# title: Thresholds and territory
# description: The organization that serves a model is within the limits of every license along its lineage.
# custom:
#   severity: high
#   evidence: [lineage, terms, config]
#   since: "0.1"
#   who_can_act: platform
#   frameworks: {owasp_llm_2025: [LLM03], aisvs_1_0: [6.2.1]}
#   remedy:
#     deployer: ask the licensor for a license of its own, or serve a model without that limit
#     publisher: say which limits come with the model
#   why: 'Above 700 million users, or in the wrong country, there is no license at all. Whoever serves the model must know before.'
#   denies:
#   - 'more users a month or revenue a year than a license of the chain allows'
#   - 'a region that a license of the chain does not reach; some do so for multimodal models only (by `model_type` of config.json)'
#   - 'the same limits, while `spec.organization` leaves the number or the region out (a weaker finding), or while no ModelPolicy describes the organization (recorded)'
#   admits:
#   - 'licenses without limits'
#   - 'an organization below the threshold'
package weighbridge.rules.license.thresholds

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.organization
import data.weighbridge.lib.terms

deny contains finding.full(model, message, [terms.clause(term.license, "threshold")]) if {
	some model in models.described
	some term in model.terms.found.terms
	term.facet == "threshold"
	some limit in data.weighbridge.licenses.facets[term.license].thresholds
	some value in organization.stated(limit.of)
	value > limit.above
	message := concat("", [
		_whose(term), " needs another license above ", limit.says, terms.bracketed(term),
		", and the organization is above",
	])
}

# A profile that leaves the number out is a gap of its own; without any there is nothing to compare with, which is recorded.
deny contains finding.weak(model, message, [terms.clause(term.license, "threshold")]) if {
	organization.described
	some model in models.described
	some term in model.terms.found.terms
	term.facet == "threshold"
	some limit in data.weighbridge.licenses.facets[term.license].thresholds
	count(organization.stated(limit.of)) == 0
	message := concat("", [
		_whose(term), " needs another license above ", limit.says, terms.bracketed(term),
		", and the site profile states no number of ", limit.of,
	])
}

deny contains finding.implied(model, message, [terms.clause(term.license, "threshold")]) if {
	not organization.described
	some model in models.described
	some term in model.terms.found.terms
	term.facet == "threshold"
	some limit in data.weighbridge.licenses.facets[term.license].thresholds
	count(organization.stated(limit.of)) == 0
	message := concat("", [
		_whose(term), " needs another license above ", limit.says, terms.bracketed(term),
		", and the site profile states no number of ", limit.of,
	])
}

deny contains finding.full(model, message, [terms.clause(term.license, "territory")]) if {
	some model in models.described
	some term in model.terms.found.terms
	term.facet == "territory"
	territory := data.weighbridge.licenses.facets[term.license].territory
	_reaches(territory, model)
	some region in organization.stated("region")
	some excluded in territory.regions
	_lies_in(region, excluded)
	message := concat("", [
		_whose(term), " does not reach ", excluded, terms.bracketed(term),
		", where the organization is",
	])
}

deny contains finding.weak(model, message, [terms.clause(term.license, "territory")]) if {
	organization.described
	some model in models.described
	some term in model.terms.found.terms
	term.facet == "territory"
	territory := data.weighbridge.licenses.facets[term.license].territory
	_reaches(territory, model)
	count(organization.stated("region")) == 0
	message := concat("", [
		_whose(term), " does not reach ", concat(", ", territory.regions), terms.bracketed(term),
		", and the site profile states no region",
	])
}

deny contains finding.implied(model, message, [terms.clause(term.license, "territory")]) if {
	not organization.described
	some model in models.described
	some term in model.terms.found.terms
	term.facet == "territory"
	territory := data.weighbridge.licenses.facets[term.license].territory
	_reaches(territory, model)
	count(organization.stated("region")) == 0
	message := concat("", [
		_whose(term), " does not reach ", concat(", ", territory.regions), terms.bracketed(term),
		", and the site profile states no region",
	])
}

_whose(term) := concat("", ["license ", term.license, " of ", term.node])

# Some licenses exclude a region for some kinds of models only; of a model without configuration nobody can say.
_reaches(territory, _) if count(territory.model_types) == 0

_reaches(territory, model) if model.config.found.model_type in territory.model_types

_reaches(territory, model) if {
	count(territory.model_types) > 0
	not _typed(model)
}

_typed(model) if is_string(model.config.found.model_type)

_lies_in(region, excluded) if region == excluded

_lies_in(region, excluded) if region in data.weighbridge.licenses.regions[excluded]
