package weighbridge.main_test

import data.weighbridge.fixture
import data.weighbridge.main

_cardless := fixture.model({"card": fixture.missing("README.md")})

test_a_harmless_model_is_allowed_without_a_word if {
	main.decision == {
		"stage": "enforce",
		"allowed": true,
		"would_allow": true,
		"undecided": false,
		"findings": [],
	} with input as fixture.about([fixture.model({})], [fixture.container({})])
}

test_no_model_at_all_is_allowed if {
	main.decision.allowed with input as fixture.document({})
}

test_a_finding_is_complete if {
	expected := {
		"rule": "card.present",
		"model": fixture.ref,
		"action": "warn",
		"effect": "warn",
		"message": "has no model card, looked at README.md",
		"evidence": ["card"],
		"who_can_act": "model_owner",
		"exception": null,
		"since": null,
		"because_unknown": null,
	}
	decision := main.decision with input as fixture.about([_cardless], [])
	expected in decision.findings
}

test_a_denial_in_stage_warn_would_deny_and_says_from_when if {
	stages := [
		fixture.stage("warn"),
		{"stage": "enforce", "from_ns": fixture.now + fixture.day, "from_date": "2026-12-02"},
	]
	document := fixture.under(_cardless, [fixture.policy({"profile": "restricted", "stages": stages})])
	decision := main.decision with input as document
	decision.stage == "warn"
	decision.allowed
	not decision.would_allow
	message := "has no model card, looked at README.md; refused from 2026-12-02"
	[finding.message | some finding in decision.findings; finding.rule == "card.present"] == [message]
}

test_an_excepted_denial_is_visible_and_admits if {
	document := fixture.document({
		"models": [_cardless],
		"site": fixture.site({
			"policies": [fixture.policy({"profile": "restricted"})],
			"exceptions": [fixture.exception({})],
		}),
	})
	decision := main.decision with input as document
	decision.allowed
	decision.would_allow
	[[finding.effect, finding.exception.owner] | some finding in decision.findings; finding.rule == "card.present"] == [[
		"excepted",
		"team-pricing",
	]]
}

test_a_rule_that_is_off_says_nothing if {
	document := fixture.under(_cardless, [fixture.policy({"rules": {"card.present": fixture.entry("off")}})])
	decision := main.decision with input as document
	[finding | some finding in decision.findings; finding.rule == "card.present"] == []
}

test_a_document_that_cannot_be_read_is_refused if {
	decision := main.decision with input as fixture.document({"models": null})
	not decision.allowed
	decision.stage == "enforce"
	[finding.rule | some finding in decision.findings] == ["policy.input"]
}

_site_rules := {"acme": {"rules": {"license": {
	"own": {"deny": [{"model": fixture.ref, "message": "is not ours", "grade": "weak", "evidence": ["reference", 7]}]},
	"odd": {"deny": ["no", {"evidence": "no list"}]},
}}}}

_site_table := {
	"acme/license.own": {"evidence": [], "parameters": [], "default_action": "deny", "who_can_act": "you"},
	"acme/license.odd": {"evidence": [], "parameters": [], "default_action": "deny", "who_can_act": "you"},
}

test_rules_of_a_site_compose_in_under_their_own_ids if {
	decision := main.decision with input as fixture.about([fixture.model({})], [])
		with data.site as _site_rules
		with data.weighbridge.rule_table as object.union(data.weighbridge.rule_table, _site_table)
	[[finding.rule, finding.model, finding.effect, finding.message, finding.evidence] |
		some finding in decision.findings
	] == [
		["acme/license.odd", null, "deny", "the rule does not say why", []],
		["acme/license.own", fixture.ref, "warn", "is not ours", ["reference"]],
	]
}
