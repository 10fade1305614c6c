package weighbridge.rules.license.custom_complete_test

import data.weighbridge.fixture
import data.weighbridge.rules.license.custom_complete

_custom := {"declared": "other", "id": null, "custom": true, "name": "acme-eula", "link_leads": "url"}

_with_contact := fixture.card({"sections": {"contact": {
	"present": true, "words": 5, "placeholder": false, "lines": [], "vague": false,
}}})

test_name_link_and_contact_are_complete if {
	_messages(_custom, _with_contact, []) == set()
}

test_the_text_stands_in_for_a_link if {
	nowhere := object.union(_custom, {"link_leads": "nowhere"})
	_messages(nowhere, _with_contact, [fixture.license_text({"state": "unknown", "id": null})]) == set()
}

test_each_part_that_is_lacking_is_named if {
	bare := {"declared": "other", "id": null, "label_only": true}
	all := "license other is the publisher's own and lacks a contact, a link that leads to it or its text, a name"
	_messages(bare, fixture.missing("README.md"), []) == {all}
}

test_a_short_text_or_a_notice_is_no_text if {
	nowhere := object.union(_custom, {"link_leads": "nowhere"})
	short := fixture.license_text({"letters": 10})
	notice := fixture.license_text({"notice": true})
	lack := "license acme-eula is the publisher's own and lacks a link that leads to it or its text"
	_messages(nowhere, _with_contact, [short, notice]) == {lack}
}

test_known_licenses_and_labels_are_not_asked if {
	every license in [{}, {"declared": "openrail", "id": null, "label_only": true}, {"declared": null, "id": null}] {
		_messages(license, fixture.missing("README.md"), []) == set()
	}
}

_messages(license, card, texts) := {finding.message |
	some finding in custom_complete.deny with input as fixture.about(
		[fixture.model({
			"license": fixture.license(license), "card": card, "terms": fixture.terms({"texts": texts}),
		})],
		[],
	)
}
