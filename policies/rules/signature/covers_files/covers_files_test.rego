package weighbridge.rules.signature.covers_files_test

import data.weighbridge.fixture
import data.weighbridge.main
import data.weighbridge.rules.signature.covers_files

_said(parts, signers) := {[complaint.grade, complaint.message] |
	document := fixture.document({
		"models": [fixture.model(parts)],
		"site": fixture.site({"signers": signers}),
	})
	some complaint in covers_files.deny with input as document
}

_covering(changes) := {"signatures": fixture.signatures([fixture.signature({"coverage": fixture.coverage(changes)})])}

_signers := [fixture.signer({})]

test_a_manifest_of_every_file_passes if {
	_said({}, _signers) == set()
	_said({"signatures": fixture.signatures([fixture.signature({"coverage": null})])}, _signers) == set()
}

test_what_the_manifest_leaves_open_is_a_violation if {
	_said(_covering({"unsigned": ["evil.py"]}), _signers) == {["full", "is signed, and not all of it: evil.py is not signed"]}
	_said(_covering({"missing": ["a.json"]}), _signers) == {[
		"full", "is signed, and not all of it: a.json is signed and not there",
	]}
	_said(_covering({"dangerous": ["*.py"]}), _signers) == {[
		"full", "is signed, and not all of it: *.py is left out by the signer",
	]}
}

test_without_a_trusted_signature_nothing_is_covered if {
	every signatures in [fixture.signatures([]), fixture.missing("model.sig"), fixture.unreadable("too many")] {
		_said({"signatures": signatures}, _signers) == {["full", "no trusted signature covers its files"]}
	}
	_said({"signatures": fixture.signatures([])}, []) == {["note", "no trusted signature covers its files"]}
}

test_silence_is_not_called_uncovered if {
	_said({"signatures": fixture.unknown("timeout")}, _signers) == set()
	_said({"signatures": {"found": {"signatures": [], "unknown": [fixture.unasked]}}}, _signers) == set()
}

test_a_known_gap_is_said_while_a_place_keeps_silent if {
	signature := fixture.signature({"coverage": fixture.coverage({"unsigned": ["evil.py"]})})
	partly := {"signatures": {"found": {"signatures": [signature], "unknown": [fixture.unasked]}}}
	count(_said(partly, _signers)) == 1
}

test_without_a_signer_it_is_noted_unless_a_policy_names_it if {
	unsigned := fixture.model({"signatures": fixture.signatures([])})
	effects := {effect |
		some policy in [
			fixture.policy({"profile": "restricted", "rules": {"signature.trusted": fixture.entry("off")}}),
			fixture.policy({"rules": {
				"signature.trusted": fixture.entry("off"),
				"signature.covers_files": fixture.entry("deny"),
			}}),
		]
		decision := main.decision with input as fixture.document({
			"models": [unsigned],
			"site": fixture.site({"signers": [], "policies": [policy]}),
		})
		some finding in decision.findings
		finding.rule == "signature.covers_files"
		effect := finding.effect
	}
	effects == {"audit", "deny"}
}
