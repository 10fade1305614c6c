# METADATA
# title: What could not be decided
# description: The rules that need a fact about a model which no source could give.
package weighbridge.lib.undecided

import data.weighbridge.lib.effective
import data.weighbridge.lib.exceptions
import data.weighbridge.lib.numbers

# METADATA
# description: For each model and rule, the silent sources in the way.
gaps contains _gap(model, rule, fact, gap) if {
	some model in input.models
	some rule, demand in effective.full
	demand.action != "off"
	some fact in _needed[rule]
	gap := model[fact].unknown
	_concerns(rule, model)
	not gap.because in data.weighbridge.unknown.reported_elsewhere
	count(exceptions.covering(rule, model.ref)) == 0
}

gaps contains _gap(model, rule, "ancestors", gap) if {
	some model in input.models
	some rule, demand in effective.full
	demand.action != "off"
	"lineage" in _needed[rule]
	some gap in model.lineage.found.unknown
	_concerns(rule, model)
	not gap.because in data.weighbridge.unknown.reported_elsewhere
	not gap.because in data.weighbridge.unknown.not_asked
	count(exceptions.covering(rule, model.ref)) == 0
}

_gap(model, rule, fact, gap) := {
	"model": model.ref,
	"rule": rule,
	"fact": fact,
	"because": gap.because,
	"host": gap.host,
	"since": gap.since,
}

_concerns(rule, _) if count(object.get(data.weighbridge.rule_table[rule], "roles", [])) == 0

_concerns(rule, model) if model.role in data.weighbridge.rule_table[rule].roles

# A rule that needs any fact also needs to know which model it is about.
_needed[rule] contains fact if {
	some rule, entry in data.weighbridge.rule_table
	some fact in entry.evidence
}

_needed[rule] contains "resolved" if {
	some rule, entry in data.weighbridge.rule_table
	count(entry.evidence) > 0
}

# METADATA
# description: What is demanded where a rule could not be decided for want of a fact.
demand(rule, fact) := {"action": action, "stage": full.stage} if {
	full := effective.full[rule]
	action := _relaxed(full.action, rule, fact)
}

_relaxed(action, rule, fact) := action if _strict(rule, fact)

_relaxed("deny", rule, fact) := "warn" if not _strict(rule, fact)

_relaxed(action, rule, fact) := action if {
	not _strict(rule, fact)
	action != "deny"
}

_strict(rule, fact) if _protected(rule, fact)

_strict(rule, _) if "deny" in _said(rule)

_protected(rule, _) if rule in data.weighbridge.protected

_protected(rule, fact) if concat("", [rule, ":", fact]) in data.weighbridge.protected

_protected(rule, _) if concat("", [split(rule, ".")[0], ".*"]) in data.weighbridge.protected

# What the policies say: those of the highest priority that say anything, and every floor; without a word it is deny.
_said(_) := {"deny"} if count(_speaking) == 0

_said(rule) := words if {
	count(_speaking) > 0
	words := {word | some policy in _speaking; word := _says(policy, rule)}
}

_speaking := {policy |
	some policy in input.site.policies
	policy.on_unknown != null
	_heard(policy, numbers.greatest(_priorities))
}

_priorities := {policy.priority |
	some policy in input.site.policies
	policy.on_unknown != null
}

_heard(policy, top) if policy.priority == top

_heard(policy, top) if {
	policy.priority < top
	policy.floor
}

_says(policy, rule) := object.get(policy.on_unknown.rules, rule, policy.on_unknown["default"])
