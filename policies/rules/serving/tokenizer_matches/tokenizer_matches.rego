# METADATA
# title: A separate tokenizer is judged and fits the model
# description: A tokenizer from another repository belongs to the model or to an ancestor of it.
# custom:
#   severity: medium
#   evidence:
#   - tokenizer
#   roles: [tokenizer]
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
#     deployer: serve the tokenizer of the model's own repository
#     publisher: ship the tokenizer with the model
#   why: 'Other tokens are another language: the same sentence becomes another sequence, and nobody tested the model
#     on it.'
#   denies:
#   - the tokenizer's repository is neither the model's nor that of an ancestor, and has another owner
#   - its class is another than that of the model's own tokenizer
#   admits:
#   - no separate tokenizer
#   - the tokenizer of an ancestor
package weighbridge.rules.serving.tokenizer_matches

import data.weighbridge.lib.finding

deny contains finding.full(tokenizer, message, ["reference"]) if {
	some tokenizer in input.models
	tokenizer.role == "tokenizer"
	some model in _served_with(tokenizer)
	is_string(model.lineage.found.name)
	tokenizer.publisher != model.publisher
	not _of_an_ancestor(tokenizer, model)
	message := concat("", ["is the tokenizer of ", model.repository, ", and neither its owner's nor an ancestor's"])
}

deny contains finding.full(tokenizer, message, ["reference"]) if {
	some tokenizer in input.models
	tokenizer.role == "tokenizer"
	some model in _served_with(tokenizer)
	own := model.tokenizer.found.tokenizer_class
	other := tokenizer.tokenizer.found.tokenizer_class
	is_string(own)
	is_string(other)
	own != other
	message := concat("", ["is a ", other, ", the model ", model.repository, " has a ", own])
}

_served_with(tokenizer) := {model |
	some container in input.serving
	tokenizer.ref in container.models
	some model in input.models
	model.role == "base"
	model.ref in container.models
}

_of_an_ancestor(tokenizer, model) if {
	some node in model.lineage.found.nodes
	lower(node.name) == lower(tokenizer.repository)
}

_of_an_ancestor(tokenizer, model) if lower(tokenizer.repository) == lower(model.lineage.found.name)
