package weighbridge.rules.policy.configured_test

import data.weighbridge.fixture
import data.weighbridge.main

test_a_rule_without_an_entry_in_the_rule_table_refuses if {
	decision := main.decision with input as fixture.about([fixture.model({})], [])
		with data.site as {"acme": {"rules": {"license": {"odd": {"deny": []}, "own": {"deny": []}}}}}
	not decision.allowed
	[finding.message | some finding in decision.findings] == [
		"rule acme/license.odd has no entry in the rule table",
		"rule acme/license.own has no entry in the rule table",
	]
}

test_a_rule_that_judges_nothing_refuses if {
	table := object.union(data.weighbridge.rule_table, {"acme/license.own": {"evidence": [], "parameters": []}})
	_unconfigured("rule acme/license.own judges nothing") with data.weighbridge.rule_table as table
}

test_a_rule_without_an_action_in_some_profile_refuses if {
	_unconfigured("rule card.present has no action in profile baseline") with data.weighbridge.profiles as object.union(
		object.remove(data.weighbridge.profiles, ["card.present"]),
		{"card.present": {"standard": "warn", "restricted": "deny"}},
	)
}

test_a_parameter_without_a_value_refuses if {
	kept := object.remove(data.weighbridge.parameters, ["card.present"])
	message := "parameter min_letters of rule card.present has no value"
	_unconfigured(message) with data.weighbridge.parameters as kept
}

test_each_document_that_is_missing_refuses if {
	_lacks("engines") with data.weighbridge.engines as false
	_lacks("exceptions") with data.weighbridge.exceptions as false
	_lacks("licenses") with data.weighbridge.licenses as {}
	_lacks("parameters") with data.weighbridge.parameters as false
	_lacks("profiles") with data.weighbridge.profiles as false
	_lacks("protected") with data.weighbridge.protected as false
	_lacks("rule_table") with data.weighbridge.rule_table as false
	_lacks("schemes") with data.weighbridge.schemes as false
	_lacks("statements") with data.weighbridge.statements as false
	_lacks("unknown") with data.weighbridge.unknown as false
}

_lacks(document) if {
	concat("", ["data.weighbridge.", document, " is missing"]) in main.unconfigured with input as fixture.document({})
}

_unconfigured(message) if {
	decision := main.decision with input as fixture.about([fixture.model({})], [])
	not decision.allowed
	[finding.message | some finding in decision.findings] == [message]
}
