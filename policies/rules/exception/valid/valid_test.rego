package weighbridge.rules.exception.valid_test

import data.weighbridge.fixture
import data.weighbridge.rules.exception.valid

test_a_valid_exception_is_no_finding if {
	count(valid.deny) == 0 with input as _with(fixture.exception({}))
}

test_an_invalid_exception_is_reported_once_with_all_reasons if {
	valid.deny == {{
		"model": null,
		"grade": "full",
		"message": "exception pricing/until-fixed for card.present has no effect: it has no expiry; it names no owner",
		"evidence": [],
	}} with input as _with(fixture.exception({"owner": "", "expires_ns": null}))
}

_with(exception) := fixture.document({"site": fixture.site({"exceptions": [exception]})})
