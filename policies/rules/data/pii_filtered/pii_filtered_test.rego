package weighbridge.rules.data.pii_filtered_test

import data.weighbridge.fixture
import data.weighbridge.rules.data.pii_filtered

test_data_of_people_without_filtering_is_a_violation if {
	_said(_card(false)) == {concat("", [
		"its training data comes from people (forums and 1 more) ",
		"and its model card does not say how personal data was filtered",
	])}
}

test_filtered_data_passes if {
	_said(_card(true)) == set()
}

test_no_card_says_nothing if {
	_said(fixture.missing("README.md")) == {"has no model card, so nothing is said about filtering of personal data"}
}

_card(filtered) := fixture.card({
	"claims": [fixture.claim("personal_data", "web", 3), fixture.claim("personal_data", "forums", 4)],
	"sections": {"pii_filtering": {"present": filtered, "words": 9, "placeholder": false, "lines": [], "vague": false}},
})

test_an_unknown_card_is_no_finding if {
	count(pii_filtered.deny) == 0 with input as fixture.about([fixture.model({"card": fixture.unknown("timeout")})], [])
}

test_a_separate_tokenizer_is_not_asked if {
	tokenizer := fixture.model({"role": "tokenizer", "card": fixture.missing("README.md")})
	count(pii_filtered.deny) == 0 with input as fixture.about([tokenizer], [])
}

_said(card) := {finding.message |
	some finding in pii_filtered.deny with input as fixture.about([fixture.model({"card": card})], [])
}
