# METADATA
# title: Collection dates or cut-off given
# description: A card says when its training data was collected, or until when it reaches.
# custom:
#   severity: medium
#   evidence: [card]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM04], aisvs_1_0: [1.1.1, 1.2.3], eu_ai_act: [Annex XI 1.2(c)]}
#   remedy:
#     deployer: ask the owner of the model until when its data reaches
#     publisher: give the years in which the data was collected, or its cut-off
#   why: Data without dates cannot be compared with what was withdrawn, corrected or poisoned since; nobody can tell what
#     the model cannot know.
#   denies:
#   - no sentence, table or metadata of the card gives a year beside a word of collecting, a cut-off, a dump or a snapshot
#   - 'there is no model card, or it cannot be read: then nothing is dated (only recorded)'
#   admits:
#   - "a cut-off, a crawl or a dump with its year"
#   - a card in another language than English, whose dates nobody recognizes yet
#   - a separate tokenizer, which needs no card of its own
#   false_positives:
#   - the years of the training run and of publications are no dates of the data, and are not taken for them
package weighbridge.rules.data.dated

import data.weighbridge.lib.claims
import data.weighbridge.lib.models

deny contains complaint if {
	some model in models.described
	complaint := claims.complaint(model, "data_date", "when its training data was collected")
}
