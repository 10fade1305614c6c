package weighbridge.rules.signature.trusted_test

import data.weighbridge.fixture
import data.weighbridge.main
import data.weighbridge.rules.signature.trusted

_said(parts) := {[complaint.grade, complaint.message] |
	some complaint in trusted.deny with input as _document(parts, [fixture.signer({})])
}

_unclaimed(parts) := {[complaint.grade, complaint.message] |
	some complaint in trusted.deny with input as _document(parts, [])
}

_document(parts, signers) := fixture.document({
	"models": [fixture.model(parts)],
	"site": fixture.site({"signers": signers}),
})

_with(changes) := {"signatures": fixture.signatures([fixture.signature(changes)])}

test_a_trusted_signature_passes if {
	_said({}) == set()
}

test_a_signature_over_a_digest_passes if {
	_said(_with({"coverage": null})) == set()
}

test_one_trusted_signature_is_enough if {
	stale := fixture.signature({"bundle": "sha256:00", "verified": false, "code": "invalid_signature", "about": "unknown"})
	_said({"signatures": fixture.signatures([stale, fixture.signature({})])}) == set()
}

test_an_unsigned_model_is_weak_where_somebody_may_sign_and_noted_where_nobody_may if {
	_said({"signatures": fixture.signatures([])}) == {["weak", "is not signed"]}
	_unclaimed({"signatures": fixture.signatures([])}) == {["note", "is not signed"]}
	_said({"signatures": fixture.missing("model.sig")}) == {["weak", "is not signed"]}
}

test_the_site_may_say_what_absence_is_worth if {
	every pair in [["deny", "full"], ["warn", "warn"], ["audit", "audit"]] {
		entry := object.union(fixture.entry(null), {"parameters": {"absent": pair[0]}})
		document := object.union(
			_document({"signatures": fixture.signatures([])}, []),
			{"site": {"policies": [fixture.policy({"rules": {"signature.trusted": entry}})]}},
		)
		{complaint.grade | some complaint in trusted.deny with input as document} == {pair[1]}
	}
}

test_what_absence_is_worth_reaches_the_decision if {
	entry := object.union(fixture.entry(null), {"parameters": {"absent": "warn"}})
	document := object.union(
		_document({"signatures": fixture.signatures([])}, []),
		{"site": {"policies": [fixture.policy({"rules": {"signature.trusted": entry}})]}},
	)
	decision := main.decision with input as document
	{finding.effect | some finding in decision.findings; finding.rule == "signature.trusted"} == {"warn"}
}

test_a_signature_of_another_model_is_none if {
	_said(_with({"about": "another_model"})) == {["weak", "is not signed: model.sig is a signature of other content"]}
}

test_a_signature_that_does_not_verify_is_a_violation if {
	_said(_with({"verified": false, "code": "invalid_signature", "about": "unknown"})) == {[
		"full",
		concat(" ", [
			"its signature does not hold, model.sig: the signature, its log entry or its certificate does not",
			"verify",
		]),
	]}
	_said(_with({"verified": false, "code": "never_heard_of", "about": "unknown"})) == {[
		"full", "its signature does not hold, model.sig: it does not verify",
	]}
}

test_changed_files_are_a_violation if {
	_said(_with({"coverage": fixture.coverage({"changed": ["config.json"]})})) == {[
		"full", "its signature does not hold, model.sig: changed since it was signed: config.json",
	]}
}

test_another_signer_than_the_one_the_site_names_is_a_violation if {
	_said({"vouchers": [fixture.voucher({"identity": false, "differs": "subject"})]}) == {[
		"full",
		"is signed, and not by whom the site trusts for it (promotion): model.sig: by ci@acme.example (another subject)",
	]}
	_said({"vouchers": []}) == {[
		"full", "is signed, and not by whom the site trusts for it (promotion): model.sig: by ci@acme.example",
	]}
	_said(_with({"verified": false, "code": "unknown_key", "about": "unknown"})) == {[
		"full",
		concat(" ", [
			"is signed, and not by whom the site trusts for it (promotion): model.sig: none of the keys of the",
			"site made it",
		]),
	]}
}

test_a_key_is_called_by_its_fingerprint if {
	key := {
		"method": "key", "subjects": [], "issuer": null, "source_repository": null,
		"workflow": null, "runner": null, "fingerprint": "0123456789abcdef",
	}
	signed := object.union(_with({"signer": key}), {"vouchers": []})
	_unclaimed(signed) == {["note", "is signed, and the site trusts nobody to sign for it: model.sig: by key 0123456789ab"]}
	nobody := object.union(_with({"signer": null}), {"vouchers": []})
	_unclaimed(nobody) == {["note", "is signed, and the site trusts nobody to sign for it: model.sig: by an unnamed key"]}
}

test_a_signature_that_cannot_be_compared_is_no_pass if {
	_said(_with({"coverage": fixture.coverage({"comparable": false, "why_not": "parts of files are signed"})})) == {[
		"weak", "is signed, and its signature cannot be compared with its files: parts of files are signed",
	]}
}

test_signatures_that_cannot_be_read_are_a_violation if {
	_said({"signatures": fixture.unreadable("a/b holds 99 signature files")}) == {[
		"full", "its signatures cannot be read: a/b holds 99 signature files",
	]}
}

test_silence_is_no_absence if {
	_said({"signatures": fixture.unknown("timeout")}) == set()
	_said({"signatures": {"found": {"signatures": [], "unknown": [fixture.unasked]}}}) == set()
}

test_a_known_violation_is_said_while_a_place_keeps_silent if {
	bad := fixture.signature({"verified": false, "code": "invalid_signature", "about": "unknown"})
	count(_said({"signatures": {"found": {"signatures": [bad], "unknown": [fixture.unasked]}}})) == 1
}

test_a_file_that_could_not_be_fetched_leaves_it_open if {
	open := fixture.signature({"about": "unknown", "coverage": null})
	_said({"signatures": {"found": {"signatures": [open], "unknown": [fixture.unasked]}}}) == set()
}

test_restricted_refuses_an_unsigned_model_also_where_nobody_may_sign if {
	unsigned := _document({"signatures": fixture.signatures([])}, [])
	effects := {profile: effect |
		some profile in ["baseline", "standard", "restricted"]
		document := object.union(unsigned, {"site": {"policies": [fixture.policy({"profile": profile})]}})
		decision := main.decision with input as document
		some finding in decision.findings
		finding.rule == "signature.trusted"
		effect := finding.effect
	}
	effects == {"baseline": "audit", "standard": "audit", "restricted": "deny"}
}
