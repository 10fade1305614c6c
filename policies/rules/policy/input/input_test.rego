package weighbridge.rules.policy.input_test

import data.weighbridge.fixture
import data.weighbridge.rules.policy.input as rule

test_a_document_of_the_right_shape_passes if {
	count(rule.deny) == 0 with input as fixture.about([fixture.model({})], [])
}

test_a_document_of_another_shape_is_one_finding if {
	rule.deny == {{
		"model": null,
		"grade": "full",
		"message": "the input is not what these policies know, see input, site",
		"evidence": [],
	}} with input as fixture.document({"models": {}, "site": null})
}

test_no_document_is_one_finding if {
	count(rule.deny) == 1 with input as "nothing"
}
