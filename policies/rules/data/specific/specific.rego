# METADATA
# title: Training data provenance not vague
# description: What a card says of its training data can be checked.
# custom:
#   severity: high
#   evidence:
#   - card
#   since: '0.1'
#   who_can_act: model_owner
#   frameworks:
#     owasp_llm_2025:
#     - LLM03
#     - LLM04
#     atlas:
#     - AML.T0010.002
#     - AML.T0019
#     - AML.T0020
#     - AML.M0025
#     aisvs_1_0:
#     - 1.1.2
#     - 1.1.3
#     - 6.2.1
#     eu_ai_act:
#     - Annex XI 1.2(c)
#     - Annex XII 2(c)
#   remedy:
#     deployer: ask the model's owner which data it was trained on
#     publisher: name datasets with id or address, how and when they were collected, and how much of each was used
#   why: Publicly available online data is a description of the internet; a poisoned or unlicensed source hides
#     behind it.
#   denies:
#   - 'the training data is described by phrases only: a mix of, various sources, carefully curated, proprietary
#     data'
#   - no dataset, address, amount or list of sources is named
#   admits:
#   - datasets that are named, linked or listed with amounts
#   - no statement at all, which data.documented judges
#   false_positives:
#   - 'aggregate statements of large producers, whom nobody downstream can mend: leave the action at audit for them'
package weighbridge.rules.data.specific

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.sections

deny contains finding.full(model, message, sections.pointers(model, "training_data")) if {
	some model in models.described
	sections.vague(model, "training_data")
	message := "its model card describes the training data by phrases that nobody can check"
}

deny contains finding.implied(model, message, ["card"]) if {
	some model in models.described
	message := concat("", ["what it was trained on cannot be read: ", model.card.found.unreadable])
}
