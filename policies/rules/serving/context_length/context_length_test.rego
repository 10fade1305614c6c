package weighbridge.rules.serving.context_length_test

import data.weighbridge.fixture
import data.weighbridge.rules.serving.context_length

test_a_context_that_is_supported_passes if {
	_said(131072, {}) == set()
}

test_no_context_that_is_set_passes if {
	_said(null, {}) == set()
	_said(null, {"config": fixture.unreadable("not JSON")}) == set()
}

test_a_longer_context_is_a_violation if {
	_said(200000, {}) == {concat("", [
		"is served with a context of 200000 tokens in container server, ",
		"its configuration supports 131072",
	])}
}

test_a_configuration_that_does_not_say_proves_nothing if {
	_said(200000, {"config": fixture.config({"context_length": null})}) == set()
	_said(200000, {"config": fixture.missing("config.json")}) == set()
	_said(200000, {"config": fixture.unknown("timeout")}) == set()
}

test_an_unreadable_configuration_supports_nothing if {
	_said(4096, {"config": fixture.unreadable("not JSON")}) == {"its context length cannot be checked: not JSON"}
}

_said(length, parts) := {finding.message |
	some finding in context_length.deny with input as fixture.about(
		[fixture.model(parts)],
		[fixture.container({"settings": fixture.settings({"max_model_len": length})})],
	)
}
