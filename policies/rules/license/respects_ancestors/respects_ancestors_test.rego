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
	"nd": object.union(_free, {"derivatives": "no"}),
	"gpl-3.0": object.union(_free, {"share_alike": "yes"}),
	"agpl-3.0": object.union(_free, {"share_alike": "yes"}),
}

test_an_obligation_that_is_dropped_is_a_violation if {
	every ancestor in ["nc", "threshold", "copyleft", "aup", "nd"] {
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
		"evidence": [
			"license.declared", "lineage.edge:front_matter:meta-llama/Llama-3.1-8B", "license.term:aup:field_of_use",
		],
	}} with input as _document("free", "aup", [])
		with data.weighbridge.licenses.facets as _facets
}

test_one_copyleft_is_not_another_unless_its_text_says_so if {
	_grades("copyleft", "gpl-3.0", []) == {"full"} with data.weighbridge.licenses.facets as _facets
	_grades("agpl-3.0", "gpl-3.0", []) == set() with data.weighbridge.licenses.facets as _facets
}

test_what_a_model_was_only_trained_on_is_no_ancestor_here if {
	every via in ["outputs", "data"] {
		_on_outputs("free", {"license": "aup", "via": via}) == set() with data.weighbridge.licenses.facets as _facets
	}
}

_trained := {
	"never": object.union(_free, {"outputs_train": "forbidden", "family": "never"}),
	"kin": object.union(_free, {"outputs_train": "same-family-only", "family": "kin"}),
	"rival": object.union(_free, {"outputs_train": "no-competing", "family": "rival"}),
	"study": object.union(_free, {"outputs_train": "non-commercial-only", "family": "study"}),
	"heir": object.union(_free, {"outputs_train": "derivative", "family": "heir", "field_of_use": "list"}),
	"free": object.union(_free, {"outputs_train": "unrestricted", "family": "free"}),
	"nc": object.union(_free, {"commercial": "no", "outputs_train": "unrestricted", "family": "nc"}),
}

test_training_on_outputs_against_their_license_is_a_violation if {
	every pair in [
		["never", ["full", "forbids it"]],
		["kin", ["full", "allows it for its own family only"]],
		["rival", ["weak", "forbids it for competing models"]],
		["study", ["full", "allows it for non-commercial use only"]],
	] {
		message := concat(" ", ["was trained on outputs of meta-llama/Llama-3.1-8B, whose license", pair[0], pair[1][1]])
		_on_outputs("free", {"license": pair[0], "via": "outputs"}) == {[pair[1][0], message]} with data.weighbridge.licenses.facets as _trained
	}
}

test_training_on_outputs_within_their_license_passes if {
	every pair in [["kin", "kin"], ["nc", "study"], ["free", "free"]] {
		_on_outputs(pair[0], {"license": pair[1], "via": "outputs"}) == set() with data.weighbridge.licenses.facets as _trained
	}
}

test_a_distilled_model_may_be_a_derivative if {
	_on_outputs("free", {"license": "heir", "via": "outputs"}) == {[
		"full", "says free but derives from meta-llama/Llama-3.1-8B (heir)",
	]} with data.weighbridge.licenses.facets as _trained
}

_on_outputs(claimed, source) := {[finding.grade, finding.message] |
	some finding in respects_ancestors.deny with input as fixture.about(
		[fixture.model({
			"license": fixture.license({"id": claimed}),
			"lineage": fixture.lineage({
				"nodes": [fixture.node({"license": fixture.license({"id": source.license}).found})],
				"edges": [fixture.edge({"relation": "distill"})],
			}),
			"terms": fixture.terms({"sources": [fixture.term_source(source)]}),
		})],
		[],
	)
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

test_a_departure_nobody_can_put_in_words_is_still_one if {
	respects_ancestors._departs("", {"id": null}, fixture.node({})) == "drops terms of a model it derives from"
}
