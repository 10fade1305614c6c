package weighbridge.lib.stamps_test

import data.weighbridge.fixture
import data.weighbridge.lib.stamps
import data.weighbridge.main

_bundle := "sha256:0e"

_statement(summary) := fixture.statement({
	"bundle": _bundle, "kind": "summary", "builder": null,
	"predicate_type": "https://slsa.dev/verification_summary/v1", "summary": fixture.summary(summary),
})

_stamped(facts, stamp, summary) := fixture.model(object.union(
	{
		"statements": fixture.statements([_statement(summary)]),
		"vouchers": [fixture.voucher({}), fixture.voucher({"bundle": _bundle})],
		"stamps": [fixture.stamp(object.union({"bundle": _bundle}, stamp))],
	},
	facts,
))

_silent := {
	"card": fixture.unknown("unreachable"), "license": fixture.unknown("unreachable"),
	"lineage": fixture.unknown("unreachable"), "files": fixture.unknown("unreachable"),
	"config": fixture.unknown("unreachable"), "tokenizer": fixture.unknown("unreachable"),
	"generation_config": fixture.unknown("unreachable"), "adapter": fixture.unknown("unreachable"),
	"weights": fixture.unknown("unreachable"), "signatures": fixture.unknown("unreachable"),
}

_restricted := [fixture.policy({"profile": "restricted"})]

_allowed(model) := allowed if {
	allowed := main.decision.allowed with input as fixture.under(model, _restricted)
}

test_a_promoted_model_is_admitted_with_no_route_to_any_hub if {
	decision := main.decision with input as fixture.under(_stamped(_silent, {}, {}), _restricted)
	decision.allowed
	{finding.effect | some finding in decision.findings} - {"warn", "audit"} == set()
	[stamp.signer | some stamp in decision.stamps] == ["promotion"]
	"card.present" in decision.stamps[0].rules
	not "reference.pinned" in decision.stamps[0].rules
}

test_without_the_stamp_nothing_is_decided if {
	_allowed(_stamped(object.union(_silent, {"stamps": []}), {}, {})) == false
}

test_an_advisory_that_is_newer_than_the_stamp_refuses if {
	advisory := fixture.advisory({"own": false, "node": "meta-llama/Llama-3.1-8B"})
	decision := main.decision with input as fixture.under(
		_stamped(object.union(_silent, {"advisories": [advisory]}), {}, {}),
		_restricted,
	)
	not decision.allowed
	{finding.rule | some finding in decision.findings; finding.effect == "deny"} == {"lineage.no_advisory"}
}

test_a_stamp_that_names_no_ancestors_leaves_advisories_open if {
	_allowed(_stamped(_silent, {}, {"ancestors": null})) == false
}

test_a_stamp_is_refused if {
	every change in [
		[{"until_ns": fixture.now}, {}],
		[{"until_ns": null}, {}],
		[{"verified_at_ns": null}, {}],
		[{"verified_at_ns": fixture.now + fixture.day}, {}],
		[{"signer": "somebody"}, {}],
		[{}, {"passed": false}],
	] {
		_allowed(_stamped(_silent, change[0], change[1])) == false
	}
}

test_a_stamp_by_another_identity_or_for_other_models_is_refused if {
	every change in [{"identity": false}, {"speaks": false}, {"bundle": "sha256:ff"}] {
		voucher := fixture.voucher(object.union({"bundle": _bundle}, change))
		_allowed(_stamped(object.union(_silent, {"vouchers": [voucher]}), {}, {})) == false
	}
}

test_a_signer_that_may_not_stamp_stamps_nothing if {
	document := fixture.under(_stamped(_silent, {}, {}), _restricted)
	changed := object.union(document, {"site": {"signers": [fixture.signer({"stamps": false})]}})
	decision := main.decision with input as changed
	not decision.allowed
}

test_what_a_stamp_covers_is_not_judged_again if {
	cardless := {"card": fixture.missing("README.md")}
	_allowed(_stamped(cardless, {"covers": ["card.*"]}, {}))
	_allowed(_stamped(cardless, {"covers": ["card.present"]}, {}))
	_allowed(_stamped(cardless, {"covers": ["license.*"]}, {})) == false
}

test_a_summary_that_names_rules_answers_no_others if {
	cardless := {"card": fixture.missing("README.md")}
	_allowed(_stamped(cardless, {}, {"levels": ["card.present"]}))
	_allowed(_stamped(cardless, {}, {"levels": ["card.*"]}))
	_allowed(_stamped(cardless, {}, {"levels": ["license.allowed"]})) == false
}

test_nothing_goes_below_a_floor_that_takes_no_stamp if {
	floor := fixture.policy({"name": "floor", "floor": true, "rules": {"card.present": fixture.entry("deny")}, "profile": null})
	cardless := _stamped({"card": fixture.missing("README.md")}, {}, {})
	document := fixture.under(cardless, [_restricted[0], floor])
	not main.decision.allowed with input as document
	taken := fixture.stamp({"bundle": _bundle, "policy": "floor"})
	both := object.union(cardless, {"stamps": [cardless.stamps[0], taken]})
	main.decision.allowed with input as fixture.under(both, [_restricted[0], floor])
}

test_a_floor_with_a_profile_demands_every_rule if {
	floor := fixture.policy({"name": "floor", "floor": true, "profile": "baseline"})
	document := fixture.under(_stamped(_silent, {}, {}), [_restricted[0], floor])
	not main.decision.allowed with input as document
}

test_a_stamp_answers_for_its_model_alone if {
	other := fixture.model({"ref": "hf://acme/other@1", "card": fixture.missing("README.md")})
	document := fixture.document({
		"models": [_stamped({}, {}, {}), other],
		"site": fixture.site({"policies": _restricted}),
	})
	not main.decision.allowed with input as document
}

test_names_of_ancestors_are_known_from_a_valid_stamp_only if {
	stamps.names_ancestors(fixture.ref) with input as fixture.under(_stamped({}, {}, {}), _restricted)
	not stamps.names_ancestors(fixture.ref) with input as fixture.under(_stamped({}, {}, {"passed": false}), _restricted)
}
