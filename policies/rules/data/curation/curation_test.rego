package weighbridge.rules.data.curation_test

import data.weighbridge.fixture
import data.weighbridge.rules.data.curation

test_a_card_that_says_it_passes if {
	_said(fixture.card({})) == set()
}

test_a_silent_card_is_a_violation if {
	message := "its model card does not say how its training data was filtered or deduplicated"
	_said(fixture.card({"claims": []})) == {message}
}

test_an_unknown_card_is_no_finding if {
	count(curation.deny) == 0 with input as fixture.about([fixture.model({"card": fixture.unknown("timeout")})], [])
}

test_a_separate_tokenizer_is_not_asked if {
	tokenizer := fixture.model({"role": "tokenizer", "card": fixture.missing("README.md")})
	count(curation.deny) == 0 with input as fixture.about([tokenizer], [])
}

_said(card) := {finding.message |
	some finding in curation.deny with input as fixture.about([fixture.model({"card": card})], [])
}
