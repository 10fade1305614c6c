# METADATA
# title: Size change against the base is explained
# description: Weights are as large as configuration and base say, or the model says why not.
# custom:
#   severity: high
#   evidence:
#   - weights
#   - lineage
#   - config
#   since: '0.1'
#   who_can_act: model_owner
#   parameters:
#     tolerance: share that weights may lack against a formula that is exact
#     tolerance_estimated: the same where the formula is an estimate
#     base_change: share by which weights may differ from a parent's
#   frameworks:
#     owasp_llm_2025:
#     - LLM03
#     atlas:
#     - AML.T0018
#     aisvs_1_0:
#     - 3.2.1
#     - 3.2.2
#     eu_ai_act:
#     - Annex XI 1.1(d)
#   remedy:
#     deployer: serve a model whose size its card explains, or ask its owner what was removed
#     publisher: write which quantization, pruning, distillation or merge changed the size
#   why: A file that is much smaller than its base was quantized, pruned or cut, and each of these changes behavior.
#   denies:
#   - the weights are smaller than their own configuration promises, by more than `tolerance`, and nothing explains
#     it
#   - they differ from a parent of the same architecture by more than `base_change`, and nothing explains it
#   - 'only a tag or the name explains it (a weaker finding: at most a warning)'
#   - the weights cannot be read, and so cannot be compared
#   admits:
#   - quantization that config.json or the file itself names
#   - a card that speaks of quantization, pruning, distillation or a merge
#   - 'sizes nobody can reckon: an unknown architecture, no weights'
#   - adapters
#   false_positives:
#   - 'vocabularies that were extended, towers that were removed: one sentence in the card explains them'
package weighbridge.rules.modification.size_explained

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.parameters

deny contains finding.full(model, message, ["weights"]) if {
	some model in models.described
	model.role != "adapter"
	some change in _changes(model)
	not _explained(model)
	not _hinted(model)
	message := concat("", [change, ", and nothing explains it"])
}

deny contains finding.weak(model, message, ["weights"]) if {
	some model in models.described
	model.role != "adapter"
	some change in _changes(model)
	not _explained(model)
	_hinted(model)
	message := concat("", [change, ", and only a tag or its name explains it"])
}

deny contains finding.full(model, message, ["weights"]) if {
	some model in models.described
	message := concat("", ["the size of its weights cannot be compared: ", model.weights.found.unreadable])
}

_changes(model) := _against_itself(model) | _against_parents(model)

_against_itself(model) := {text |
	weights := model.weights.found
	is_number(weights.ratio)
	weights.ratio < 1 - _tolerance(weights)
	text := concat("", ["its weights are ", _percent(weights.ratio), " of what its configuration promises"])
}

_against_parents(model) := {text |
	some pair in model.weights.found.ratios_to_parents
	some edge in model.lineage.found.edges
	edge.child == model.lineage.found.name
	lower(edge.parent) == lower(pair.parent)
	edge.relation != "distill"
	_same_shape(model, pair.parent)
	abs(pair.ratio - 1) > parameters.value("modification.size_explained", "base_change")
	text := concat("", ["its weights are ", _percent(pair.ratio), " of those of ", pair.parent])
}

_tolerance(weights) := parameters.value("modification.size_explained", "tolerance") if weights.supported == true

_tolerance(weights) := parameters.value("modification.size_explained", "tolerance_estimated") if {
	weights.supported == false
}

# Another architecture has another size by nature; where the parent's is not known, its size alone proves nothing.
_same_shape(model, parent) if {
	some node in model.lineage.found.nodes
	lower(node.name) == lower(parent)
	node.shape.hidden_size == model.lineage.found.shape.hidden_size
}

_explained(model) if is_string(model.config.found.quantization)

_explained(model) if is_string(model.weights.found.quantization)

_explained(model) if model.lineage.found.documented_change == true

_explained(model) if {
	some edge in model.lineage.found.edges
	edge.child == model.lineage.found.name
	edge.relation in {"quantized", "merge", "adapter"}
}

_explained(model) if {
	some mark in model.lineage.found.derived_by
	_states(mark)
}

# Silence of a source is no silence of the model.
_explained(model) if is_string(model.lineage.unknown.because)

_explained(model) if is_string(model.config.unknown.because)

_states(mark) if mark in {"quantize_config.json", "mergekit_config.yml", "text quantized", "text merged", "text pruned"}

_states(mark) if startswith(mark, "quantization ")

_hinted(model) if {
	some mark in model.lineage.found.derived_by
	strings.any_prefix_match(mark, ["tag ", "name "])
}

_percent(ratio) := concat("", [sprintf("%d", [round(ratio * 100)]), " %"])
