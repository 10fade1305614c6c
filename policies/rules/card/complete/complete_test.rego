package weighbridge.rules.card.complete_test

import data.weighbridge.fixture
import data.weighbridge.rules.card.complete

_weights := {"license": 10, "bias": 30, "limitations": 20, "base_model": 40}

_values := {"missing": 0, "vague": 0.5, "stated": 1}

test_a_full_card_passes if {
	count(complete.deny) == 0 with input as fixture.about([fixture.model({})], [])
}

test_a_card_below_the_threshold_names_its_heaviest_gap if {
	_said({"license": _section(true, false)}, {}) == {"its model card scores 17 of 100, expected at least 40; heaviest gap: bias"}
}

test_the_base_counts_for_models_that_were_made_from_another if {
	said := {"its model card scores 10 of 100, expected at least 40; heaviest gap: base_model"}
	_said({"license": _section(true, false)}, {"lineage": fixture.lineage({"edges": [fixture.edge({})]})}) == said
	_said({"license": _section(true, false)}, {"lineage": fixture.lineage({"derived_by": ["tag merge"]})}) == said
}

test_vague_answers_count_less if {
	answers := {name: _section(true, true) | some name in object.keys(_weights)}
	_said(answers, {}) == set()
	raised := {"card.complete": {"min_score": 60}}
	messages := {finding.message | some finding in complete.deny with input as _document(answers, {})
		with data.weighbridge.card_score as {"weights": _weights, "values": _values}
		with data.weighbridge.parameters as raised}
	messages == {"its model card scores 50 of 100, expected at least 60; heaviest gap: vague answers"}
}

test_no_card_is_not_complete if {
	every card in [fixture.missing("README.md"), fixture.unreadable("not UTF-8")] {
		count(complete.deny) == 1 with input as fixture.about([fixture.model({"card": card})], [])
	}
}

test_an_unknown_card_is_left_to_evidence_available if {
	count(complete.deny) == 0 with input as fixture.about([fixture.model({"card": fixture.unknown("timeout")})], [])
}

_said(sections, parts) := {finding.message |
	some finding in complete.deny with input as _document(sections, parts)
		with data.weighbridge.card_score as {"weights": _weights, "values": _values}
}

_document(sections, parts) := fixture.about(
	[fixture.model(object.union({"card": fixture.card({"sections": sections})}, parts))],
	[],
)

_section(present, vague) := {"present": present, "words": 9, "placeholder": false, "lines": [], "vague": vague}

test_where_nobody_can_tell_whether_a_base_belongs_into_the_card_both_are_tried if {
	answers := {name: _section(true, false) | some name in ["license", "bias"]}
	count(_said(answers, {})) == 0
	_said(answers, {"lineage": fixture.unknown("timeout")}) == set()
	_said({"license": _section(true, false)}, {"lineage": fixture.unknown("timeout")}) == {
		"its model card scores 10 of 100, expected at least 40; heaviest gap: base_model",
		"its model card scores 17 of 100, expected at least 40; heaviest gap: bias",
	}
}
