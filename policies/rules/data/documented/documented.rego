# METADATA
# title: Training data documented
# description: A card says what the model was trained on.
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
#     deployer: serve a model whose training data is documented, or ask its owner
#     publisher: write what the model was trained on, or name datasets in the front matter
#   why: Training data is a supply chain of its own, with provenance, integrity and trust questions that nobody
#     can answer from the weights.
#   denies:
#   - no section and no sentence says what the data was
#   - 'there is no model card, or it cannot be read: then nothing is documented'
#   admits:
#   - vague statements, which data.specific judges
#   - a separate tokenizer, which needs no card of its own
package weighbridge.rules.data.documented

import data.weighbridge.lib.models
import data.weighbridge.lib.sections

deny contains complaint if {
	some model in models.described
	complaint := sections.complaint(model, "training_data", "training data")
}
