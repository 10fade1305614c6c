package weighbridge.rules.provenance.aibom_test

import data.weighbridge.fixture
import data.weighbridge.rules.provenance.aibom

_said(parts) := {complaint.message |
	some complaint in aibom.deny with input as fixture.about([fixture.model(parts)], [])
}

test_a_signed_bill_of_materials_passes if {
	_said({}) == set()
}

test_none_is_a_violation if {
	every outcome in [fixture.missing("attestations"), fixture.unreadable("too many"), fixture.statements([])] {
		_said({"statements": outcome}) == {"has no signed bill of materials"}
	}
}

test_one_that_contradicts_the_card_is_a_violation if {
	contradiction := {"about": "base_model", "attested": "a/b", "declared": "c/d", "bundle": "sha256:0c"}
	statements := {
		"statements": [fixture.statement({"kind": "aibom"})],
		"contradictions": [contradiction, object.union(contradiction, {"bundle": "sha256:ff"})],
		"unknown": [],
	}
	_said({"statements": {"found": statements}}) == {
		"its bill of materials and its card disagree on base model: a/b there, c/d here",
	}
}

test_silence_is_no_absence if {
	_said({"statements": fixture.unknown("timeout")}) == set()
	silent := {"statements": [], "contradictions": [], "unknown": [fixture.unasked]}
	_said({"statements": {"found": silent}}) == set()
}
