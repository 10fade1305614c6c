package weighbridge.rules.serving.sampling_test

import data.weighbridge.fixture
import data.weighbridge.rules.serving.sampling

test_usual_sampling_passes if {
	_said({}, 0.7, 1) == set()
	_said({}, null, null) == set()
	_said({}, 0, 0.9) == set()
}

test_noise_is_a_violation if {
	_said({}, 1.8, null) == {"full samples with temperature 1.80, at which answers are noise"}
}

test_an_experiment_is_a_weak_sign if {
	_said({}, 1.3, null) == {"weak samples with temperature 1.30, which is for experiments"}
}

test_two_changes_at_once_are_a_weak_sign if {
	_said({}, 0.6, 0.9) == {"weak changes temperature and top_p together; it is advised to adjust one of them"}
}

test_the_engine_is_told_before_the_repository if {
	_said({"temperature": 0.2}, 1.8, null) == set()
	_said({"generation_overrides": {"temperature": 1.8}}, 0.2, null) == {"full samples with temperature 1.80, at which answers are noise"}
}

test_defaults_that_cannot_be_read_are_not_sane if {
	document := fixture.about([fixture.model({"generation_config": fixture.unreadable("not JSON")})], [])
	{finding.message | some finding in sampling.deny} == {"its sampling defaults cannot be read: not JSON"} with input as document
}

test_no_defaults_and_unknown_ones_are_left_alone if {
	every generation in [fixture.missing("generation_config.json"), fixture.unknown("timeout")] {
		document := fixture.about([fixture.model({"generation_config": generation})], [])
		count(sampling.deny) == 0 with input as document
	}
}

_said(settings, temperature, top_p) := {text |
	generation := {"found": {
		"trust_remote_code": false, "custom_generate": false,
		"temperature": temperature, "top_p": top_p, "max_new_tokens": null,
	}}
	document := fixture.about(
		[fixture.model({"generation_config": generation})],
		[fixture.container({"settings": fixture.settings(settings)})],
	)
	some finding in sampling.deny with input as document
	text := concat(" ", [finding.grade, finding.message])
}
