# METADATA
# title: Signature valid, identity expected
# description: A model is signed by somebody the site trusts for it, and its files have the bytes that were signed.
# custom:
#   severity: critical
#   evidence: [signatures]
#   since: "0.1"
#   who_can_act: model_owner
#   parameters:
#     absent: 'what an unsigned model is worth: `audit`, `warn`, `deny`, or `by_profile`'
#   frameworks: {owasp_llm_2025: [LLM03], atlas: [AML.T0010.003, AML.T0109], aisvs_1_0: [3.1.2, 3.1.3]}
#   remedy:
#     deployer: serve a model that is signed by whom the site trusts, or ask for a TrustedSigner that may sign for this one
#     publisher: sign the model again, as it lies there now, with the identity or key the site trusts
#   why: 'A signature is the only thing that ties weights to somebody. Identity is asked with its issuer, since
#      without one anybody may claim it; the signature is bound by digest, since a name proves nothing.'
#   denies:
#   - 'the signature, its log entry or its certificate does not verify, or a signed file has other bytes now
#     (every profile)'
#   - 'a trusted signer exists for the model or publisher, and the signature is by somebody else (every
#     profile)'
#   - 'the signatures were delivered and cannot be read'
#   - 'there is no signature, only one of other content, one by a signer whom nobody has named for this model,
#     or one that cannot be compared with the files: what `absent` says, by default audit in baseline, warn in
#     standard, deny in restricted; without a TrustedSigner for the model audit in standard'
#   admits:
#   - 'one signature that verifies, is about these very bytes, and whose issuer and subject are those of a
#     TrustedSigner that may sign for the model; further signatures then do not matter'
#   - 'a stamp that the policy takes for this rule'
package weighbridge.rules.signature.trusted

import data.weighbridge.lib.counterparts
import data.weighbridge.lib.finding
import data.weighbridge.lib.parameters
import data.weighbridge.lib.signatures

deny contains finding.graded(model, grade, message, evidence) if {
	some model in input.models
	_may_judge(model)
	state := signatures.state(model)
	state != "trusted"
	grade := _grades(state, model)
	message := _reason(state, model)
	evidence := finding.first(signatures.places(_of(state, model)))
}

deny contains finding.full(model, message, []) if {
	some model in input.models
	message := concat("", ["its signatures cannot be read: ", model.signatures.found.unreadable])
}

# Silence of a source is no absence.
_may_judge(model) if is_string(model.signatures.missing.looked_at)

_may_judge(model) if {
	is_array(model.signatures.found.signatures)
	not _open_still(model)
}

# Only a known violation is said while places are left that have not answered.
_open_still(model) if {
	count(model.signatures.found.unknown) > 0
	not signatures.state(model) in {"invalid", "wrong_signer"}
}

default _grades(_, _) := "full"

_grades(state, model) := _absent(model) if state in {"absent", "unknown_signer", "incomparable"}

_absent(model) := _as_counterpart(model) if not _action in {"audit", "warn", "deny"}

_absent(_) := _action if _action in {"audit", "warn"}

_absent(_) := "full" if _action == "deny"

_action := parameters.value("signature.trusted", "absent")

_as_counterpart(model) := "weak" if count(counterparts.signers(model.ref)) > 0

_as_counterpart(model) := "note" if count(counterparts.signers(model.ref)) == 0

default _of(_, _) := []

_of("invalid", model) := signatures.invalid(model)

_of("wrong_signer", model) := signatures.strange(model)

_of("unknown_signer", model) := signatures.strange(model)

_of("incomparable", model) := signatures.incomparable(model)

_reason("absent", model) := "is not signed" if count(_others(model)) == 0

_reason("absent", model) := concat("", [
	"is not signed: ", finding.shown(_others(model)), " is a signature of other content",
]) if {
	count(_others(model)) > 0
}

_reason("invalid", model) := concat("", ["its signature does not hold, ", finding.shown(_problems(model))])

_reason("wrong_signer", model) := concat("", [
	"is signed, and not by whom the site trusts for it (",
	concat(", ", finding.ordered(counterparts.signers(model.ref))), "): ", finding.shown(_strangers(model)),
])

_reason("unknown_signer", model) := concat("", [
	"is signed, and the site trusts nobody to sign for it: ", finding.shown(_strangers(model)),
])

_reason("incomparable", model) := concat("", [
	"is signed, and its signature cannot be compared with its files: ",
	finding.shown({signature.coverage.why_not | some signature in signatures.incomparable(model)}),
])

_others(model) := {signature.place |
	some signature in model.signatures.found.signatures
	signature.verified == true
	signature.about == "another_model"
}

_problems(model) := {_problem(signature) | some signature in signatures.invalid(model)}

_problem(signature) := concat("", [signature.place, ": ", _said(signature.code)]) if signature.verified == false

_problem(signature) := concat("", [
	signature.place, ": changed since it was signed: ",
	finding.shown({path | some path in signature.coverage.changed}),
]) if {
	signature.verified == true
}

_strangers(model) := {_foreign(model, signature) | some signature in signatures.strange(model)}

_foreign(_, signature) := concat("", [signature.place, ": ", _said(signature.code)]) if signature.verified == false

_foreign(model, signature) := concat("", [
	signature.place, ": by ", _name(signature.signer), _differs(model, signature.bundle),
]) if {
	signature.verified == true
}

default _said(_) := "it does not verify"

_said(code) := data.weighbridge.signatures.says[code]

default _name(_) := "an unnamed key"

_name(signer) := signer.subjects[0] if signer.method != "key"

_name(signer) := concat("", ["key ", substring(signer.fingerprint, 0, 12)]) if signer.method == "key"

default _differs(_, _) := ""

_differs(model, bundle) := concat("", [" (another ", finding.shown(different), ")"]) if {
	different := {voucher.differs |
		some voucher in model.vouchers
		voucher.bundle == bundle
		is_string(voucher.differs)
	}
	count(different) > 0
}
