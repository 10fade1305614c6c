package weighbridge.rules.license.respects_ancestors_test

import data.weighbridge.fixture
import data.weighbridge.rules.license.respects_ancestors

_free := {"commercial": "yes", "share_alike": "no", "field_of_use": "none"}

_facets := {
	"free": _free,
	"nc": object.union(_free, {"commercial": "no"}),
	"threshold": object.union(_free, {"commercial": "conditional"}),
	"copyleft": object.union(_free, {"share_alike": "yes"}),
	"aup": object.union(_free, {"field_of_use": "aup", "family": "aup"}),
	"aup2": object.union(_free, {"field_of_use": "list", "family": "aup"}),
	"list": object.union(_free, {"field_of_use": "list"}),
	"dark": {},
}

test_an_obligation_that_is_dropped_is_a_violation if {
	every ancestor in ["nc", "threshold", "copyleft", "aup"] {
		_grades("free", ancestor, []) == {"full"} with data.weighbridge.licenses.facets as _facets
	}
}

test_restrictions_of_another_kind_do_not_stand_in if {
	_grades("list", "aup", []) == {"full"} with data.weighbridge.licenses.facets as _facets
}

test_a_license_of_the_same_family_is_a_weak_sign if {
	_grades("aup2", "aup", []) == {"weak"} with data.weighbridge.licenses.facets as _facets
}

test_naming_the_terms_beside_is_a_weak_sign if {
	_grades("free", "aup", ["aup"]) == {"weak"} with data.weighbridge.licenses.facets as _facets
}

test_equal_stricter_or_unknown_terms_pass if {
	every pair in [["aup", "aup"], ["nc", "aup"], ["free", "dark"], ["dark", "aup"], [null, "aup"], ["free", null]] {
		_grades(pair[0], pair[1], []) == set() with data.weighbridge.licenses.facets as _facets
	}
}

test_the_message_has_both_names_and_the_evidence_both_places if {
	respects_ancestors.deny == {{
		"model": fixture.ref,
		"grade": "full",
		"message": "says free but derives from meta-llama/Llama-3.1-8B (aup)",
		"evidence": ["license.declared", "lineage.edge:front_matter:meta-llama/Llama-3.1-8B"],
	}} with input as _document("free", "aup", [])
		with data.weighbridge.licenses.facets as _facets
}

test_what_cannot_be_read_is_a_violation if {
	changed := fixture.model({"license": fixture.unreadable("a tab"), "lineage": fixture.unreadable("too deep")})
	{finding.message | some finding in respects_ancestors.deny} == {
		"its license cannot be read, so it cannot be compared: a tab",
		"its lineage cannot be read, so its license cannot be compared: too deep",
	} with input as fixture.about([changed], [])
}

_grades(claimed, ancestor, also_named) := {finding.grade |
	some finding in respects_ancestors.deny with input as _document(claimed, ancestor, also_named)
}

_document(claimed, ancestor, also_named) := fixture.about(
	[fixture.model({
		"license": fixture.license({"id": claimed, "also_named": also_named}),
		"lineage": fixture.lineage({
			"nodes": [fixture.node({"license": fixture.license({"id": ancestor}).found})],
			"edges": [fixture.edge({})],
		}),
	})],
	[],
)
