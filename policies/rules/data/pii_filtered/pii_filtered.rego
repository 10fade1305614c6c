# METADATA
# title: PII filtering stated when data is scraped or user data
# description: Where training data comes from the web or from people, the card says how personal data was filtered.
# custom:
#   severity: high
#   evidence: [card]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM02], atlas: [AML.T0057, AML.M0007], aisvs_1_0: [1.2.3, 11.2.4], eu_ai_act: [Annex XI 1.2(c)]}
#   remedy:
#     deployer: ask the owner of the model, or serve it only where its outputs cannot reach others
#     publisher: say what was removed or masked, or that the data holds nothing about people
#   why: A model repeats names, addresses and records that stood in its data to whoever asks in the right words.
#   denies:
#   - 'the card names a source that holds data about people (web crawls, forums, social media, conversations, customers,
#     users, patients) and no filtering, masking or de-identification'
#   admits:
#   - a statement that personal data was removed, masked or de-identified
#   - training data of no such source, or none that the card names (data.documented reports that)
#   - a separate tokenizer, which needs no card of its own
#   false_positives:
#   - advice to users, hazard names and "to our knowledge" are no filtering; data sets about medicine are not data of patients
package weighbridge.rules.data.pii_filtered

import data.weighbridge.lib.claims
import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.sections

deny contains finding.full(model, message, claims.pointers(model, "personal_data")) if {
	some model in models.described
	sources := claims.words(model, "personal_data")
	count(sources) > 0
	model.card.found.skipped == null
	not sections.answered(model, "pii_filtering")
	message := concat("", [
		"its training data comes from people (", finding.shown(sources),
		") and its model card does not say how personal data was filtered",
	])
}

deny contains complaint if {
	some model in models.described
	not model.card.found.sections
	complaint := sections.complaint(model, "pii_filtering", "filtering of personal data")
}
