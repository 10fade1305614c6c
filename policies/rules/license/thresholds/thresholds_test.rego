package weighbridge.rules.license.thresholds_test

import data.weighbridge.fixture
import data.weighbridge.rules.license.thresholds

_facets := {
	"users": {"thresholds": [{"of": "users", "above": 700000000, "says": "700 million users a month"}]},
	"small": {"thresholds": [{"of": "revenue", "above": 1500, "says": "USD 1500 a year"}]},
	"away": {"territory": {"regions": ["EU", "GB"], "model_types": []}},
	"seeing": {"territory": {"regions": ["EU"], "model_types": ["mllama"]}},
}

_term(license, facet) := fixture.term({"license": license, "facet": facet, "value": "x", "clause": "2"})

test_above_the_threshold_is_a_violation if {
	above := "license users of meta-llama/Llama-3.1-8B needs another license above 700 million users a month (2), and the organization is above"
	_said(_term("users", "threshold"), [_organization(9, {"users": 700000001})]) == {["full", above]}
	_said(_term("users", "threshold"), [_organization(9, {"users": 700000000})]) == set()
}

test_revenue_is_compared_too if {
	_said(_term("small", "threshold"), [_organization(9, {"revenue": 2000})]) == {[
		"full",
		"license small of meta-llama/Llama-3.1-8B needs another license above USD 1500 a year (2), and the organization is above",
	]}
}

test_without_a_profile_it_is_recorded if {
	unstated := "license users of meta-llama/Llama-3.1-8B needs another license above 700 million users a month (2), and the site profile states no number of users"
	_said(_term("users", "threshold"), []) == {["implied", unstated]}
}

test_a_profile_without_the_number_is_a_weak_sign if {
	unstated := "license small of meta-llama/Llama-3.1-8B needs another license above USD 1500 a year (2), and the site profile states no number of revenue"
	_said(_term("small", "threshold"), [_organization(9, {"users": 5})]) == {["weak", unstated]}
}

test_a_region_that_the_license_excludes_is_a_violation if {
	message := "license away of meta-llama/Llama-3.1-8B does not reach EU (2), where the organization is"
	every region in ["EU", "DE"] {
		_said(_term("away", "territory"), [_organization(9, {"region": region})]) == {["full", message]}
	}
	_said(_term("away", "territory"), [_organization(9, {"region": "US"})]) == set()
}

test_a_region_nobody_states_is_a_gap if {
	message := "license away of meta-llama/Llama-3.1-8B does not reach EU, GB (2), and the site profile states no region"
	_said(_term("away", "territory"), []) == {["implied", message]}
	_said(_term("away", "territory"), [_organization(9, {"users": 5})]) == {["weak", message]}
}

test_a_territory_for_some_models_leaves_the_others_alone if {
	place := [_organization(9, {"region": "EU"})]
	_said(_term("seeing", "territory"), place) == set()
	count(_said_of(_term("seeing", "territory"), place, {"model_type": "mllama"})) == 1
	count(_said_of(_term("seeing", "territory"), place, {"model_type": null})) == 1
}

test_the_highest_priority_and_every_floor_speak if {
	every floor in [true, false] {
		low := object.union(_organization(1, {"users": 700000001}), {"floor": floor})
		found := _said(_term("users", "threshold"), [_organization(9, {"users": 5}), low])
		count(found) == count([1 | floor])
	}
}

_said(term, policies) := _said_of(term, policies, {})

_said_of(term, policies, config) := {[finding.grade, finding.message] |
	some finding in thresholds.deny with input as fixture.document({
		"models": [fixture.model({
			"terms": fixture.terms({"terms": [term]}),
			"config": {"found": object.union(_config, config)},
		})],
		"site": fixture.site({"policies": policies}),
	})
		with data.weighbridge.licenses.facets as _facets
}

_organization(priority, parts) := fixture.policy({
	"priority": priority, "organization": fixture.organization(parts),
})

_config := {
	"architectures": [], "model_type": "llama", "auto_map": [], "name_or_path": null,
	"torch_dtype": null, "quantization": null, "max_position_embeddings": null,
}
