package weighbridge.rules.reference.pinned_test

import data.weighbridge.fixture
import data.weighbridge.rules.reference.pinned

test_a_commit_passes if {
	count(pinned.deny) == 0 with input as fixture.about([fixture.model({})], [])
}

test_a_branch_is_a_violation if {
	_says("names main, which may be something else tomorrow; today it is abc", {"asked": "main", "commit": "abc"})
}

test_a_tag_is_a_violation if {
	_says("names latest, which may be something else tomorrow; today it is sha256:ab", {
		"asked": "latest",
		"digest": "sha256:ab",
	})
}

test_no_revision_is_a_violation if {
	_says("names no revision, which may be something else tomorrow", {})
}

test_what_could_not_be_resolved_is_not_called_unpinned if {
	every resolved in [fixture.missing("hub.example"), fixture.unknown("no_source")] {
		count(pinned.deny) == 0 with input as fixture.about([fixture.model({"resolved": resolved})], [])
	}
}

_says(message, parts) if {
	resolved := object.union({"commit": null, "digest": null, "asked": null, "immutable": false, "stale": false}, parts)
	document := fixture.about([fixture.model({"resolved": {"found": resolved}})], [])
	expected := {"model": fixture.ref, "grade": "full", "message": message, "evidence": ["reference"]}
	pinned.deny == {expected} with input as document
}
