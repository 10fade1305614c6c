# METADATA
# title: Out-of-scope use stated
# description: A card says what the model is not for.
# custom:
#   severity: low
#   evidence:
#   - card
#   since: '0.1'
#   who_can_act: model_owner
#   frameworks:
#     owasp_llm_2025:
#     - LLM03
#     atlas:
#     - AML.M0023
#     aisvs_1_0:
#     - 6.2.1
#     - 6.2.3
#     eu_ai_act:
#     - Annex XI 1.1
#     - Annex XII 1
#   remedy:
#     deployer: ask the model's owner which uses they rule out
#     publisher: say which uses are out of scope, unsuitable or forbidden
#   why: 'The negative half of intended use: what the makers know that the model must not be used for.'
#   denies:
#   - nothing in the card rules a use out
#   - 'the card says only: use at your own risk'
#   - 'there is no model card, or it cannot be read: then nothing is documented'
#   admits:
#   - an explicit negative statement anywhere in the card
#   - a separate tokenizer, which needs no card of its own
#   false_positives:
#   - 'prohibitions that stand in the license only: repeat them in the card'
package weighbridge.rules.card.out_of_scope_use

import data.weighbridge.lib.models
import data.weighbridge.lib.sections

deny contains complaint if {
	some model in models.described
	complaint := sections.complaint(model, "out_of_scope_use", "uses that are out of scope")
}
