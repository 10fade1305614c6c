# METADATA
# title: Provenance attestation present
# description: A trusted builder attests how a model was made, and from which base and data.
# custom:
#   severity: high
#   evidence: [statements, lineage]
#   since: "0.1"
#   who_can_act: model_owner
#   parameters:
#     builders: 'builder ids that count; empty means any whose signer is trusted'
#   frameworks: {owasp_llm_2025: [LLM03], atlas: [AML.T0010.003], aisvs_1_0: [3.1.2, 6.1.3]}
#   remedy:
#     deployer: serve a model whose training job attests what it did
#     publisher: attest SLSA provenance in the training job, with base model and data sets as resolvedDependencies
#   why: 'A card tells how a model was made; a provenance is made by the job that made it.'
#   denies:
#   - 'no SLSA provenance about this content by a signer that the site trusts for the model'
#   - 'the builder is not among `builders`'
#   - 'the provenance does not name a base that card or files name (a weaker finding: at most a warning)'
#   admits:
#   - 'SLSA provenance v1 or v0.2 by a trusted signer'
package weighbridge.rules.provenance.attested

import data.weighbridge.lib.counterparts
import data.weighbridge.lib.finding
import data.weighbridge.lib.lineage
import data.weighbridge.lib.parameters
import data.weighbridge.lib.signatures

deny contains finding.graded(model, grade, _why(model), []) if {
	some model in input.models
	signatures.whole(model.statements)
	count(_approved(model)) == 0
	grade := counterparts.grade("provenance.attested", model.ref)
}

deny contains finding.graded(model, grade, message, finding.first(lineage.pointers(model.lineage.found, parent))) if {
	some model in input.models
	count(_approved(model)) > 0
	some parent in lineage.parents(model.lineage.found)
	not parent in _attested(model)
	grade := _mild(counterparts.grade("provenance.attested", model.ref))
	message := concat("", ["its provenance does not name ", parent, ", which it was made from"])
}

_mild("full") := "weak"

_mild("note") := "note"

_provenance(model) := [statement |
	some statement in signatures.statements(model)
	statement.kind == "provenance"
]

_approved(model) := [statement |
	some statement in _provenance(model)
	_by_known_builder(statement)
]

_by_known_builder(statement) if statement.builder in _builders

_by_known_builder(statement) if {
	count(_builders) == 0
	is_string(statement.builder)
}

_builders := parameters.value("provenance.attested", "builders")

_attested(model) := {dependency.name |
	some statement in _approved(model)
	some dependency in statement.dependencies
}

default _why(_) := "has no provenance from whom the site trusts for it"

_why(model) := concat("", [
	"its provenance is by a builder that is not listed: ",
	finding.shown({_builder(statement) | some statement in _provenance(model)}),
]) if {
	count(_provenance(model)) > 0
}

default _builder(_) := "one without a name"

_builder(statement) := statement.builder if is_string(statement.builder)
