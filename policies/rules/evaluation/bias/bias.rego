# METADATA
# title: Bias evaluation
# description: A card speaks of the bias of the model.
# custom:
#   severity: medium
#   evidence:
#   - card
#   since: '0.1'
#   who_can_act: model_owner
#   frameworks:
#     owasp_llm_2025:
#     - LLM04
#     atlas:
#     - AML.M0008
#     aisvs_1_0:
#     - 1.3.3
#     eu_ai_act:
#     - Annex XI 1.2(c)
#   remedy:
#     deployer: evaluate the model for bias in your use, or ask its owner
#     publisher: say how the model was tested for bias, and with which result
#   why: A model repeats what its data says about people; whoever deploys it answers for that.
#   denies:
#   - nothing in the card speaks of bias
#   - 'there is no model card, or it cannot be read: then nothing is documented'
#   admits:
#   - 'an honest statement that nothing was measured: it is discussed'
#   - a separate tokenizer, which needs no card of its own
#   false_positives:
#   - words such as inductive bias are no discussion of bias, and are not taken for one
package weighbridge.rules.evaluation.bias

import data.weighbridge.lib.models
import data.weighbridge.lib.sections

deny contains complaint if {
	some model in models.described
	complaint := sections.complaint(model, "bias", "bias")
}
