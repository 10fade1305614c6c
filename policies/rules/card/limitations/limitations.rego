# METADATA
# title: Limitations section is substantive
# description: A card says where the model is known to fail.
# custom:
#   severity: medium
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
#     deployer: ask the model's owner where it fails, or test it for your use
#     publisher: write where the model underperforms or behaves unexpectedly, in at least eight words
#   why: Whoever deploys a model without knowing where it fails finds out in production.
#   denies:
#   - nothing in the card names a limitation
#   - the section holds template text, a disclaimer of liability or a bias statement only
#   - 'there is no model card, or it cannot be read: then nothing is documented'
#   admits:
#   - limitations under another heading, such as caveats or considerations, or in running text
#   - a separate tokenizer, which needs no card of its own
#   false_positives:
#   - 'limitations that stand in a linked paper only: quote them in the card'
package weighbridge.rules.card.limitations

import data.weighbridge.lib.models
import data.weighbridge.lib.sections

deny contains complaint if {
	some model in models.described
	complaint := sections.complaint(model, "limitations", "limitations")
}
