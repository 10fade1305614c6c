package weighbridge.rules.data.pinned_test

import data.weighbridge.fixture
import data.weighbridge.rules.data.pinned

_said(parts) := {complaint.message |
	some complaint in pinned.deny with input as fixture.about([fixture.model(parts)], [])
}

_naming(pin) := {"card": fixture.card({"datasets": [{"name": "Acme/mails", "pin": pin}]})}

_describing(pins) := {"card": fixture.card({
	"data_pins": pins,
	"sections": {"training_data": {"present": true, "words": 50, "placeholder": false, "lines": [], "vague": false}},
})}

_attested := {"statements": fixture.statements([fixture.statement({"dependencies": [fixture.dependency({
	"name": "acme/mails", "kind": "dataset",
})]})])}

_loose := "does not say which version of Acme/mails it was trained on"

test_a_data_set_with_a_commit_passes if {
	_said(_naming("0e9e39f249a16976918f6564b8830bc894c89659")) == set()
}

test_a_data_set_without_a_version_is_a_violation if {
	_said(_naming(null)) == {_loose}
}

test_an_attested_digest_pins_a_data_set if {
	_said(object.union(_naming(null), _attested)) == set()
	_said(object.union(object.union(_naming(null), _attested), {"vouchers": []})) == {_loose}
}

test_training_data_without_any_name_is_a_violation if {
	_said(_describing(0)) == {"describes its training data without naming a data set that could be looked up again"}
	_said(_describing(1)) == set()
	_said(object.union(_describing(0), _attested)) == set()
}

test_a_card_that_says_nothing_of_data_is_another_rules_affair if {
	_said({}) == set()
	_said({"card": fixture.missing("README.md")}) == set()
}

test_a_card_that_cannot_be_read_is_a_violation if {
	_said({"card": fixture.unreadable("too large")}) == {"its data sets cannot be told, its card cannot be read: too large"}
}

test_what_may_still_be_attested_is_not_called_loose if {
	_said(object.union(_naming(null), {"statements": fixture.unknown("timeout")})) == set()
	silent := {"statements": [], "contradictions": [], "unknown": [fixture.unasked]}
	_said(object.union(_naming(null), {"statements": {"found": silent}})) == set()
	every outcome in [fixture.missing("attestations"), fixture.unreadable("too many")] {
		_said(object.union(_naming(null), {"statements": outcome})) == {_loose}
	}
}
