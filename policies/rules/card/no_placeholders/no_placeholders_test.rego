package weighbridge.rules.card.no_placeholders_test

import data.weighbridge.fixture
import data.weighbridge.rules.card.no_placeholders

test_a_card_without_template_text_passes if {
	count(no_placeholders.deny) == 0 with input as _with(fixture.card({}))
}

test_template_text_in_a_required_section_is_a_violation if {
	hits := [_hit("limitations", 12), _hit(null, 3)]
	no_placeholders.deny == {{
		"model": fixture.ref,
		"grade": "full",
		"message": "its model card still has template text in limitations",
		"evidence": ["card.line:12", "card.line:3"],
	}} with input as _with(fixture.card({"placeholders": hits}))
}

test_template_text_elsewhere_is_a_weak_sign if {
	no_placeholders.deny == {{
		"model": fixture.ref,
		"grade": "weak",
		"message": "its model card still has template text, lines: 1",
		"evidence": ["card.line:3"],
	}} with input as _with(fixture.card({"placeholders": [_hit(null, 3)]}))
}

test_an_unreadable_card_is_not_free_of_template_text if {
	count(no_placeholders.deny) == 1 with input as _with(fixture.unreadable("not UTF-8"))
}

test_a_missing_card_is_left_to_card_present if {
	count(no_placeholders.deny) == 0 with input as _with(fixture.missing("README.md"))
}

_with(card) := fixture.about([fixture.model({"card": card})], [])

_hit(section, line) := {"section": section, "line": line, "empties_section": false}
