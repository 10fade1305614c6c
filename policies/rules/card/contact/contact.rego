# METADATA
# title: Contact for the model
# description: A card says whom to write to about the model.
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
#     deployer: serve a model whose owner can be reached, or keep your own record of an owner
#     publisher: give an e-mail address, a form, an issue tracker or a security contact
#   why: A fault that somebody finds has to reach somebody.
#   denies:
#   - neither an e-mail address nor a form, an issue tracker or a security contact is given
#   - only names of authors or of an organization are given
#   - 'there is no model card, or it cannot be read: then nothing is documented'
#   admits:
#   - an obfuscated address such as name [at] example
#   - a separate tokenizer, which needs no card of its own
package weighbridge.rules.card.contact

import data.weighbridge.lib.models
import data.weighbridge.lib.sections

deny contains complaint if {
	some model in models.described
	complaint := sections.complaint(model, "contact", "whom to contact")
}
