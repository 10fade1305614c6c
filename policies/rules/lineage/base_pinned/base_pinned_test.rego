package weighbridge.rules.lineage.base_pinned_test

import data.weighbridge.fixture
import data.weighbridge.main
import data.weighbridge.rules.lineage.base_pinned

_commit := "0e9e39f249a16976918f6564b8830bc894c89659"

_said(parts, policies) := {[complaint.grade, complaint.message] |
	some complaint in base_pinned.deny with input as fixture.under(fixture.model(parts), policies)
}

_from(edge) := {"lineage": fixture.lineage({"nodes": [fixture.node({})], "edges": [fixture.edge(edge)]})}

_loose := "does not say which version of meta-llama/Llama-3.1-8B it was made from"

_in_house(action) := [fixture.policy({"rules": {"lineage.base_pinned": object.union(
	fixture.entry(null),
	{"parameters": {"in_house_action": action}},
)}})]

test_a_base_named_by_its_commit_passes if {
	_said(_from({"revision": _commit, "pinned": true}), []) == set()
	_said({}, []) == set()
}

test_a_base_named_without_a_version_is_a_violation if {
	_said(_from({}), []) == {["full", _loose]}
	_said(_from({"revision": "v1.1"}), []) == {["full", _loose]}
}

test_a_model_of_the_organization_itself_is_asked_for_more if {
	own := object.union(_from({}), {"in_house": true})
	_said(own, []) == {["raised", _loose]}
	_said(own, _in_house("deny")) == {["must_deny", _loose]}
	_said(own, _in_house("warn")) == {["must_warn", _loose]}
	_said(own, _in_house("audit")) == {["audit", _loose]}
	_said(_from({}), _in_house("deny")) == {["full", _loose]}
	decision := main.decision with input as fixture.under(fixture.model(own), [fixture.policy({"profile": "restricted"})])
	{finding.effect | some finding in decision.findings; finding.rule == "lineage.base_pinned"} == {"deny"}
	others := main.decision with input as fixture.under(
		fixture.model(_from({})),
		[fixture.policy({"profile": "restricted"})],
	)
	{finding.effect | some finding in others.findings; finding.rule == "lineage.base_pinned"} == {"warn"}
}

test_an_attestation_pins_where_the_site_trusts_its_signer if {
	attested := object.union(
		_from({"source": "attestation", "revision": _commit, "pinned": true}),
		{"statements": fixture.statements([fixture.statement({"dependencies": [fixture.dependency({})]})])},
	)
	_said(attested, []) == set()
	_said(object.union(attested, {"vouchers": []}), []) == {["full", _loose]}
}

test_a_lineage_that_cannot_be_read_is_a_violation if {
	_said({"lineage": fixture.unreadable("too deep")}, []) == {[
		"full", "its base cannot be told, its lineage cannot be read: too deep",
	]}
}

test_what_may_still_be_attested_is_not_called_loose if {
	_said(object.union(_from({}), {"statements": fixture.unknown("timeout")}), []) == set()
	silent := {"statements": [], "contradictions": [], "unknown": [fixture.unasked]}
	_said(object.union(_from({}), {"statements": {"found": silent}}), []) == set()
	every outcome in [fixture.missing("attestations"), fixture.unreadable("too many")] {
		_said(object.union(_from({}), {"statements": outcome}), []) == {["full", _loose]}
	}
}

test_what_a_policy_says_of_its_own_models_counts_in_every_profile if {
	own := fixture.model(object.union(_from({}), {"in_house": true}))
	effects := {action: effect |
		some action in ["audit", "warn", "deny"]
		decision := main.decision with input as fixture.under(own, _in_house(action))
		some finding in decision.findings
		finding.rule == "lineage.base_pinned"
		effect := finding.effect
	}
	effects == {"audit": "audit", "warn": "warn", "deny": "deny"}
}

test_an_action_that_a_policy_names_is_not_raised if {
	own := fixture.model(object.union(_from({}), {"in_house": true}))
	named := fixture.policy({"profile": "restricted", "rules": {"lineage.base_pinned": fixture.entry("warn")}})
	decision := main.decision with input as fixture.under(own, [named])
	{finding.effect | some finding in decision.findings; finding.rule == "lineage.base_pinned"} == {"warn"}
}
