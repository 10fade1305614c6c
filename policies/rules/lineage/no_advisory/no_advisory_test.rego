package weighbridge.rules.lineage.no_advisory_test

import data.weighbridge.fixture
import data.weighbridge.rules.lineage.no_advisory

test_without_advisories_a_model_passes if {
	count(no_advisory.deny) == 0 with input as fixture.about([fixture.model({})], [])
}

test_a_match_by_commit_is_a_violation if {
	message := "is affected by ACME-2026-003: backdoor trigger; fixed in v2"
	_says("full", message, ["reference"]) with input as _with([fixture.advisory({"fixed_in": "v2"})])
}

test_a_match_by_name_is_a_weak_sign if {
	message := "may be affected by ACME-2026-003, whose subject has its name: backdoor trigger"
	_says("weak", message, ["reference"]) with input as _with([fixture.advisory({"by": "name"})])
}

test_descendants_are_affected if {
	message := "derives from meta-llama/Llama-3.1-8B, which is affected by ACME-2026-003: backdoor trigger"
	found := [fixture.advisory({"own": false, "node": "meta-llama/Llama-3.1-8B"})]
	_says("full", message, ["lineage.edge:front_matter:meta-llama/Llama-3.1-8B"]) with input as _with(found)
}

test_an_ancestor_nobody_can_place_is_affected_too if {
	changed := fixture.model({
		"lineage": fixture.unknown("timeout"),
		"advisories": [fixture.advisory({"own": false, "node": "a/b"})],
	})
	count(no_advisory.deny) == 1 with input as fixture.about([changed], [])
}

test_an_unreadable_lineage_is_a_violation if {
	changed := fixture.model({"lineage": fixture.unreadable("too deep")})
	count(no_advisory.deny) == 1 with input as fixture.about([changed], [])
}

_with(advisories) := fixture.about(
	[fixture.model({"advisories": advisories, "lineage": fixture.lineage({"edges": [fixture.edge({})]})})],
	[],
)

_says(grade, message, evidence) if {
	no_advisory.deny == {{"model": fixture.ref, "grade": grade, "message": message, "evidence": evidence}}
}
