package weighbridge.lib.effective_test

import data.weighbridge.fixture
import data.weighbridge.lib.effective

_table := {
	"a.rule": {"evidence": [], "default_action": null},
	"site/b.rule": {"evidence": [], "default_action": "warn"},
	"site/c.rule": {"evidence": [], "default_action": null},
	"evidence.available": {"evidence": [], "default_action": null},
}

_profiles := {"a.rule": {
	"baseline": "audit",
	"standard": "warn",
	"restricted": "deny",
	"weak": {"baseline": "audit", "standard": "audit", "restricted": "warn"},
}}

test_without_a_policy_the_fallback_speaks if {
	_demand([], "a.rule", "full") == ["warn", "enforce"]
}

test_an_override_speaks_alone if {
	document := fixture.document({"site": fixture.site({
		"policies": [_policy({"floor": true, "rules": {"a.rule": fixture.entry("deny")}})],
		"override": {"profile": "baseline", "stage": "warn", "set_by": "--profile"},
	})})
	_demand_of(document, "a.rule", "full") == ["audit", "warn"]
}

test_an_explicit_entry_comes_before_every_profile if {
	high := _policy({"priority": 9, "profile": "restricted"})
	low := _policy({"priority": 1, "profile": null, "rules": {"a.rule": fixture.entry("audit")}})
	_demand([high, low], "a.rule", "full") == ["audit", "enforce"]
}

test_an_entry_without_action_leaves_the_profile if {
	_demand([_policy({"rules": {"a.rule": fixture.entry(null)}})], "a.rule", "full") == ["warn", "enforce"]
}

test_an_entry_waits_for_its_day if {
	today := object.union(fixture.entry("deny"), {"effective_on_ns": fixture.now})
	tomorrow := object.union(fixture.entry("deny"), {"effective_on_ns": fixture.now + fixture.day})
	_demand([_policy({"rules": {"a.rule": today}})], "a.rule", "full") == ["deny", "enforce"]
	_demand([_policy({"rules": {"a.rule": tomorrow}})], "a.rule", "full") == ["warn", "enforce"]
}

test_priority_decides_between_entries_and_between_profiles if {
	_demand(
		[
			_policy({"priority": 2, "rules": {"a.rule": fixture.entry("audit")}}),
			_policy({"priority": 1, "rules": {"a.rule": fixture.entry("deny")}}),
		],
		"a.rule", "full",
	) == ["audit", "enforce"]
	_demand(
		[
			_policy({"priority": 3, "profile": null}),
			_policy({"priority": 2, "profile": "baseline"}),
			_policy({"priority": 1, "profile": "restricted"}),
		],
		"a.rule", "full",
	) == ["audit", "enforce"]
}

test_at_equal_priority_the_strictest_speaks if {
	_demand(
		[_policy({"rules": {"a.rule": fixture.entry("audit")}}), _policy({"rules": {"a.rule": fixture.entry("deny")}})],
		"a.rule", "full",
	) == ["deny", "enforce"]
	_demand([_policy({"profile": "baseline"}), _policy({"profile": "restricted"})], "a.rule", "full") == [
		"deny",
		"enforce",
	]
}

test_the_strictest_is_what_happens_now_and_then_the_action if {
	quiet := _policy({"stages": [fixture.stage("audit")], "rules": {"a.rule": fixture.entry("deny")}})
	loud := _policy({"rules": {"a.rule": fixture.entry("warn")}})
	_demand([quiet, loud], "a.rule", "full") == ["warn", "enforce"]
	silent := _policy({"rules": {"a.rule": fixture.entry("audit")}})
	_demand([quiet, silent], "a.rule", "full") == ["deny", "audit"]
}

test_nothing_goes_below_a_floor if {
	off := _policy({"priority": 9, "rules": {"a.rule": fixture.entry("off")}})
	_demand([off], "a.rule", "full") == ["off", "enforce"]
	_demand([off, _policy({"floor": true, "stages": [fixture.stage("warn")]})], "a.rule", "full") == ["warn", "warn"]
	explicit := _policy({"floor": true, "rules": {"a.rule": fixture.entry("deny")}})
	_demand([off, explicit], "a.rule", "full") == ["deny", "enforce"]
	_demand([off, _policy({"floor": true, "profile": null})], "a.rule", "full") == ["off", "enforce"]
}

test_a_weaker_sign_is_capped_by_the_profile if {
	_demand([_policy({"rules": {"a.rule": fixture.entry("deny")}})], "a.rule", "weak") == ["audit", "enforce"]
	_demand([_policy({"profile": "restricted"})], "a.rule", "weak") == ["warn", "enforce"]
	beside := [
		_policy({"priority": 5, "profile": null, "rules": {"a.rule": fixture.entry("deny")}}),
		_policy({"profile": "restricted"}),
		_policy({"profile": "baseline"}),
	]
	_demand(beside, "a.rule", "weak") == ["warn", "enforce"]
	alone := [_policy({"profile": null, "rules": {"a.rule": fixture.entry("deny")}})]
	_demand(alone, "a.rule", "weak") == ["audit", "enforce"]
}

test_what_another_rule_implies_is_recorded_unless_somebody_asks_for_it if {
	_demand([_policy({"profile": "restricted"})], "a.rule", "implied") == ["audit", "enforce"]
	_demand([], "a.rule", "implied") == ["audit", "enforce"]
	_demand([_policy({"rules": {"a.rule": fixture.entry("deny")}})], "a.rule", "implied") == ["deny", "enforce"]
	_demand([_policy({"rules": {"a.rule": fixture.entry("off")}})], "a.rule", "implied") == ["off", "enforce"]
	_demand([], "site/c.rule", "implied") == ["off", "enforce"]
}

test_a_cap_may_be_one_word_or_none if {
	plain := {"a.rule": {"baseline": "deny", "standard": "deny", "restricted": "deny"}}
	word := {"a.rule": object.union(plain["a.rule"], {"weak": "audit"})}
	_with_profiles(word) == ["audit", "enforce"]
	_with_profiles(plain) == ["warn", "enforce"]
}

test_a_rule_of_a_site_rests_on_its_default_action if {
	_demand([], "site/b.rule", "full") == ["warn", "enforce"]
	_demand([], "site/c.rule", "full") == ["off", "enforce"]
	_demand([_policy({"rules": {"site/c.rule": fixture.entry("deny")}})], "site/c.rule", "full") == ["deny", "enforce"]
}

test_the_last_stage_that_has_begun_is_in_force if {
	begun := object.union(fixture.stage("enforce"), {"from_ns": fixture.now, "from_date": "2026-12-01"})
	later := object.union(
		fixture.stage("enforce"),
		{"from_ns": fixture.now + fixture.day, "from_date": "2026-12-02"},
	)
	_stage_of([fixture.stage("warn"), begun]) == {"action": "warn", "stage": "enforce", "refused_from": ""}
	_stage_of([fixture.stage("warn"), later]) == {"action": "warn", "stage": "warn", "refused_from": "2026-12-02"}
	_stage_of([later]) == {"action": "warn", "stage": "audit", "refused_from": "2026-12-02"}
	_stage_of([]) == {"action": "warn", "stage": "audit", "refused_from": ""}
}

test_the_strictest_stage_is_that_of_any_rule_that_is_on if {
	_strictest([]) == "enforce"
	_strictest([_policy({"stages": []})]) == "audit"
	mixed := [_policy({"stages": [fixture.stage("warn")]})]
	_strictest(mixed) == "warn"
	every_rule_off := {rule: fixture.entry("off") | some rule in object.keys(_table)}
	_strictest([_policy({"rules": every_rule_off})]) == "audit"
}

test_what_happens_now_is_the_weaker_of_action_and_stage if {
	effective.effect("deny", "warn") == "warn"
	effective.effect("audit", "enforce") == "audit"
	effective.effect("deny", "enforce") == "deny"
	effective.strictest({"audit", "deny"}) == "deny"
}

_policy(parts) := fixture.policy(parts)

_demand(policies, rule, grade) := _demand_of(
	fixture.document({"site": fixture.site({"policies": policies})}),
	rule, grade,
)

_demand_of(document, rule, grade) := [demand.action, demand.stage] if {
	demand := effective.of(rule, grade) with input as document
		with data.weighbridge.rule_table as _table
		with data.weighbridge.profiles as _profiles
}

_with_profiles(profiles) := [demand.action, demand.stage] if {
	demand := effective.of("a.rule", "weak") with input as fixture.document({})
		with data.weighbridge.rule_table as _table
		with data.weighbridge.profiles as profiles
}

_stage_of(stages) := {"action": demand.action, "stage": demand.stage, "refused_from": demand.refused_from} if {
	document := fixture.document({"site": fixture.site({"policies": [fixture.policy({"stages": stages})]})})
	demand := effective.of("a.rule", "full") with input as document
		with data.weighbridge.rule_table as _table
		with data.weighbridge.profiles as _profiles
}

_strictest(policies) := stage if {
	document := fixture.document({"site": fixture.site({"policies": policies})})
	stage := effective.strictest_stage with input as document
		with data.weighbridge.rule_table as _table
		with data.weighbridge.profiles as _profiles
}
