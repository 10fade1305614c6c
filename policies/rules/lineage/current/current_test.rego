package weighbridge.rules.lineage.current_test

import data.weighbridge.fixture
import data.weighbridge.rules.lineage.current

test_a_card_that_says_nothing_of_it_passes if {
	_said(fixture.card({})) == set()
}

test_a_successor_is_a_violation if {
	superseded := fixture.card({"claims": [fixture.claim("superseded", "new_version", 3)]})
	_said(superseded) == {"its model card says that it is deprecated or that a newer version replaces it"}
}

test_no_card_says_nothing if {
	_said(fixture.missing("README.md")) == {"has no model card, so nothing is said about whether it is still current"}
}

test_an_unknown_card_is_no_finding if {
	count(current.deny) == 0 with input as fixture.about([fixture.model({"card": fixture.unknown("timeout")})], [])
}

test_a_separate_tokenizer_is_not_asked if {
	tokenizer := fixture.model({"role": "tokenizer", "card": fixture.missing("README.md")})
	count(current.deny) == 0 with input as fixture.about([tokenizer], [])
}

_said(card) := {finding.message |
	some finding in current.deny with input as fixture.about([fixture.model({"card": card})], [])
}
