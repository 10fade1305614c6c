package weighbridge.rules.workload.no_runtime_loading_test

import data.weighbridge.fixture
import data.weighbridge.rules.workload.no_runtime_loading

test_a_fixed_server_passes if {
	_said({}, []) == set()
}

test_a_switch_is_a_violation if {
	_said({"settings": fixture.settings({"runtime_loading": ["VLLM_ALLOW_RUNTIME_LORA_UPDATING"]})}, []) == {
		"full container server may load other models while it runs: VLLM_ALLOW_RUNTIME_LORA_UPDATING",
	}
}

test_an_engine_that_always_loads_is_a_weak_sign if {
	_said({"engine": "ollama"}, []) == {"weak container server runs ollama, which loads models on request"}
	_said({"engine": "ollama"}, ["pricing"]) == set()
}

test_a_sealed_namespace_does_not_excuse_a_switch if {
	count(_said({"settings": fixture.settings({"runtime_loading": ["--x"]}), "engine": "ollama"}, ["pricing"])) == 1
}

_said(container, sealed) := {text |
	some finding in no_runtime_loading.deny with input as fixture.about([], [fixture.container(container)])
		with data.weighbridge.parameters as {"workload.no_runtime_loading": {"sealed_namespaces": sealed}}
	text := concat(" ", [finding.grade, finding.message])
}
