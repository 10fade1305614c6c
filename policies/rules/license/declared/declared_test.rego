package weighbridge.rules.license.declared_test

import data.weighbridge.fixture
import data.weighbridge.rules.license.declared

test_a_known_license_passes if {
	count(declared.deny) == 0 with input as _with(fixture.license({}))
}

test_no_license_is_a_violation if {
	_says("full", "declares no license, looked at README.md") with input as _with(fixture.missing("README.md"))
}

test_nothing_found_is_a_violation if {
	_says("full", "declares no license") with input as _with(fixture.license({"declared": null, "id": null}))
}

test_an_unreadable_license_is_a_violation if {
	_says("full", "its license cannot be read: a tab") with input as _with(fixture.unreadable("a tab"))
}

test_a_word_that_names_no_license_is_a_violation if {
	changed := fixture.license({"declared": "self", "id": null})
	_says("full", "says license self, which is no known license") with input as _with(changed)
}

test_a_label_is_a_weak_sign if {
	changed := fixture.license({"declared": "openrail", "id": null, "label_only": true})
	_says("weak", "says license openrail, which is a label and not a license") with input as _with(changed)
}

test_a_custom_license_without_name_is_a_weak_sign if {
	changed := fixture.license({"declared": null, "id": null, "custom": true})
	_says("weak", "says license other and does not name it") with input as _with(changed)
}

test_a_custom_license_with_a_name_passes if {
	changed := fixture.license({"declared": "other", "id": null, "custom": true, "name": "acme-eula"})
	count(declared.deny) == 0 with input as _with(changed)
}

test_an_unknown_license_is_no_finding if {
	count(declared.deny) == 0 with input as _with(fixture.unknown("timeout"))
}

_with(license) := fixture.about([fixture.model({"license": license})], [])

_says(grade, message) if {
	declared.deny == {{"model": fixture.ref, "grade": grade, "message": message, "evidence": ["license.declared"]}}
}
