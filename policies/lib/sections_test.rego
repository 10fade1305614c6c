package weighbridge.lib.sections_test

import data.weighbridge.fixture
import data.weighbridge.lib.sections

test_what_follows_from_there_being_no_card_is_implied if {
	every card in [
		fixture.missing("README.md"), fixture.unreadable("not UTF-8"),
		fixture.card({"sections": {}, "code_readme": true}), fixture.card({"sections": {}, "letters": 3}),
	] {
		_grade(card) == "implied"
	}
}

test_a_card_that_leaves_something_out_is_a_violation_of_its_own if {
	_grade(fixture.card({"sections": {}})) == "full"
}

_grade(card) := complaint.grade if {
	complaint := sections.complaint(fixture.model({"card": card}), "bias", "bias") with input as fixture.document({})
}

test_a_card_in_a_language_that_is_not_read_leaves_nothing_out if {
	model := fixture.model({"card": fixture.card({"sections": {}, "language": "tr", "skipped": "Turkish"})})
	not sections.complaint(model, "bias", "bias") with input as fixture.document({})
}
