# METADATA
# title: Output length capped
# description: No answer of a model may grow without end.
# custom:
#   severity: medium
#   evidence:
#   - generation_config
#   since: '0.1'
#   who_can_act: you
#   parameters:
#     gateway_namespaces: namespaces in which a gateway caps the length of answers
#   frameworks:
#     owasp_llm_2025:
#     - LLM10
#     aisvs_1_0:
#     - 7.1.2
#     eu_ai_act:
#     - Annex XII 2(b)
#   remedy:
#     deployer: set a cap in the engine, for instance max_new_tokens in --override-generation-config, or name the
#       namespace whose gateway caps
#     publisher: set max_new_tokens in generation_config.json
#   why: The length of answers is what serving costs; without a cap one request may take what all others need.
#   denies:
#   - a container serves the model, and neither its settings nor generation_config.json cap the length of answers
#   admits:
#   - a cap in the engine's settings, in overrides of the generation configuration or in generation_config.json
#   - a namespace of gateway_namespaces, in which a gateway caps
#   false_positives:
#   - 'caps at a gateway: list the namespace in gateway_namespaces'
package weighbridge.rules.serving.output_cap

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.parameters

deny contains finding.full(model, message, ["reference"]) if {
	some model in models.described
	model.role == "base"
	some container in input.serving
	model.ref in container.models
	not _limited(container, model)
	capped_elsewhere := parameters.value("serving.output_cap", "gateway_namespaces")
	not input.namespace.name in capped_elsewhere
	message := concat("", ["answers of container ", container.container, " may be of any length: nothing caps them"])
}

_limited(container, _) if is_number(container.settings.max_output_tokens)

_limited(container, _) if is_number(container.settings.generation_overrides.max_new_tokens)

_limited(_, model) if is_number(model.generation_config.found.max_new_tokens)

# What nobody could look at is reported as undecided, and not twice.
_limited(_, model) if is_string(model.generation_config.unknown.because)
