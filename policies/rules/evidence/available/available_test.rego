package weighbridge.rules.evidence.available_test

import data.weighbridge.fixture
import data.weighbridge.main

_silent := fixture.model({"files": {"unknown": {"because": "timeout", "host": "hub.example", "since": 1796078520}}})

test_a_silent_source_is_one_finding if {
	decision := main.decision with input as fixture.about([_silent], [])
	decision.undecided
	not decision.allowed
	rules := decision.findings[0].because_unknown.rules
	{"format.no_remote_code", "format.safe"} & {rule | some rule in rules} == {"format.no_remote_code", "format.safe"}
	decision.findings == [{
		"rule": "evidence.available",
		"model": fixture.ref,
		"action": "deny",
		"effect": "deny",
		"message": sprintf("hub.example has not answered since 22:42 UTC (%d rules need it)", [count(rules)]),
		"evidence": ["reference"],
		"who_can_act": "platform",
		"exception": null,
		"since": 1796078520,
		"because_unknown": {
			"because": "timeout",
			"host": "hub.example",
			"since": 1796078520,
			"rules": rules,
		},
	}]
}

test_a_source_without_a_name_is_called_the_source if {
	unknown := {"unknown": {"because": "private_or_absent", "host": "", "since": 1796083500}}
	decision := main.decision with input as fixture.about([fixture.model({"tokenizer": unknown})], [])
	decision.findings[0].message == concat(" ", [
		"the source does not say whether the repository exists,",
		"it may be private or absent since 00:05 UTC (1 rule needs it)",
	])
	decision.findings[0].who_can_act == "model_owner"
}

test_a_violation_that_is_known_leaves_nothing_undecided if {
	changed := fixture.model({
		"config": {"found": {"auto_map": ["a.B"]}},
		"tokenizer": fixture.unknown("timeout"),
	})
	trusting := fixture.container({"settings": {"trust_remote_code": true}})
	whole := object.union(changed, {"config": {"found": object.union(
		fixture.model({}).config.found,
		{"auto_map": ["a.B"]},
	)}})
	rules := [finding.rule | some finding in main.decision.findings with input as fixture.about([whole], [trusting])]
	rules == ["format.no_remote_code"]
}

test_a_stage_warn_warns_about_a_silent_source if {
	document := fixture.under(_silent, [fixture.policy({"stages": [fixture.stage("warn")]})])
	decision := main.decision with input as document
	decision.allowed
	not decision.would_allow
	decision.findings[0].effect == "warn"
}
