# METADATA
# title: Curation, filtering, deduplication described
# description: A card says how its training data was filtered, cleaned or deduplicated.
# custom:
#   severity: low
#   evidence: [card]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM04], aisvs_1_0: [1.2.3, 1.3.1], eu_ai_act: [Annex XI 1.2(c)]}
#   remedy:
#     deployer: ask the owner of the model how its data was chosen
#     publisher: say what was filtered out, deduplicated or cleaned, and by which means
#   why: What was left out of the data decides what the model repeats; data that nobody filtered carries spam, copies of
#     benchmarks and planted texts into the model.
#   denies:
#   - no sentence about the training data speaks of filtering, quality checks, deduplication, decontamination or cleaning
#   - 'there is no model card, or it cannot be read: then nothing is described (only recorded)'
#   admits:
#   - one such sentence about the training data
#   - a card in another language than English, where nobody recognizes such sentences yet
#   - a separate tokenizer, which needs no card of its own
#   false_positives:
#   - '"carefully curated" alone says nothing, and does not count'
package weighbridge.rules.data.curation

import data.weighbridge.lib.claims
import data.weighbridge.lib.models

deny contains complaint if {
	some model in models.described
	complaint := claims.complaint(model, "curation", "how its training data was filtered or deduplicated")
}
