package weighbridge.checks_test

import data.weighbridge.checks

_whole := {
	"title": "T", "description": "D", "scope": "package",
	"custom": {
		"severity": "high", "since": "0.1", "who_can_act": "you",
		"remedy": {"deployer": "a", "publisher": "b"},
		"why": "w", "denies": ["d"], "admits": ["e"],
	},
}

_inspected(annotations, files) := {
	"namespaces": {
		"data.weighbridge.rules.card.present": files,
		"data.weighbridge.rules.card.present_test": ["policies/rules/card/present/present_test.rego"],
		"data.weighbridge.lib.text": ["policies/lib/text.rego"],
	},
	"annotations": [{
		"annotations": annotations,
		"path": [{"value": step} | some step in ["data", "weighbridge", "rules", "card", "present"]],
	}],
}

_here := ["policies/rules/card/present/present.rego"]

test_a_whole_rule_passes if {
	count(checks.refused) == 0 with input as _inspected(_whole, _here)
}

test_a_rule_without_metadata_is_refused if {
	message := "card.present: has no METADATA above its package. Fix: write title, description and custom"
	checks.refused == {message} with input as _inspected(object.union(_whole, {"scope": "rule"}), _here)
}

test_each_part_that_is_missing_is_named if {
	checks.refused == {
		"card.present: METADATA has no title. Fix: add it",
		"card.present: METADATA has no description. Fix: add it",
		"card.present: METADATA has no custom.severity. Fix: add it",
		"card.present: METADATA has no custom.since. Fix: add it",
		"card.present: METADATA has no custom.who_can_act. Fix: add it",
		"card.present: METADATA has no custom.why. Fix: add it, its page is made of it",
		"card.present: METADATA has no custom.denies. Fix: add it, its page is made of it",
		"card.present: METADATA has no custom.admits. Fix: add it, its page is made of it",
		"card.present: METADATA does not say what the deployer can do. Fix: add custom.remedy.deployer",
		"card.present: METADATA does not say what the publisher can do. Fix: add custom.remedy.publisher",
	} with input as _inspected({"scope": "package"}, _here)
}

test_a_rule_in_another_folder_is_refused if {
	checks.refused == {concat("", [
		"card.present: is in policies/rules/card/present.rego, expected rules/card/present/present.rego. ",
		"Fix: move or rename it",
	])} with input as _inspected(_whole, ["policies/rules/card/present.rego"])
}

test_a_rule_without_a_test_is_refused if {
	inspected := _inspected(_whole, _here)
	untested := object.union(
		inspected,
		{"namespaces": {"data.weighbridge.rules.card.other": ["policies/rules/card/other/other.rego"]}},
	)
	checks.refused == {
		"card.other: has no METADATA above its package. Fix: write title, description and custom",
		"card.other: has no test. Fix: write other_test.rego beside it",
	} with input as untested
}

test_a_rule_of_a_site_has_the_same_checks if {
	path := [{"value": step} | some step in ["data", "site", "acme", "rules", "license", "in_house"]]
	file := "site/acme/rules/license/in_house/in_house.rego"
	inspected := {
		"namespaces": {"data.site.acme.rules.license.in_house": [file]},
		"annotations": [{"annotations": object.union(_whole, {"title": ""}), "path": path}],
	}
	checks.refused == {
		"acme/license.in_house: METADATA has no title. Fix: add it",
		"acme/license.in_house: has no test. Fix: write in_house_test.rego beside it",
	} with input as inspected
}
