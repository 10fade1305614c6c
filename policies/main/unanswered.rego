package weighbridge.main

import data.weighbridge.lib.effective
import data.weighbridge.lib.shape
import data.weighbridge.lib.undecided

# METADATA
# description: The silent sources, each with the rules it leaves undecided about a model.
open_groups contains {
	"model": gap.model,
	"because": gap.because,
	"host": gap.host,
	"since": gap.since,
} if {
	some gap in _open
}

_open contains gap if {
	shape.readable
	some gap in undecided.gaps
	not _decided(gap)
}

# A rule that has found all it could demand needs no further fact.
_decided(gap) if {
	some finding in judged
	finding.rule == gap.rule
	finding.model == gap.model
	most := undecided.most(gap.rule, gap.model)
	finding.action == most.action
	finding.effect == effective.effect(finding.action, most.stage)
}

# METADATA
# description: The finding about a silent source; action and effect are the strictest of the rules it leaves undecided.
unanswered(group) := {
	"rule": "evidence.available",
	"model": group.model,
	"action": effective.strictest({demand.action | some demand in demands}),
	"effect": effective.strictest({effective.effect(demand.action, demand.stage) | some demand in demands}),
	"message": concat("", [_source(group), " ", _said(group.because), _since(group), _need(rules)]),
	"evidence": ["reference"],
	"who_can_act": _who(group),
	"exception": null,
	"since": group.since,
	"because_unknown": {
		"because": group.because,
		"host": group.host,
		"since": group.since,
		"rules": sort([rule | some rule in rules]),
	},
} if {
	gaps := {gap | some gap in _open; _of_group(gap, group)}
	rules := {gap.rule | some gap in gaps}
	demands := {demand | some gap in gaps; demand := undecided.demand(gap)}
}

_of_group(gap, group) if {
	gap.model == group.model
	gap.because == group.because
	gap.host == group.host
	gap.since == group.since
}

_source(group) := group.host if group.host != ""

_source(group) := "the source" if group.host == ""

_said(because) := object.get(data.weighbridge.unknown.says, because, because)

default _since(_) := ""

_since(group) := concat("", [
	" since ", _zero(hours), sprintf("%d", [hours]), ":", _zero(rest), sprintf("%d", [rest]),
	" UTC",
]) if {
	is_number(group.since)
	minutes := floor(group.since / 60) % 1440
	hours := floor(minutes / 60)
	rest := minutes % 60
}

_zero(number) := "0" if number < 10

_zero(number) := "" if number >= 10

_need(rules) := " (1 rule needs it)" if count(rules) == 1

_need(rules) := sprintf(" (%d rules need it)", [count(rules)]) if count(rules) != 1

_who(group) := "model_owner" if group.because == "private_or_absent"

_who(group) := "platform" if group.because != "private_or_absent"
