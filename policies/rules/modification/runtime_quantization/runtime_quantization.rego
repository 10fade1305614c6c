# METADATA
# title: Run-time quantization was evaluated
# description: No serving flag brings a precision that the model was not published in.
# custom:
#   severity: medium
#   evidence:
#   - config
#   since: '0.1'
#   who_can_act: you
#   parameters:
#     cache_types: types of the key-value cache that lose nothing
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
#     deployer: serve the precision that was evaluated, or evaluate the model as you serve it
#     publisher: publish a quantized repository with results of its own
#   why: Quantization changes what a model does, safety-aligned behavior included; a flag that quantizes at start
#     makes a model that nobody tested.
#   denies:
#   - a flag quantizes the weights by a method that config.json does not name
#   - a flag keeps the key-value cache in eight bits or fewer
#   admits:
#   - the method that config.json names, or a faster kernel of the same method
#   - dtype auto, and half precision
#   false_positives:
#   - 'models whose card evaluates the very precision: except them with the link'
package weighbridge.rules.modification.runtime_quantization

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.parameters
import data.weighbridge.lib.serving

deny contains finding.full(model, message, ["reference"]) if {
	some model in models.described
	some container in serving.loaders(model)
	method := container.settings.quantization
	is_string(method)
	not _harmless(method)
	not _published(method, model)
	not model.config.unknown
	message := concat("", [
		"is quantized at start by ", method, " in container ", container.container,
		", which its configuration does not name",
	])
}

deny contains finding.full(model, message, ["reference"]) if {
	some model in models.described
	model.role == "base"
	some container in serving.loaders(model)
	kind := container.settings.kv_cache_dtype
	is_string(kind)
	harmless := parameters.value("modification.runtime_quantization", "cache_types")
	not kind in harmless
	message := concat("", ["keeps its key-value cache in ", kind, " in container ", container.container])
}

_harmless(method) if method in {"", "auto", "none", "no"}

# gptq_marlin and awq_marlin are kernels for what gptq and awq wrote.
_published(method, model) if {
	named := model.config.found.quantization
	is_string(named)
	startswith(replace(lower(method), "-", "_"), replace(lower(named), "-", "_"))
}
