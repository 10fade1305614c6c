package weighbridge.rules.workload.resolved_test

import data.weighbridge.fixture
import data.weighbridge.rules.workload.resolved

test_a_resolved_reference_passes if {
	count(resolved.deny) == 0 with input as fixture.about([fixture.model({})], [])
}

test_a_problem_of_the_workload_is_a_violation_without_a_model if {
	resolved.deny == {{
		"model": null,
		"grade": "full",
		"message": "args is no list",
		"evidence": [],
	}} with input as fixture.document({"problems": ["args is no list"]})
}

test_an_unreadable_reference_is_a_violation if {
	_says("full", "from a Secret", {
		"unresolved_because": "from a Secret",
		"resolved": fixture.unknown("unresolved_reference"),
	})
}

test_a_repository_that_does_not_exist_is_a_violation if {
	_says("full", "does not exist, looked at hub.example/a/b", {"resolved": fixture.missing("hub.example/a/b")})
	_says("full", "does not exist at hub.example", {"resolved": fixture.unknown("no_repository")})
}

test_a_scheme_without_a_source_is_a_violation if {
	_says("full", "no source can look at ftp references", {"scheme": "ftp", "resolved": fixture.unknown("no_source")})
}

test_a_volume_is_a_weaker_sign if {
	message := "lies on a volume (pvc), and no digest of its content is on record"
	_says("weak", message, {"scheme": "pvc", "resolved": fixture.unknown("no_source")})
}

test_a_silent_source_is_no_finding if {
	changed := fixture.model({"resolved": fixture.unknown("timeout")})
	count(resolved.deny) == 0 with input as fixture.about([changed], [])
}

_says(grade, message, parts) if {
	expected := {"model": fixture.ref, "grade": grade, "message": message, "evidence": ["reference"]}
	resolved.deny == {expected} with input as fixture.about([fixture.model(parts)], [])
}
