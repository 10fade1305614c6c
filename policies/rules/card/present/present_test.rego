package weighbridge.rules.card.present_test

import data.weighbridge.fixture
import data.weighbridge.rules.card.present

test_a_harmless_card_passes if {
	count(present.deny) == 0 with input as fixture.about([fixture.model({})], [])
}

test_a_missing_card_is_a_violation if {
	_says("full", "has no model card, looked at README.md") with input as _with(fixture.missing("README.md"))
}

test_an_unreadable_card_is_a_violation if {
	_says("full", "its model card cannot be read: too large") with input as _with(fixture.unreadable("too large"))
}

test_a_few_words_are_no_card if {
	changed := fixture.card({"letters": 199})
	_says("full", "its model card has only 199 letters of text, expected at least 200") with input as _with(changed)
}

test_a_code_readme_is_no_card if {
	_says("full", "its README.md is that of a code repository, not a model card") with input as _with(fixture.card({
		"code_readme": true,
	}))
}

test_broken_front_matter_is_a_violation if {
	changed := fixture.card({"front_matter": "unreadable", "front_matter_problem": "line 4: a tab"})
	_says("full", "the front matter of its model card cannot be read: line 4: a tab") with input as _with(changed)
}

test_misplaced_metadata_is_a_weak_sign if {
	changed := fixture.card({"front_matter": "misplaced"})
	message := "the metadata of its model card does not count: it is not at the top of the file"
	_says("weak", message) with input as _with(changed)
}

test_a_language_that_is_not_read_is_a_weak_sign if {
	_says("weak", "its model card is in Turkish, which is not read yet") with input as _with(fixture.card({
		"language": "tr",
		"skipped": "Turkish",
	}))
}

test_an_unknown_card_is_no_finding if {
	count(present.deny) == 0 with input as _with(fixture.unknown("timeout"))
}

test_a_tokenizer_needs_no_card if {
	tokenizer := fixture.model({"role": "tokenizer", "card": fixture.missing("README.md")})
	count(present.deny) == 0 with input as fixture.about([tokenizer], [])
}

_with(card) := fixture.about([fixture.model({"card": card})], [])

_says(grade, message) if {
	present.deny == {{"model": fixture.ref, "grade": grade, "message": message, "evidence": ["card"]}}
}
