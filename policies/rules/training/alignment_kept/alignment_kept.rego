# METADATA
# title: Alignment not deliberately removed
# description: A model was not made to answer what its base was taught to refuse.
# custom:
#   severity: critical
#   evidence: [card]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM01, LLM03], atlas: [AML.T0018.000, AML.T0054], aisvs_1_0: [11.1.1], eu_ai_act: [Annex XI 2.2]}
#   remedy:
#     deployer: serve the model it was made from, or ask for an exception for research that needs this one
#     publisher: restore the alignment and say how it was tested, or take the claim back if it is wrong
#   why: Removing refusals takes minutes and leaves nothing of the safety training; whoever serves such a model answers for
#     all it says. Some base licenses end with it.
#   denies:
#   - its name or a tag says abliterated or uncensored
#   - the card says that refusals, alignment, guardrails or censorship were removed, bypassed or reduced
#   admits:
#   - 'a model that never was aligned and says so: absence, not removal'
#   - a classifier, of which such words name what it detects
#   - a separate tokenizer, which needs no card of its own
#   false_positives:
#   - a card that is tested against uncensored models, or resists the removal, does not claim it
package weighbridge.rules.training.alignment_kept

import data.weighbridge.lib.claims
import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.sections

deny contains finding.full(model, "its name says that its alignment was removed", []) if {
	some model in models.described
	some sign in ["abliterat", "uncensor"]
	contains(lower(model.repository), sign)
}

deny contains finding.full(model, message, claims.pointers(model, "alignment_removed")) if {
	some model in models.described
	ways := claims.words(model, "alignment_removed")
	count(ways) > 0
	message := concat("", ["its model card says that its alignment was removed: ", _shown(ways)])
}

deny contains complaint if {
	some model in models.described
	not model.card.found.sections
	complaint := sections.complaint(model, "", "whether its alignment was removed")
}

_shown(ways) := concat(", ", [replace(way, "_", " ") | some way in finding.ordered(ways)])
