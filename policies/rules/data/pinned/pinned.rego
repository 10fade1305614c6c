# METADATA
# title: Dataset checksums or revisions
# description: Every data set a model says it was trained on is named with a commit, a versioned DOI or a digest.
# custom:
#   severity: medium
#   evidence: [card, statements]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM03, LLM04], atlas: [AML.T0010.002, AML.T0020], aisvs_1_0: [1.1.2, 6.2.1]}
#   remedy:
#     deployer: ask its owner which versions of the data were used
#     publisher: give each data set a revision, DOI or sha256 in the card, or attest it as a resolved dependency with its digest
#   why: 'A data set that changes under its name cannot be looked at again when something turns up in it.'
#   denies:
#   - 'a data set of the metadata has neither a commit, a DOI of one version nor a sha256, in the card or in a
#     trusted attestation'
#   - 'training data is described and no data set, digest or DOI is named'
#   - 'the card was delivered and cannot be read'
#   admits:
#   - '`org/name@COMMIT`, `{name, revision}`, or the name beside a commit or digest in the text'
#   - 'a digest alone, for private data'
#   - 'cards that say nothing of training data, which `data.documented` reports'
package weighbridge.rules.data.pinned

import data.weighbridge.lib.finding
import data.weighbridge.lib.models
import data.weighbridge.lib.signatures

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	signatures.whole(model.statements)
	loose := {dataset.name |
		some dataset in model.card.found.datasets
		not _is_pinned(model, dataset)
	}
	count(loose) > 0
	message := concat("", ["does not say which version of ", finding.shown(loose), " it was trained on"])
}

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	signatures.whole(model.statements)
	model.card.found.sections.training_data.present
	count(model.card.found.datasets) == 0
	model.card.found.data_pins == 0
	count(_attested(model)) == 0
	message := "describes its training data without naming a data set that could be looked up again"
}

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	message := concat("", ["its data sets cannot be told, its card cannot be read: ", model.card.found.unreadable])
}

_is_pinned(_, dataset) if is_string(dataset.pin)

_is_pinned(model, dataset) if lower(dataset.name) in _attested(model)

_attested(model) := {lower(dependency.name) |
	some statement in signatures.statements(model)
	some dependency in statement.dependencies
	dependency.kind == "dataset"
	count(dependency.digests) > 0
}
