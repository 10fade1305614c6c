package weighbridge.main_demands_test

import data.weighbridge.fixture
import data.weighbridge.main

test_without_a_policy_the_fallback_is_named if {
	main.demands.stage == "enforce" with input as fixture.document({})
	_demanded([]) == {
		"rule": "card.present",
		"action": "warn",
		"stage": "enforce",
		"effect": "warn",
		"weak": "warn",
		"refused_from": "",
		"set_by": [{"object": fixture.document({}).site.fallback.set_by, "by": "profile standard", "floor": false}],
	}
}

test_an_entry_and_a_profile_name_their_policy if {
	_set_by([fixture.policy({"name": "house", "profile": "restricted"})]) == [
		{"object": "ModelPolicy house", "by": "profile restricted", "floor": false},
	]
	_set_by([fixture.policy({"name": "house", "rules": {"card.present": fixture.entry("deny")}})]) == [
		{"object": "ModelPolicy house", "by": "rules", "floor": false},
	]
}

test_policies_that_demand_the_same_are_all_named if {
	both := [fixture.policy({"name": name, "profile": "restricted"}) | some name in ["b", "a"]]
	[one.object | some one in _set_by(both)] == ["ModelPolicy a", "ModelPolicy b"]
}

test_a_floor_that_lifts_a_rule_is_named if {
	low := fixture.policy({"name": "team", "priority": 9, "rules": {"card.present": fixture.entry("off")}})
	floor := fixture.policy({"name": "house", "floor": true, "profile": "restricted"})
	_set_by([low, floor]) == [{"object": "ModelPolicy house", "by": "profile restricted", "floor": true}]
}

test_an_override_is_named_alone if {
	document := fixture.document({"site": fixture.site({
		"policies": [fixture.policy({"floor": true})],
		"override": {"profile": "baseline", "stage": "warn", "set_by": "--profile"},
	})})
	[one.set_by | some one in main.demands.rules; one.rule == "card.present"] == [
		[{"object": "--profile", "by": "profile baseline", "floor": false}],
	] with input as document
}

test_every_rule_is_there_once_and_what_is_derived_apart if {
	demands := main.demands with input as fixture.document({})
	names := [one.rule | some one in demands.rules]
	count(names) + count(demands.derived) == count(data.weighbridge.rule_table)
	demands.derived == ["evidence.available", "policy.configured", "policy.input"]
}

test_a_document_nobody_can_read_demands_nothing_and_is_no_gap if {
	main.demands == {
		"stage": "enforce",
		"rules": [],
		"derived": ["evidence.available", "policy.configured", "policy.input"],
	} with input as {}
}

_demanded(policies) := one if {
	demands := main.demands with input as fixture.document({"site": fixture.site({"policies": policies})})
	some one in demands.rules
	one.rule == "card.present"
}

_set_by(policies) := _demanded(policies).set_by
