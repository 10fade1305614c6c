package weighbridge.lib.parameters_test

import data.weighbridge.fixture
import data.weighbridge.lib.parameters

test_a_parameter_nobody_sets_has_its_default if {
	_letters([]) == 200
	_letters([fixture.policy({"rules": {"card.present": fixture.entry("deny")}})]) == 200
}

test_the_highest_priority_that_sets_it_speaks if {
	_letters([_setting("low", 1, 300), _setting("high", 2, 400)]) == 400
}

test_at_equal_priority_the_first_name_speaks if {
	_letters([_setting("b", 1, 300), _setting("a", 1, 400)]) == 400
}

test_an_entry_that_is_not_in_effect_sets_nothing if {
	later := object.union(
		_setting("a", 1, 300),
		{"rules": {"card.present": {"effective_on_ns": fixture.now + fixture.day}}},
	)
	_letters([later]) == 200
}

test_a_parameter_without_any_value_is_undefined if {
	not parameters.value("card.present", "most_letters") with input as fixture.document({})
}

_setting(name, priority, letters) := fixture.policy({
	"name": name,
	"priority": priority,
	"rules": {"card.present": object.union(fixture.entry(null), {"parameters": {"min_letters": letters}})},
})

_letters(policies) := letters if {
	document := fixture.document({"site": fixture.site({"policies": policies})})
	letters := parameters.value("card.present", "min_letters") with input as document
}
