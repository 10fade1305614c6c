package weighbridge.rules.modification.runtime_quantization_test

import data.weighbridge.fixture
import data.weighbridge.rules.modification.runtime_quantization

test_the_published_precision_passes if {
	_said({}, {}) == set()
	_said({"quantization": "auto"}, {}) == set()
	_said({"kv_cache_dtype": "auto"}, {}) == set()
}

test_a_kernel_of_the_published_method_passes if {
	_said({"quantization": "gptq_marlin"}, {"config": fixture.config({"quantization": "gptq"})}) == set()
}

test_a_method_of_the_flag_alone_is_a_violation if {
	said := {"is quantized at start by fp8 in container server, which its configuration does not name"}
	_said({"quantization": "fp8"}, {}) == said
	_said({"quantization": "fp8"}, {"config": fixture.config({"quantization": "awq"})}) == said
	_said({"quantization": "fp8"}, {"config": fixture.missing("config.json")}) == said
	_said({"quantization": "fp8"}, {"config": fixture.unreadable("not JSON")}) == said
}

test_a_cache_of_eight_bits_is_a_violation if {
	_said({"kv_cache_dtype": "fp8"}, {}) == {"keeps its key-value cache in fp8 in container server"}
}

test_an_unknown_configuration_is_left_to_evidence_available if {
	_said({"quantization": "fp8"}, {"config": fixture.unknown("timeout")}) == set()
}

_said(settings, parts) := {finding.message |
	some finding in runtime_quantization.deny with input as fixture.about(
		[fixture.model(parts)],
		[fixture.container({"settings": fixture.settings(settings)})],
	)
}
