# METADATA
# title: The chat template is the model's own, or approved
# description: No serving flag replaces the chat template by one that nobody approved.
# custom:
#   severity: medium
#   evidence: []
#   since: '0.1'
#   who_can_act: you
#   parameters:
#     approved: chat templates, as the flag names them
#   frameworks:
#     owasp_llm_2025:
#     - LLM10
#     aisvs_1_0:
#     - 7.1.2
#     eu_ai_act:
#     - Annex XII 2(b)
#   remedy:
#     deployer: drop the flag, or have the template listed in approved
#     publisher: ship the chat template with the model
#   why: A chat template is code that every prompt passes through; whoever replaces it decides what the model is
#     told.
#   denies:
#   - a flag or variable of a container names a chat template that `approved` does not list
#   admits:
#   - the model's own template
#   - a template that the site lists
#   false_positives:
#   - 'templates an engine ships for tool calls: list their paths in approved'
package weighbridge.rules.serving.chat_template_known

import data.weighbridge.lib.finding
import data.weighbridge.lib.parameters

deny contains finding.general(message) if {
	some container in input.serving
	template := container.settings.chat_template
	is_string(template)
	approved := parameters.value("serving.chat_template_known", "approved")
	not template in approved
	shown := substring(template, 0, 80)
	message := concat("", ["container ", container.container, " replaces the chat template by ", shown])
}
