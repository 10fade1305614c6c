package weighbridge.rules.lineage.resolved_test

import data.weighbridge.fixture
import data.weighbridge.rules.lineage.resolved

test_a_lineage_whose_ends_are_found_passes if {
	_said({"nodes": [fixture.node({})], "edges": [fixture.edge({})]}) == set()
	_said({}) == set()
}

test_an_ancestor_that_does_not_exist_is_a_violation if {
	_said({"nodes": [fixture.node({"state": "missing"})]}) == {concat("", [
		"derives from meta-llama/Llama-3.1-8B, which does not exist: ",
		"whether an advisory concerns it cannot be established",
	])}
}

test_a_branch_that_nobody_walks_to_its_end_is_a_violation if {
	count(_said({"nodes": [fixture.node({"state": "not_walked"})]})) == 1
}

test_a_base_that_nothing_names_is_a_violation if {
	rest := ": whether an advisory concerns it cannot be established"
	_said({"derived_by": ["_name_or_path"]}) == {concat("", ["was made from a model that it does not name", rest])}
	_said({"derived_by": [], "prose_parents": ["base-v1.1"]}) == {concat("", [
		"was made from base-v1.1, as running text says",
		rest,
	])}
}

test_what_could_not_be_asked_is_left_to_evidence_available if {
	_said({"nodes": [fixture.node({"state": "unknown"})], "edges": [fixture.edge({})]}) == set()
	gap := {"node": "acme/tariff-8b", "because": "timeout", "host": "hub.example", "since": null}
	_said({"derived_by": ["tag merge"], "unknown": [gap]}) == set()
	document := fixture.about([fixture.model({"lineage": fixture.unknown("timeout")})], [])
	count(resolved.deny) == 0 with input as document
}

test_a_lineage_that_cannot_be_read_has_no_end if {
	document := fixture.about([fixture.model({"lineage": fixture.unreadable("too many")})], [])
	count(resolved.deny) == 1 with input as document
}

_said(tree) := {finding.message |
	some finding in resolved.deny with input as fixture.about(
		[fixture.model({"lineage": fixture.lineage(tree)})],
		[],
	)
}
