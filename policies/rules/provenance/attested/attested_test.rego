package weighbridge.rules.provenance.attested_test

import data.weighbridge.fixture
import data.weighbridge.rules.provenance.attested

_said(parts, site) := {[complaint.grade, complaint.message] |
	document := fixture.document({"models": [fixture.model(parts)], "site": fixture.site(site)})
	some complaint in attested.deny with input as document
}

_with(changes) := {"statements": fixture.statements([fixture.statement(changes)])}

_derived := {"lineage": fixture.lineage({"nodes": [fixture.node({})], "edges": [fixture.edge({})]})}

_listing(builders) := {"policies": [fixture.policy({"rules": {"provenance.attested": object.union(
	fixture.entry(null),
	{"parameters": {"builders": builders}},
)}})]}

test_a_trusted_provenance_passes if {
	_said({}, {}) == set()
	_said({}, _listing(["https://ci.example/train"])) == set()
}

test_none_is_a_violation if {
	every statements in [fixture.statements([]), fixture.missing("attestations"), fixture.unreadable("too many")] {
		_said({"statements": statements}, {}) == {["full", "has no provenance from whom the site trusts for it"]}
	}
	_said({"statements": fixture.statements([])}, {"signers": []}) == {[
		"note", "has no provenance from whom the site trusts for it",
	]}
}

test_one_that_nobody_vouches_for_is_none if {
	every change in [{"verified": false}, {"about": "another_model"}, {"bundle": "sha256:ff"}, {"kind": "other"}] {
		_said(_with(change), {}) == {["full", "has no provenance from whom the site trusts for it"]}
	}
}

test_a_builder_that_is_not_listed_is_a_violation if {
	_said({}, _listing(["https://ci.example/other"])) == {[
		"full", "its provenance is by a builder that is not listed: https://ci.example/train",
	]}
	_said(_with({"builder": null}), {}) == {["full", "its provenance is by a builder that is not listed: one without a name"]}
}

test_a_base_that_the_provenance_does_not_name_is_a_weaker_sign if {
	message := "its provenance does not name meta-llama/Llama-3.1-8B, which it was made from"
	_said(_derived, {}) == {["weak", message]}
	named := object.union(_derived, _with({"dependencies": [fixture.dependency({})]}))
	_said(named, {}) == set()
	noted := [fixture.signer({"speaks_for": []})]
	_said(_derived, {"signers": noted}) == {["note", message]}
}

test_silence_is_no_absence if {
	_said({"statements": fixture.unknown("timeout")}, {}) == set()
	silent := {"statements": [], "contradictions": [], "unknown": [fixture.unasked]}
	_said({"statements": {"found": silent}}, {}) == set()
}
