package weighbridge.rules.adapter.base_matches_test

import data.weighbridge.fixture
import data.weighbridge.rules.adapter.base_matches

_lora := "hf://acme/fr-lora@0b1d000000000000000000000000000000000000"

_base := {"lineage": fixture.lineage({"name": "meta-llama/Llama-3.1-8B"}), "repository": "meta-llama/Llama-3.1-8B"}

test_the_base_it_was_trained_for_passes if {
	_said("meta-llama/llama-3.1-8b", {}) == set()
	_said("meta-llama/Llama-3.1-8B", {"lineage": fixture.lineage({"name": "x/y"})}) == set()
}

test_another_base_is_a_violation if {
	_said("meta-llama/Llama-3.2-3B", {}) == {"full was trained for meta-llama/Llama-3.2-3B, and is served on meta-llama/Llama-3.1-8B"}
}

test_a_quantized_copy_is_a_weak_sign if {
	edge := {"child": "acme/q4", "parent": "meta-llama/Llama-3.1-8B"}
	said := {"weak was trained for meta-llama/Llama-3.1-8B, and is served on a quantized copy of it, acme/q4"}
	every tree in [
		{"name": "acme/q4", "edges": [fixture.edge(object.union(edge, {"relation": "quantized"}))]},
		{"name": "acme/q4", "edges": [fixture.edge(edge)], "derived_by": ["quantization awq"]},
	] {
		_said("meta-llama/Llama-3.1-8B", {"lineage": fixture.lineage(tree), "repository": "acme/q4"}) == said
	}
}

test_an_adapter_without_a_base_is_a_violation if {
	_nameless(fixture.missing("adapter_config.json")) == {"cannot be matched with the served base: it has no adapter_config.json"}
	_nameless(fixture.unreadable("not JSON")) == {"cannot be matched with the served base: not JSON"}
	_nameless(_config(null)) == {"cannot be matched with the served base: it names none"}
	_nameless(_config("./base")) == {"cannot be matched with the served base: it names ./base, which is no model of a hub"}
}

test_an_unknown_adapter_is_left_to_evidence_available if {
	_nameless(fixture.unknown("timeout")) == set()
	parts := {"ref": _lora, "role": "adapter", "lineage": fixture.unknown("timeout"), "adapter": _config(null)}
	document := fixture.about([fixture.model(_base), fixture.model(parts)], [])
	count(base_matches.deny) == 0 with input as document
}

test_the_base_of_its_own_container_counts if {
	other := fixture.model({"ref": "hf://a/b@1", "repository": "a/b", "lineage": fixture.lineage({"name": "a/b"})})
	adapter := _adapter("meta-llama/Llama-3.1-8B")
	containers := [fixture.container({"models": [fixture.ref, _lora]}), fixture.container({"models": ["hf://a/b@1"]})]
	count(base_matches.deny) == 0 with input as fixture.about([fixture.model(_base), other, adapter], containers)
	count(base_matches.deny) == 1 with input as fixture.about([fixture.model(_base), other, adapter], [])
}

test_a_base_that_nobody_could_resolve_is_left_to_workload_resolved if {
	unresolved := fixture.model({"resolved": fixture.unknown("unresolved_reference")})
	count(base_matches.deny) == 0 with input as fixture.about([unresolved, _adapter("a/b")], [])
}

_config(base) := {"found": {"base": base, "revision": null, "peft_type": "LORA"}}

_adapter(parent) := fixture.model({
	"ref": _lora, "role": "adapter", "repository": "acme/fr-lora", "adapter": _config(parent),
	"lineage": fixture.lineage({
		"name": "acme/fr-lora",
		"edges": [fixture.edge({"child": "acme/fr-lora", "parent": parent, "source": "adapter_config"})],
	}),
})

_said(parent, base) := {text |
	document := fixture.about([fixture.model(object.union(_base, base)), _adapter(parent)], [])
	some finding in base_matches.deny with input as document
	text := concat(" ", [finding.grade, finding.message])
}

_nameless(adapter) := {finding.message |
	parts := {"ref": _lora, "role": "adapter", "adapter": adapter}
	document := fixture.about([fixture.model(_base), fixture.model(parts)], [])
	some finding in base_matches.deny with input as document
}
