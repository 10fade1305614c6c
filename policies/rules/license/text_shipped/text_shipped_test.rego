package weighbridge.rules.license.text_shipped_test

import data.weighbridge.fixture
import data.weighbridge.rules.license.text_shipped

_facets := {
	"apache-2.0": {"pass_through": "copy_of_license", "family": "apache-2.0"},
	"mit": {"pass_through": "copy_of_license", "family": "mit"},
	"grok-1": {"pass_through": "copy_of_license", "family": "apache-2.0"},
	"cc0-1.0": {"pass_through": "none", "family": "cc0-1.0"},
}

test_the_text_of_the_license_or_its_family_passes if {
	_messages("apache-2.0", [fixture.license_text({})]) == set()
	_messages("grok-1", [fixture.license_text({})]) == set()
}

test_no_text_is_a_violation if {
	_messages("apache-2.0", []) == {"says apache-2.0 and comes without its text"}
	_messages("apache-2.0", [fixture.license_text({"notice": true})]) == {"says apache-2.0 and comes without its text"}
}

test_another_text_is_a_violation if {
	_messages("mit", [fixture.license_text({})]) == {"says mit, but LICENSE is apache-2.0"}
	modified := fixture.license_text({"state": "modified", "id": null})
	_messages("mit", [modified]) == {"says mit, but LICENSE is a modified text of apache-2.0"}
	unknown := fixture.license_text({"state": "unknown", "id": null})
	_messages("mit", [unknown]) == {"says mit, but LICENSE is a text nobody knows"}
	binary := fixture.license_text({"state": "unreadable", "id": null})
	_messages("mit", [binary]) == {"says mit, but LICENSE is no text"}
	strange := fixture.license_text({"state": "match", "id": null})
	_messages("mit", [strange]) == {"says mit, but a license file cannot be read"}
}

test_a_license_that_asks_for_no_text_and_an_unknown_one_pass if {
	_messages("cc0-1.0", []) == set()
	_messages(null, []) == set()
}

_messages(id, texts) := {finding.message |
	some finding in text_shipped.deny with input as fixture.about(
		[fixture.model({
			"license": fixture.license({"id": id}), "terms": fixture.terms({"texts": texts}),
		})],
		[],
	)
		with data.weighbridge.licenses.facets as _facets
}
