package weighbridge.rules.data.dated_test

import data.weighbridge.fixture
import data.weighbridge.rules.data.dated

test_a_dated_card_passes if {
	_said(fixture.card({})) == set()
}

test_a_card_without_dates_is_a_violation if {
	_said(fixture.card({"claims": []})) == {"its model card does not say when its training data was collected"}
}

test_no_card_has_no_dates if {
	_said(fixture.missing("README.md")) == {concat("", [
		"has no model card, so nothing is said about ",
		"when its training data was collected",
	])}
}

test_an_unknown_card_is_no_finding if {
	count(dated.deny) == 0 with input as fixture.about([fixture.model({"card": fixture.unknown("timeout")})], [])
}

test_a_separate_tokenizer_is_not_asked if {
	tokenizer := fixture.model({"role": "tokenizer", "card": fixture.missing("README.md")})
	count(dated.deny) == 0 with input as fixture.about([tokenizer], [])
}

_said(card) := {finding.message |
	some finding in dated.deny with input as fixture.about([fixture.model({"card": card})], [])
}
