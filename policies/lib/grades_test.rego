package weighbridge.lib.grades_test

import data.weighbridge.fixture
import data.weighbridge.lib.effective

# A rule that a profile denies, with what it says where its counterpart is missing.
_profiles := {
	"a.plain": {"standard": "deny"},
	"a.noted": {"standard": "deny", "note": {"standard": "warn"}, "weak": "audit"},
}

test_a_note_is_at_most_audit_unless_the_profile_says_more if {
	_action("a.plain", "note", {}) == "audit"
	_action("a.noted", "note", {}) == "warn"
}

test_who_names_a_rule_gets_it_without_a_counterpart_too if {
	_action("a.plain", "note", {"a.plain": fixture.entry("deny")}) == "deny"
	_action("a.noted", "note", {"a.noted": fixture.entry("deny")}) == "audit"
}

test_a_rule_may_say_itself_what_it_demands_at_most if {
	every grade in ["audit", "warn", "deny"] {
		_action("a.plain", grade, {}) == grade
		_action("a.plain", grade, {"a.plain": fixture.entry("deny")}) == grade
	}
}

_action(rule, grade, rules) := action if {
	policies := [fixture.policy({"rules": rules})]
	demand := effective.of(rule, grade) with input as fixture.under(fixture.model({}), policies)
		with data.weighbridge.profiles as _profiles
		with data.weighbridge.rule_table as {"a.plain": {}, "a.noted": {}}
	action := demand.action
}
