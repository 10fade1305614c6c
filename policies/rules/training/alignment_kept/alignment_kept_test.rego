package weighbridge.rules.training.alignment_kept_test

import data.weighbridge.fixture
import data.weighbridge.rules.training.alignment_kept

test_a_harmless_card_passes if {
	_said(fixture.card({})) == set()
}

test_a_card_that_says_so_is_a_violation if {
	claims := [fixture.claim("alignment_removed", "refusals_removed", 3), fixture.claim("alignment_removed", "abliterated", 4)]
	_said(fixture.card({"claims": claims})) == {concat("", [
		"its model card says that its alignment was removed: ",
		"abliterated, refusals removed",
	])}
}

test_a_name_that_says_so_is_a_violation if {
	named := fixture.model({"repository": "acme/Tariff-8B-Uncensored"})
	{finding.message | some finding in alignment_kept.deny with input as fixture.about([named], [])} == {"its name says that its alignment was removed"}
}

test_no_card_says_nothing if {
	_said(fixture.missing("README.md")) == {concat("", [
		"has no model card, so nothing is said about ",
		"whether its alignment was removed",
	])}
}

test_an_unknown_card_is_no_finding if {
	count(alignment_kept.deny) == 0 with input as fixture.about([fixture.model({"card": fixture.unknown("timeout")})], [])
}

test_a_separate_tokenizer_is_not_asked if {
	tokenizer := fixture.model({"role": "tokenizer", "card": fixture.missing("README.md")})
	count(alignment_kept.deny) == 0 with input as fixture.about([tokenizer], [])
}

_said(card) := {finding.message |
	some finding in alignment_kept.deny with input as fixture.about([fixture.model({"card": card})], [])
}
