package weighbridge.rules.adapter.admitted_test

import data.weighbridge.fixture
import data.weighbridge.rules.adapter.admitted

test_an_adapter_with_evidence_of_its_own_passes if {
	_said({}) == set()
}

test_what_is_lacking_is_listed if {
	_said({"card": fixture.missing("README.md"), "license": fixture.missing("README.md"), "files": fixture.files([])}) == {
		"is an adapter without a card, a license, safe weights of its own",
	}
	unreadable := fixture.unreadable("torn")
	_said({"card": unreadable, "license": unreadable, "files": unreadable}) == {
		"is an adapter without a readable card, a readable license, readable files of its own",
	}
}

test_pickle_is_not_safe if {
	_said({"files": fixture.files([fixture.file("adapter_model.bin", "pickle", true)])}) == {
		"is an adapter without safe weights of its own",
	}
}

test_unknown_evidence_is_left_to_evidence_available if {
	_said({"card": fixture.unknown("timeout"), "files": fixture.unknown("timeout")}) == set()
}

test_models_that_are_no_adapters_are_judged_elsewhere if {
	count(admitted.deny) == 0 with input as fixture.about([fixture.model({"card": fixture.missing("README.md")})], [])
}

_said(parts) := {finding.message |
	some finding in admitted.deny with input as fixture.about(
		[fixture.model(object.union({"role": "adapter"}, parts))],
		[],
	)
}
