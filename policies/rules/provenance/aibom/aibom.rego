# METADATA
# title: AIBOM present and consistent
# description: A signed bill of materials describes the model, and says what its card says.
# custom:
#   severity: low
#   evidence: [statements]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM03], aisvs_1_0: [6.2.3]}
#   remedy:
#     deployer: nothing to do
#     publisher: attest a CycloneDX ML-BOM or an SPDX 3 AI document, with license, base model and data sets as in the card
#   why: 'A bill of materials is what programs read; one that contradicts the card is worth a question.'
#   denies:
#   - 'no trusted CycloneDX ML-BOM or SPDX 3 AI document about the model'
#   - 'the document and the card disagree on license, base model or data sets'
#   admits:
#   - 'a signed document that says what the card says'
package weighbridge.rules.provenance.aibom

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.signatures

deny contains finding.full(model, "has no signed bill of materials", []) if {
	some model in models.described
	signatures.whole(model.statements)
	count(_boms(model)) == 0
}

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	some bom in _boms(model)
	some contradiction in model.statements.found.contradictions
	contradiction.bundle == bom
	message := concat("", [
		"its bill of materials and its card disagree on ", replace(contradiction.about, "_", " "), ": ",
		contradiction.attested, " there, ", contradiction.declared, " here",
	])
}

_boms(model) := {statement.bundle |
	some statement in signatures.statements(model)
	statement.kind == "aibom"
}
