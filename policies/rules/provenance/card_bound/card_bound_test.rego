package weighbridge.rules.provenance.card_bound_test

import data.weighbridge.fixture
import data.weighbridge.rules.provenance.card_bound

_said(parts) := {complaint.grade |
	some complaint in card_bound.deny with input as fixture.about([fixture.model(parts)], [])
}

_without_card := fixture.signatures([fixture.signature({"coverage": fixture.coverage({"card": false})})])

test_a_card_in_the_signed_manifest_is_bound if {
	_said({}) == set()
	_said({"signatures": fixture.signatures([fixture.signature({"coverage": null})])}) == set()
}

test_a_card_with_an_attestation_of_its_own_is_bound if {
	_said({
		"signatures": _without_card,
		"statements": fixture.statements([fixture.statement({"card": true})]),
	}) == set()
}

test_a_card_that_nobody_signed_is_only_claimed if {
	_said({"signatures": _without_card}) == {"full"}
	every outcome in [fixture.missing("model.sig"), fixture.unreadable("too many"), fixture.signatures([])] {
		_said({"signatures": outcome}) == {"full"}
	}
}

test_without_a_signer_it_is_noted if {
	document := fixture.document({
		"models": [fixture.model({"signatures": fixture.signatures([])})],
		"site": fixture.site({"signers": []}),
	})
	{complaint.grade | some complaint in card_bound.deny with input as document} == {"note"}
}

test_no_card_is_another_rules_affair if {
	_said({"card": fixture.missing("README.md"), "signatures": _without_card}) == set()
	_said({"role": "tokenizer", "signatures": _without_card}) == set()
}

test_silence_is_not_called_unbound if {
	_said({"signatures": fixture.unknown("timeout")}) == set()
	_said({"signatures": _without_card, "statements": fixture.unknown("timeout")}) == set()
}
