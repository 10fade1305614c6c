package weighbridge.lib.exceptions_test

import data.weighbridge.fixture
import data.weighbridge.lib.exceptions

test_a_valid_exception_covers_its_rule_and_model if {
	document := _with(fixture.exception({}))
	count(exceptions.invalid) == 0 with input as document
	used := {
		"name": "until-fixed",
		"namespace": "pricing",
		"owner": "team-pricing",
		"expires": fixture.now + (14 * fixture.day),
	}
	exceptions.covering("card.present", fixture.ref) == [used] with input as document
	count(exceptions.covering("card.present", "hf://a/b")) == 0 with input as document
	count(exceptions.covering("license.allowed", fixture.ref)) == 0 with input as document
	count(exceptions.covering("card.present", null)) == 0 with input as document
}

test_an_invalid_exception_covers_nothing if {
	count(exceptions.covering("card.present", fixture.ref)) == 0 with input as _with(fixture.exception({"owner": ""}))
}

test_everything_an_exception_must_have if {
	every key in ["owner", "reason", "kind", "ticket"] {
		_why({key: ""}) == [concat(" ", ["it names no", key])]
	}
	_why({"kind": "why"}) == ["kind why is none of risk-accepted, false-positive, not-applicable, fix-pending"]
	_why({"models": []}) == ["it names no model"]
}

test_an_exception_ends_and_soon if {
	_why({"expires_ns": null}) == ["it has no expiry"]
	_why({"expires_ns": fixture.now}) == ["it has expired"]
	_why({"expires_ns": fixture.now + (91 * fixture.day)}) == ["it expires more than 90 days ahead"]
}

test_some_rules_take_no_exceptions if {
	every rule in ["*", "exception.valid", "evidence.available", "policy.input"] {
		_why({"rule": rule}) == [concat("", ["rule ", rule, " takes no exceptions"])]
	}
}

test_no_exception_is_for_every_model if {
	every pattern in ["*", "hf://*", "hf://*/*", "oci://**"] {
		_why({"models": [pattern]}) == ["it is for every model"]
	}
	_why({"models": ["hf://acme/*"]}) == []
}

test_somebody_else_must_approve_the_very_text if {
	refused := ["nobody else than who asked for it has approved it as it stands"]
	_why({"approvals": []}) == refused
	_why({"spec_digest": ""}) == refused
	_why({"requested_by": ""}) == refused
	every change in [{"spec_digest": "sha256:00"}, {"requested_by": "x"}, {"approver": "team"}, {"approver": ""}] {
		_why({"approvals": [object.union(fixture.exception({}).approvals[0], change)]}) == refused
	}
}

test_a_class_may_need_no_approval if {
	quick := {"approval": "none", "max_duration_ns": 4 * 3600000000000, "alert": true}
	soon := {"approvals": [], "exception_class": "quick", "expires_ns": fixture.now + 3600000000000}
	late := {"approvals": [], "exception_class": "quick"}
	_why_under(soon, [_defining(1, false, quick)]) == []
	count(_why_under(late, [_defining(1, false, quick)])) == 1
	_why_under(late, [_defining(1, false, object.union(quick, {"max_duration_ns": null}))]) == []
	count(_why_under(late, [])) == 1
}

test_what_a_class_means_is_said_by_the_highest_priority_and_every_floor if {
	free := {"approval": "none", "max_duration_ns": null, "alert": false}
	bound := {"approval": "required", "max_duration_ns": null, "alert": false}
	asked := {"approvals": [], "exception_class": "quick"}
	_why_under(asked, [_defining(2, false, free), _defining(1, false, bound)]) == []
	count(_why_under(asked, [_defining(2, false, free), _defining(1, true, bound)])) == 1
	count(_why_under(asked, [_defining(2, false, free), _defining(2, false, bound)])) == 1
}

_defining(priority, floor, class) := fixture.policy({
	"priority": priority,
	"floor": floor,
	"exception_classes": {"quick": class},
})

_why(parts) := _why_under(parts, [])

_why_under(parts, policies) := [why |
	some invalid in exceptions.invalid with input as fixture.document({"site": fixture.site({
		"policies": policies,
		"exceptions": [fixture.exception(parts)],
	})})
	some why in invalid.why
]

_with(exception) := fixture.document({"site": fixture.site({"exceptions": [exception]})})
