# METADATA
# title: Context length within what was trained
# description: A container does not promise more context than the model's configuration supports.
# custom:
#   severity: medium
#   evidence:
#   - config
#   since: '0.1'
#   who_can_act: you
#   frameworks:
#     owasp_llm_2025:
#     - LLM10
#     aisvs_1_0:
#     - 7.1.2
#     eu_ai_act:
#     - Annex XII 2(b)
#   remedy:
#     deployer: lower the context length, or serve a model with a longer one
#     publisher: state the context length in config.json, with its rope scaling
#   why: Beyond the length it was made for a model loses what came first, silently.
#   denies:
#   - the context length of a container is greater than positions and rope scaling of config.json allow
#   - config.json was delivered and cannot be read, and a context length is set
#   admits:
#   - 'no context length is set: engines then take the model''s own'
#   - rope scaling that stands in config.json
#   false_positives:
#   - 'models that extrapolate beyond their positions: except them by name'
package weighbridge.rules.serving.context_length

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.serving

deny contains finding.full(model, message, ["reference"]) if {
	some model in models.described
	some container in serving.loaders(model)
	asked := container.settings.max_model_len
	is_number(asked)
	is_number(model.config.found.context_length)
	asked > model.config.found.context_length
	message := concat("", [
		"is served with a context of ", sprintf("%d", [asked]), " tokens in container ", container.container,
		", its configuration supports ", sprintf("%d", [model.config.found.context_length]),
	])
}

deny contains finding.full(model, message, ["reference"]) if {
	some model in models.described
	some container in serving.loaders(model)
	is_number(container.settings.max_model_len)
	message := concat("", ["its context length cannot be checked: ", model.config.found.unreadable])
}
