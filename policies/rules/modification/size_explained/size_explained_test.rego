package weighbridge.rules.modification.size_explained_test

import data.weighbridge.fixture
import data.weighbridge.rules.modification.size_explained

test_weights_of_the_promised_size_pass if {
	_said({}, {}) == set()
}

test_unexplained_shrinking_is_a_violation if {
	_said({"ratio": 0.31, "ratios_to_parents": []}, {}) == {
		"full its weights are 31 % of what its configuration promises, and nothing explains it",
	}
	_said({"ratio": 0.92, "supported": false, "ratios_to_parents": []}, {}) == set()
	_said({"ratio": null, "ratios_to_parents": []}, {}) == set()
}

test_a_tag_is_a_weak_explanation if {
	_said({"ratio": 0.5, "ratios_to_parents": []}, {"derived_by": ["tag reap"]}) == {
		"weak its weights are 50 % of what its configuration promises, and only a tag or its name explains it",
	}
}

test_a_statement_explains if {
	every parts in [
		{"documented_change": true}, {"derived_by": ["text quantized"]}, {"derived_by": ["quantization gptq"]},
		{"edges": [fixture.edge({"relation": "quantized"})]},
	] {
		_said({"ratio": 0.3, "ratios_to_parents": []}, parts) == set()
	}
	_said({"ratio": 0.3, "quantization": "Q4_K_M", "ratios_to_parents": []}, {}) == set()
}

test_a_configuration_explains if {
	parts := {"weights": fixture.weights({"ratio": 0.3}), "config": fixture.config({"quantization": "awq"})}
	count(size_explained.deny) == 0 with input as fixture.about([fixture.model(parts)], [])
}

test_a_parent_of_the_same_shape_is_compared if {
	pairs := [{"parent": "meta-llama/Llama-3.1-8B", "ratio": 0.4}]
	shape := {"hidden_size": 4096, "layers": 32, "vocab_size": 1}
	tree := {"nodes": [fixture.node({"shape": shape})], "edges": [fixture.edge({})]}
	_said({"ratios_to_parents": pairs}, tree) == {
		"full its weights are 40 % of those of meta-llama/Llama-3.1-8B, and nothing explains it",
	}
	other := object.union(tree, {"nodes": [fixture.node({})]})
	_said({"ratios_to_parents": pairs}, other) == set()
	distilled := object.union(tree, {"edges": [fixture.edge({"relation": "distill"})]})
	_said({"ratios_to_parents": pairs}, distilled) == set()
}

test_what_cannot_be_read_cannot_be_compared if {
	document := fixture.about([fixture.model({"weights": fixture.unreadable("a torn header")})], [])
	messages := {finding.message | some finding in size_explained.deny with input as document}
	messages == {"the size of its weights cannot be compared: a torn header"}
}

test_silence_of_a_source_accuses_nobody if {
	every fact in ["lineage", "config"] {
		parts := {"weights": fixture.weights({"ratio": 0.3}), fact: fixture.unknown("timeout")}
		count(size_explained.deny) == 0 with input as fixture.about([fixture.model(parts)], [])
	}
}

test_adapters_are_small if {
	parts := {"role": "adapter", "weights": fixture.weights({"ratio": 0.01})}
	count(size_explained.deny) == 0 with input as fixture.about([fixture.model(parts)], [])
}

_said(weights, tree) := {text |
	document := fixture.about(
		[fixture.model({"weights": fixture.weights(weights), "lineage": fixture.lineage(tree)})],
		[],
	)
	some finding in size_explained.deny with input as document
	text := concat(" ", [finding.grade, finding.message])
}
