package weighbridge.rules.data.specific_test

import data.weighbridge.fixture
import data.weighbridge.rules.data.specific

test_named_data_passes if {
	count(specific.deny) == 0 with input as fixture.about([fixture.model({})], [])
}

test_phrases_are_a_violation_with_the_lines_they_stand_in if {
	specific.deny == {{
		"model": fixture.ref,
		"grade": "full",
		"message": "its model card describes the training data by phrases that nobody can check",
		"evidence": ["card", "card.line:7", "card.line:9"],
	}} with input as _about({"training_data": _section(true, true, [7, 9, 11])})
}

test_silence_is_left_to_data_documented if {
	count(specific.deny) == 0 with input as _about({})
	count(specific.deny) == 0 with input as _about({"training_data": _section(false, true, [])})
}

test_an_unreadable_card_names_no_data if {
	document := fixture.about([fixture.model({"card": fixture.unreadable("not UTF-8")})], [])
	count(specific.deny) == 1 with input as document
}

test_no_card_and_an_unknown_card_are_left_to_others if {
	every card in [fixture.missing("README.md"), fixture.unknown("timeout")] {
		count(specific.deny) == 0 with input as fixture.about([fixture.model({"card": card})], [])
	}
}

_about(sections) := fixture.about([fixture.model({"card": fixture.card({"sections": sections})})], [])

_section(present, vague, lines) := {
	"present": present, "words": 9, "placeholder": false,
	"lines": lines, "vague": vague,
}
