# METADATA
# title: Not superseded or deprecated
# description: A model is not one that its own publisher gave up.
# custom:
#   severity: low
#   evidence: [card]
#   since: "0.1"
#   who_can_act: you
#   frameworks: {owasp_llm_2025: [LLM03], aisvs_1_0: [3.1.1]}
#   remedy:
#     deployer: move to the model that replaces it
#     publisher: say for how long the old model is still mended
#   why: Faults found after a model was replaced are mended in its successor only.
#   denies:
#   - '`new_version` in the metadata of the card names a successor'
#   - the card says that the model is deprecated, superseded or no longer maintained
#   admits:
#   - a card that says neither
#   - a separate tokenizer, which needs no card of its own
#   false_positives:
#   - a deprecated function or flag is not a deprecated model
package weighbridge.rules.lineage.current

import data.weighbridge.lib.claims
import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.sections

deny contains finding.full(model, message, claims.pointers(model, "superseded")) if {
	some model in models.described
	count(claims.words(model, "superseded")) > 0
	message := "its model card says that it is deprecated or that a newer version replaces it"
}

deny contains complaint if {
	some model in models.described
	not model.card.found.sections
	complaint := sections.complaint(model, "", "whether it is still current")
}
