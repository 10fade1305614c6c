# METADATA
# title: Sampling parameters in a sane range
# description: The sampling that requests get by default is one that is used for work.
# custom:
#   severity: info
#   evidence:
#   - generation_config
#   since: '0.1'
#   who_can_act: you
#   parameters:
#     temperature_high: above it answers are noise
#     temperature_noted: above it answers are an experiment
#   frameworks:
#     owasp_llm_2025:
#     - LLM10
#     aisvs_1_0:
#     - 7.1.2
#     eu_ai_act:
#     - Annex XII 2(b)
#   remedy:
#     deployer: set temperature, or top_p, in the engine's settings
#     publisher: set sampling defaults in generation_config.json that suit the model's use
#   why: 'Engines take sampling defaults from the repository: a third party sets how random the answers of a service
#     are.'
#   denies:
#   - the temperature in force is above `temperature_high`
#   - it is above `temperature_noted` (a weaker finding)
#   - temperature and top_p both differ from 1 (a weaker finding)
#   admits:
#   - greedy decoding
#   - a temperature that the engine's settings put in place of the repository's
#   false_positives:
#   - 'many model families ship temperature and top_p together: the rule only records it'
package weighbridge.rules.serving.sampling

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.parameters
import data.weighbridge.lib.serving

deny contains finding.full(model, message, ["generation_config.temperature"]) if {
	some model in models.described
	some temperature in _temperatures(model)
	temperature > parameters.value("serving.sampling", "temperature_high")
	message := concat("", ["samples with temperature ", sprintf("%.2f", [temperature]), ", at which answers are noise"])
}

deny contains finding.weak(model, message, ["generation_config.temperature"]) if {
	some model in models.described
	some temperature in _temperatures(model)
	temperature > parameters.value("serving.sampling", "temperature_noted")
	temperature <= parameters.value("serving.sampling", "temperature_high")
	message := concat("", ["samples with temperature ", sprintf("%.2f", [temperature]), ", which is for experiments"])
}

deny contains finding.weak(model, message, ["generation_config.temperature"]) if {
	some model in models.described
	some temperature in _temperatures(model)
	temperature != 1
	temperature > 0
	is_number(model.generation_config.found.top_p)
	model.generation_config.found.top_p < 1
	message := "changes temperature and top_p together; it is advised to adjust one of them"
}

deny contains finding.full(model, message, ["generation_config.temperature"]) if {
	some model in models.described
	message := concat("", ["its sampling defaults cannot be read: ", model.generation_config.found.unreadable])
}

# What the engine is told comes before what the repository says.
_temperatures(model) := told if {
	told := _told(model)
	count(told) > 0
}

_temperatures(model) := {temperature |
	temperature := model.generation_config.found.temperature
	is_number(temperature)
} if {
	count(_told(model)) == 0
}

_told(model) := {temperature |
	some container in serving.loaders(model)
	some temperature in [container.settings.temperature, _overridden(container)]
	is_number(temperature)
}

default _overridden(_) := null

_overridden(container) := container.settings.generation_overrides.temperature
