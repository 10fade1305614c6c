package weighbridge.lib.undecided_test

import data.weighbridge.fixture
import data.weighbridge.lib.undecided

test_a_rule_is_undecided_where_a_fact_it_needs_is_unknown if {
	rules := _rules({"license": fixture.unknown("timeout")}, [])
	{"license.allowed", "license.declared", "license.respects_ancestors"} & rules == {
		"license.allowed",
		"license.declared",
		"license.respects_ancestors",
	}
	rules == _needing("license")
}

test_every_rule_that_needs_a_fact_needs_to_know_which_model_it_is if {
	_rules({"resolved": fixture.unknown("timeout")}, []) == {rule |
		some rule, entry in data.weighbridge.rule_table
		count(entry.evidence) > 0
		data.weighbridge.profiles[rule].standard != "off"
		_for_bases(entry)
	}
}

test_an_unknown_ancestor_leaves_what_needs_the_lineage_undecided if {
	gap := {"node": "a/b", "because": "timeout", "host": "hub.example", "since": null}
	_rules({"lineage": fixture.lineage({"unknown": [gap]})}, []) == _needing("lineage")
	deep := object.union(gap, {"because": "not_walked"})
	_rules({"lineage": fixture.lineage({"unknown": [deep]})}, []) == set()
	elsewhere := object.union(gap, {"because": "no_source"})
	_rules({"lineage": fixture.lineage({"unknown": [elsewhere]})}, []) == set()
}

test_a_rule_about_other_roles_needs_nothing_of_this_model if {
	not "adapter.base_matches" in _rules({"adapter": fixture.unknown("timeout")}, [])
	"adapter.base_matches" in _rules({"adapter": fixture.unknown("timeout"), "role": "adapter"}, [])
}

test_what_workload_resolved_says_is_not_said_again if {
	every because in ["unresolved_reference", "no_source", "no_repository"] {
		_rules({"files": fixture.unknown(because)}, []) == set()
	}
}

test_a_rule_that_is_off_or_excepted_is_not_undecided if {
	off := fixture.policy({"rules": {"format.safe": fixture.entry("off")}})
	_rules({"files": fixture.unknown("timeout")}, [off]) == _needing("files") - {"format.safe"}
	document := fixture.document({
		"models": [fixture.model({"files": fixture.unknown("timeout")})],
		"site": fixture.site({"exceptions": [fixture.exception({"rule": "format.safe"})]}),
	})
	rules := {gap.rule | some gap in undecided.gaps} with input as document
	rules == _needing("files") - {"format.safe"}
}

test_on_unknown_relaxes_a_denial_to_a_warning if {
	_action("license.declared", "license", []) == "deny"
	_action("license.declared", "license", [_saying(1, false, "warn", {})]) == "warn"
	_action("license.declared", "license", [_saying(1, false, "deny", {"license.declared": "warn"})]) == "warn"
	_action("license.declared", "license", [_saying(1, false, "warn", {"license.declared": "deny"})]) == "deny"
	_action("reference.pinned", "resolved", [_saying(1, false, "warn", {})]) == "audit"
}

test_the_highest_priority_and_every_floor_say_what_is_relaxed if {
	warn := _saying(2, false, "warn", {})
	_action("license.declared", "license", [warn, _saying(1, false, "deny", {})]) == "warn"
	_action("license.declared", "license", [warn, _saying(1, true, "deny", {})]) == "deny"
	_action("license.declared", "license", [warn, _saying(2, false, "deny", {})]) == "deny"
}

test_protected_rules_are_not_relaxed if {
	warn := [_saying(1, false, "warn", {"format.safe": "warn", "lineage.no_advisory": "warn"})]
	_action("format.safe", "files", warn) == "deny"
	_action("lineage.no_advisory", "resolved", warn) == "deny"
	_action("lineage.no_advisory", "ancestors", warn) == "warn"
	_action("lineage.consistent", "lineage", warn) == "warn"
	_action("lineage.consistent", "lineage", warn) == "deny" with data.weighbridge.protected as ["lineage.consistent"]
}

_saying(priority, floor, default_word, words) := fixture.policy({
	"priority": priority,
	"floor": floor,
	"on_unknown": {"default": default_word, "rules": words},
})

_rules(facts, policies) := {gap.rule |
	some gap in undecided.gaps with input as fixture.under(fixture.model(facts), policies)
}

_action(rule, fact, policies) := demand.action if {
	demand := undecided.demand(rule, fact) with input as fixture.under(fixture.model({}), policies)
}

_needing(fact) := {rule |
	some rule, entry in data.weighbridge.rule_table
	fact in entry.evidence
	data.weighbridge.profiles[rule].standard != "off"
	_for_bases(entry)
}

_for_bases(entry) if count(entry.roles) == 0
