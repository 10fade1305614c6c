# METADATA
# title: Card is bound to the weights
# description: The card that decisions rest on is signed together with the weights, or has an attestation of its own.
# custom:
#   severity: medium
#   evidence: [signatures, statements, card]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM03], aisvs_1_0: [3.1.2, 6.2.2]}
#   remedy:
#     deployer: serve a model whose card is signed
#     publisher: sign the folder with README.md in it, or attest the card by its digest
#   why: 'Decisions rest on the card. Unless it is signed, whoever can edit it decides.'
#   denies:
#   - 'the card is in no trusted manifest and has no trusted attestation of its own'
#   admits:
#   - 'a signed manifest, artifact or commit with the card in it, or an attestation over its digest'
#   - 'models without a card, which `card.present` reports'
package weighbridge.rules.provenance.card_bound

import data.weighbridge.lib.counterparts
import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.signatures

deny contains finding.graded(model, grade, message, ["card"]) if {
	some model in models.described
	is_string(model.card.found.sha256)
	signatures.whole(model.signatures)
	signatures.whole(model.statements)
	not signatures.card_bound(model)
	grade := counterparts.grade("provenance.card_bound", model.ref)
	message := "nobody the site trusts has signed its card, so what the card says is only claimed"
}
