package weighbridge.rules.serving.output_cap_test

import data.weighbridge.fixture
import data.weighbridge.rules.serving.output_cap

test_no_cap_anywhere_is_a_violation if {
	_said({}, {"generation_config": _generation(null)}) == {"answers of container server may be of any length: nothing caps them"}
}

test_a_cap_anywhere_passes if {
	_said({"max_output_tokens": 512}, {"generation_config": _generation(null)}) == set()
	_said({"generation_overrides": {"max_new_tokens": 512}}, {"generation_config": _generation(null)}) == set()
	_said({}, {"generation_config": _generation(512)}) == set()
}

test_an_unknown_generation_configuration_is_left_to_evidence_available if {
	_said({}, {"generation_config": fixture.unknown("timeout")}) == set()
}

test_a_gateway_may_cap if {
	sealed := fixture.policy({"rules": {"serving.output_cap": object.union(
		fixture.entry(null),
		{"parameters": {"gateway_namespaces": ["pricing"]}},
	)}})
	document := object.union(_document({}, {"generation_config": _generation(null)}), {"site": fixture.site({"policies": [sealed]})})
	count(output_cap.deny) == 0 with input as document
}

test_adapters_answer_through_their_base if {
	_said({}, {"role": "adapter", "generation_config": _generation(null)}) == set()
}

_generation(cap) := {"found": {
	"trust_remote_code": false, "custom_generate": false,
	"temperature": null, "top_p": null, "max_new_tokens": cap,
}}

_said(settings, parts) := {finding.message |
	some finding in output_cap.deny with input as _document(settings, parts)
}

_document(settings, parts) := fixture.about(
	[fixture.model(parts)],
	[fixture.container({"settings": fixture.settings(settings)})],
)
