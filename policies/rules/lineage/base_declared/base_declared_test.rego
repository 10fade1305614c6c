package weighbridge.rules.lineage.base_declared_test

import data.weighbridge.fixture
import data.weighbridge.rules.lineage.base_declared

test_a_model_made_from_nothing_passes if {
	count(base_declared.deny) == 0 with input as _with(fixture.lineage({}))
}

test_a_derivative_without_a_parent_is_a_violation if {
	_says("full", "was made from another model (tag merge) and names none") with input as _with(fixture.lineage({
		"derived_by": ["tag merge"],
	}))
}

test_a_parent_in_running_text_is_a_weak_sign if {
	changed := fixture.lineage({"derived_by": ["tag merge"], "prose_parents": ["a/b"]})
	_says("weak", "names the model it was made from only in running text: a/b") with input as _with(changed)
}

test_a_parent_in_any_statement_passes if {
	changed := fixture.lineage({"derived_by": ["tag merge"], "edges": [fixture.edge({"source": "config"})]})
	count(base_declared.deny) == 0 with input as _with(changed)
}

test_an_unknown_card_may_name_a_parent if {
	gap := {"node": "acme/tariff-8b", "because": "timeout", "host": "hub.example", "since": null}
	changed := fixture.lineage({"derived_by": ["tag merge"], "unknown": [gap]})
	count(base_declared.deny) == 0 with input as _with(changed)
}

test_an_unreadable_lineage_is_a_violation if {
	_says("full", "its lineage cannot be read: too deep") with input as _with(fixture.unreadable("too deep"))
}

_with(lineage) := fixture.about([fixture.model({"lineage": lineage})], [])

_says(grade, message) if {
	base_declared.deny == {{"model": fixture.ref, "grade": grade, "message": message, "evidence": ["card"]}}
}
