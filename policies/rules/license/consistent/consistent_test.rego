package weighbridge.rules.license.consistent_test

import data.weighbridge.fixture
import data.weighbridge.rules.license.consistent

test_one_license_everywhere_passes if {
	every source in ["front_matter", "license_file", "card_text", "badge"] {
		_said([_front, fixture.license_statement(source, "apache-2.0")], {}, []) == set()
	}
}

test_another_license_in_any_place_is_a_violation if {
	_said([_front, fixture.license_statement("badge", "mit")], {}, []) == {["full", "says apache-2.0, but a badge says mit"]}
	_said([_front, fixture.license_statement("card_text", "mit")], {}, []) == {[
		"full",
		"says apache-2.0, but its card says mit",
	]}
	_said([_front, fixture.license_statement("license_file", "mit")], {}, []) == {[
		"full",
		"says apache-2.0, but README.md says mit",
	]}
}

test_labels_of_an_image_count_too if {
	_said([_front, fixture.license_statement("oci_annotation", "mit")], {}, []) == {[
		"full",
		"says apache-2.0, but its manifest says mit",
	]}
}

test_code_and_weights_may_differ_where_the_card_names_both if {
	both := {"card_names": ["apache-2.0", "cc-by-nc-4.0"]}
	_said([_front, fixture.license_statement("license_file", "cc-by-nc-4.0")], both, []) == set()
}

test_a_license_that_the_front_matter_lists_too_passes if {
	listed := fixture.license_statement("front_matter", "mit")
	_said([_front, listed, fixture.license_statement("license_file", "mit")], {}, []) == set()
}

test_a_statement_nobody_knows_contradicts_nothing if {
	_said([_front, fixture.license_statement("card_text", null)], {}, []) == set()
	_said([fixture.license_statement("card_text", "mit")], {"id": null}, []) == set()
}

test_versions_in_one_family_agree_unless_the_name_tells_them_apart if {
	claimed := {"id": "llama3.2"}
	_said([fixture.license_statement("front_matter", "llama3.1")], claimed, []) == set()
	_said([fixture.license_statement("model_name", "llama3.1")], claimed, []) == {[
		"full",
		"says llama3.2, but its own name says llama3.1",
	]}
}

test_a_name_says_nothing_about_other_licenses if {
	_said([_front, fixture.license_statement("model_name", "llama3.1")], {}, []) == set()
}

test_a_modified_text_is_a_weak_sign if {
	modified := fixture.license_text({"state": "modified", "id": null})
	_said([_front], {}, [modified]) == {["weak", "says apache-2.0, but LICENSE is a modified text of apache-2.0"]}
}

test_a_text_beside_a_silent_card_is_a_weak_sign if {
	silent := fixture.license_statement("license_file", "apache-2.0")
	_said([silent], {}, []) == {["weak", "comes with the text of apache-2.0, but its card names no license"]}
}

_front := fixture.license_statement("front_matter", "apache-2.0")

_said(statements, license, texts) := {[finding.grade, finding.message] |
	some finding in consistent.deny with input as fixture.about(
		[fixture.model({
			"license": fixture.license(object.union({"statements": statements}, license)),
			"terms": fixture.terms({"texts": texts}),
		})],
		[],
	)
}
