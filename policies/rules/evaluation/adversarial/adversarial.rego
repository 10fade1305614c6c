# METADATA
# title: Adversarial or red-team evaluation
# description: A card says that the model was attacked on purpose, and what came of it.
# custom:
#   severity: high
#   evidence:
#   - card
#   since: '0.1'
#   who_can_act: model_owner
#   frameworks:
#     owasp_llm_2025:
#     - LLM01
#     - LLM03
#     - LLM04
#     atlas:
#     - AML.T0051
#     - AML.T0054
#     - AML.M0003
#     aisvs_1_0:
#     - 11.1.2
#     - 11.1.3
#     eu_ai_act:
#     - Annex XI 2.2
#   remedy:
#     deployer: test the model against attacks that fit your use, or ask its owner
#     publisher: say which red-team or jailbreak tests were done, with results or scope
#   why: A model that nobody attacked on purpose is attacked first in production.
#   denies:
#   - no statement says that adversarial testing was done
#   - only advice to deployers, attack taxonomies or red-team data used for training are given
#   - 'there is no model card, or it cannot be read: then nothing is documented'
#   admits:
#   - a statement of tests that were done, with results or scope
#   - a separate tokenizer, which needs no card of its own
package weighbridge.rules.evaluation.adversarial

import data.weighbridge.lib.models
import data.weighbridge.lib.sections

deny contains complaint if {
	some model in models.described
	complaint := sections.complaint(model, "red_team_safety_evaluation", "adversarial or red-team testing")
}
