# METADATA
# title: Every LoRA adapter is admitted as a model
# description: 'An adapter has evidence of its own: a card, a license, weights that are safe to load.'
# custom:
#   severity: high
#   evidence:
#   - card
#   - license
#   - files
#   roles: [adapter]
#   since: '0.1'
#   who_can_act: model_owner
#   frameworks:
#     owasp_llm_2025:
#     - LLM03
#     atlas:
#     - AML.T0010.003
#     aisvs_1_0:
#     - 3.1.2
#     - 6.1.2
#   remedy:
#     deployer: serve adapters that are published as models, with card and license
#     publisher: publish the adapter with a card, a license and safetensors weights
#   why: An adapter changes what a model does as thoroughly as training does, in a file of a few megabytes that
#     is rarely looked at.
#   denies:
#   - an adapter has no card, no license or no weights in a safe format of its own
#   admits:
#   - adapters with all three; what else is wrong with them is reported by the rules for every model
#   - adapters that can only be named at run time, which workload.no_runtime_loading judges
package weighbridge.rules.adapter.admitted

import data.weighbridge.lib.finding

deny contains finding.full(adapter, message, ["reference"]) if {
	some adapter in input.models
	adapter.role == "adapter"
	lacking := _lacking(adapter)
	count(lacking) > 0
	message := concat("", ["is an adapter without ", concat(", ", finding.ordered(lacking)), " of its own"])
}

_lacking(adapter) := (_no_card(adapter) | _no_license(adapter)) | _no_weights(adapter)

_no_card(adapter) := {"a card" | adapter.card.missing} | {"a readable card" | adapter.card.found.unreadable}

_no_license(adapter) := {"a license" | adapter.license.missing} | {"a readable license" |
	adapter.license.found.unreadable
}

_no_weights(adapter) := {"readable files" | adapter.files.found.unreadable} | {"safe weights" |
	files := adapter.files.found.files
	count({file |
		some file in files
		file.loaded == true
		file.format in data.weighbridge.engines.safe_formats
	}) == 0
}
