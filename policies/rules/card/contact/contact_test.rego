package weighbridge.rules.card.contact_test

import data.weighbridge.fixture
import data.weighbridge.rules.card.contact

test_a_card_that_says_it_passes if {
	count(contact.deny) == 0 with input as fixture.about([fixture.model({})], [])
}

test_a_card_that_does_not_say_it_is_a_violation if {
	_said(fixture.card({"sections": {}})) == {"its model card says nothing about whom to contact"}
	unanswered := {"contact": {"present": false, "words": 0, "placeholder": true, "lines": [], "vague": false}}
	_said(fixture.card({"sections": unanswered})) == {"its model card says nothing about whom to contact"}
}

test_no_card_says_nothing if {
	_said(fixture.missing("README.md")) == {"has no model card, so nothing is said about whom to contact"}
	_said(fixture.unreadable("not UTF-8")) == {concat("", [
		"its model card cannot be read, so nothing is said about whom to contact: ",
		"not UTF-8",
	])}
}

test_an_unknown_card_is_left_to_evidence_available if {
	_said(fixture.unknown("timeout")) == set()
}

test_a_separate_tokenizer_needs_no_card if {
	tokenizer := fixture.model({"role": "tokenizer", "card": fixture.missing("README.md")})
	count(contact.deny) == 0 with input as fixture.about([tokenizer], [])
}

_said(card) := messages if {
	document := fixture.about([fixture.model({"card": card})], [])
	messages := {finding.message | some finding in contact.deny with input as document}
}
