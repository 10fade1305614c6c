# METADATA
# title: Manifest covers every file served
# description: Every file an engine may load stands in a signed manifest with the bytes it has now.
# custom:
#   severity: high
#   evidence: [signatures]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM03], atlas: [AML.T0010.003], aisvs_1_0: [3.1.2]}
#   remedy:
#     deployer: serve a revision of which every file is signed
#     publisher: sign the whole folder again, without ignoring code, configuration, tokenizer, chat template, card or license
#   why: 'Who may add one unsigned file decides what runs. A list that ignores code is a list of what does not
#      matter.'
#   denies:
#   - 'a file that an engine loads, or that says what the model is, stands in no trusted manifest'
#   - 'a signed file is gone'
#   - 'the signer left out code, configuration, tokenizer, chat template, card or license'
#   - 'there is no trusted signature'
#   admits:
#   - 'a manifest with every such file'
#   - 'a signature over the digest of an artifact, which covers all of it'
package weighbridge.rules.signature.covers_files

import data.weighbridge.lib.counterparts
import data.weighbridge.lib.finding
import data.weighbridge.lib.signatures

deny contains finding.graded(model, grade, message, evidence) if {
	some model in input.models
	_may_say(model)
	count(signatures.complete(model)) == 0
	grade := counterparts.grade("signature.covers_files", model.ref)
	message := _why(model)
	evidence := finding.first(signatures.places(signatures.trusted(model)))
}

_may_say(model) if signatures.whole(model.signatures)

# What a trusted signature leaves open, another that has not answered might cover; it is a known gap all the same.
_may_say(model) if {
	count(model.signatures.found.unknown) > 0
	count(signatures.trusted(model)) > 0
}

default _why(_) := "no trusted signature covers its files"

_why(model) := concat("", ["is signed, and not all of it: ", finding.shown(_gaps(model))]) if {
	count(signatures.trusted(model)) > 0
}

_gaps(model) := {gap |
	some signature in signatures.trusted(model)
	some gap in _left_open(signature.coverage)
}

_left_open(coverage) := array.concat(
	[concat("", [path, " is not signed"]) | some path in coverage.unsigned],
	array.concat(
		[concat("", [path, " is signed and not there"]) | some path in coverage.missing],
		[concat("", [path, " is left out by the signer"]) | some path in coverage.dangerous],
	),
)
