# METADATA
# title: Intended use stated
# description: A card says what the model was made for.
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
#     deployer: ask the model's owner whether your use is what it was made for
#     publisher: say what the model is intended for, in a sentence
#   why: A model is tested for the use its makers had in mind; every other use is an experiment of the deployer.
#   denies:
#   - no section and no sentence says what the model is intended, designed or recommended for
#   - only a task name such as text-generation is given
#   - 'there is no model card, or it cannot be read: then nothing is documented'
#   admits:
#   - a sentence on intended use anywhere in the card, also under limitations
#   - a separate tokenizer, which needs no card of its own
package weighbridge.rules.card.intended_use

import data.weighbridge.lib.models
import data.weighbridge.lib.sections

deny contains complaint if {
	some model in models.described
	complaint := sections.complaint(model, "intended_use", "intended use")
}
