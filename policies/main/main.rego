# METADATA
# title: Decision
# description: What every rule says about a workload, with what follows from it here and now.
package weighbridge.main

import data.weighbridge.lib.effective
import data.weighbridge.lib.exceptions
import data.weighbridge.lib.shape
import data.weighbridge.lib.stamps

# METADATA
# description: The answer. Undefined is no answer, and whoever asked must take it for a failure.
# entrypoint: true
decision := {
	"stage": _stage,
	"allowed": count({finding | some finding in findings; finding.effect == "deny"}) == 0,
	"would_allow": count({finding | some finding in findings; _would_deny(finding)}) == 0,
	"undecided": count({finding | some finding in findings; finding.because_unknown != null}) > 0,
	"findings": sort([finding | some finding in findings]),
	"stamps": sort([stamp | some stamp in stamped]),
}

_would_deny(finding) if {
	finding.action == "deny"
	finding.effect != "excepted"
}

default _stage := "enforce"

_stage := effective.strictest_stage if shape.readable

# METADATA
# description: Everything there is to say; severity and remedies stand in the rule table, places in the evidence.
findings contains finding if some finding in judged

findings contains finding if {
	some gap in open_groups
	finding := unanswered(gap)
}

findings contains _broken("policy.input", complaint.message) if {
	some complaint in data.weighbridge.rules.policy.input.deny
}

findings contains _broken("policy.configured", message) if {
	shape.readable
	some message in unconfigured
}

# METADATA
# description: The complaints of rules that are on, under the action and stage of each here.
judged contains {
	"rule": complaint.rule,
	"model": complaint.model,
	"action": demand.action,
	"effect": _effect(demand, exceptions_used),
	"message": concat("", [complaint.message, _announced(demand, exceptions_used)]),
	"evidence": complaint.evidence,
	"who_can_act": data.weighbridge.rule_table[complaint.rule].who_can_act,
	"exception": _first(exceptions_used),
	"since": null,
	"because_unknown": null,
} if {
	some complaint in complaints
	demand := effective.of(complaint.rule, complaint.grade)
	demand.action != "off"
	count(stamps.covering(complaint.rule, complaint.model)) == 0
	exceptions_used := exceptions.covering(complaint.rule, complaint.model)
}

# METADATA
# description: Who has answered rules before, when, and which of them; such a rule is not evaluated again.
stamped contains {
	"model": stamp.model,
	"signer": stamp.signer,
	"policy": stamp.policy,
	"bundle": stamp.bundle,
	"verified_at": stamp.verified_at,
	"until": stamp.until,
	"rules": rules,
} if {
	shape.readable
	some stamp in stamps.valid
	rules := sort([rule | some rule in _answered_rules(stamp)])
	count(rules) > 0
}

_answered_rules(stamp) := {rule |
	some rule in object.keys(effective.full)
	effective.full[rule].action != "off"
	some taken in stamps.covering(rule, stamp.model)
	taken == stamp
}

_effect(demand, exceptions_used) := effective.effect(demand.action, demand.stage) if count(exceptions_used) == 0

_effect(_, exceptions_used) := "excepted" if count(exceptions_used) > 0

default _first(_) := null

_first(exceptions_used) := exceptions_used[0] if count(exceptions_used) > 0

# What is only noted or warned about today says from when it is refused.
default _announced(_, _) := ""

_announced(demand, exceptions_used) := concat("", ["; refused from ", demand.refused_from]) if {
	demand.action == "deny"
	demand.stage != "enforce"
	demand.refused_from != ""
	count(exceptions_used) == 0
}

_broken(rule, message) := {
	"rule": rule,
	"model": null,
	"action": "deny",
	"effect": "deny",
	"message": message,
	"evidence": [],
	"who_can_act": "policy_owner",
	"exception": null,
	"since": null,
	"because_unknown": null,
}
