# METADATA
# title: What the policies demand
# description: The action and the stage of each rule in this namespace, composed from all policies that speak there.
package weighbridge.lib.effective

import data.weighbridge.lib.numbers

# METADATA
# description: How strong an action or a stage is. The weaker of the two is what happens now.
strength := {"off": 0, "audit": 1, "warn": 2, "deny": 3, "enforce": 3}

_effects := ["off", "audit", "warn", "deny"]

_stages := ["audit", "audit", "warn", "enforce"]

_profiles := ["baseline", "standard", "restricted"]

# METADATA
# description: Rules whose action is not composed here; main says what theirs is.
derived := {"evidence.available", "policy.input", "policy.configured"}

# METADATA
# description: What happens now under an action and a stage.
effect(action, stage) := _effects[numbers.least({strength[action], strength[stage]})]

# METADATA
# description: The strictest of some actions.
strictest(actions) := _effects[numbers.greatest({strength[action] | some action in actions} | {0})]

# METADATA
# description: The strictest stage that any rule has.
strictest_stage := _stages[numbers.greatest({0} | _strengths)]

_strengths := {strength[demand.stage] |
	some rule in _composed
	demand := full[rule]
	demand.action != "off"
}

_composed := object.keys(data.weighbridge.rule_table) - derived

# METADATA
# description: For each rule, what is demanded of a finding that is a full violation.
full[rule] := _demand(rule, "full") if some rule in _composed

# METADATA
# description: For each rule, what is demanded of a finding that is a weaker sign of a violation.
weak[rule] := _demand(rule, "weak") if some rule in _composed

# METADATA
# description: For each rule, what is demanded of a finding that another rule's finding implies.
implied[rule] := _demand(rule, "implied") if some rule in _composed

# METADATA
# description: What is demanded of a finding of one of the grades.
of(rule, "full") := full[rule]

of(rule, "implied") := implied[rule]

of(rule, "weak") := weak[rule]

of(rule, grade) := _demand(rule, grade) if not grade in {"full", "implied", "weak"}

# The score orders what speaks: first by what happens now, then by action, then by stage.
_demand(rule, grade) := {
	"action": one.action,
	"stage": one.stage,
	"refused_from": _earliest(best),
	"set_by": sort([candidate.set_by | some candidate in best]),
} if {
	speaking := _speaking(rule, grade)
	top := numbers.greatest({candidate.score | some candidate in speaking})
	best := [candidate | some candidate in speaking; candidate.score == top]
	one := best[0]
}

_earliest(candidates) := min({candidate.refused_from |
	some candidate in candidates
	candidate.refused_from != ""
})

default _earliest(_) := ""

_speaking(rule, grade) := {_of_judging(rule, judging, grade)} if {
	judging := input.site.override
	judging != null
}

_speaking(rule, grade) := _ordinary(rule, grade) | _floors(rule, grade) if input.site.override == null

_ordinary(rule, grade) := explicit if {
	explicit := _explicit(rule, grade)
	count(explicit) > 0
}

_ordinary(rule, grade) := profiled if {
	count(_explicit(rule, grade)) == 0
	profiled := _profiled(rule, grade)
	count(profiled) > 0
}

_ordinary(rule, grade) := {_of_judging(rule, input.site.fallback, grade)} if {
	count(_explicit(rule, grade)) == 0
	count(_profiled(rule, grade)) == 0
}

# What speaks where no policy does: the built-in profile, or the one a person asks for.
_of_judging(rule, judging, grade) := _candidate(
	_by_profile(rule, judging.profile, grade), judging.stage, "",
	{"object": judging.set_by, "by": concat(" ", ["profile", judging.profile]), "floor": false},
)

_explicit(rule, grade) := {candidate |
	some policy in input.site.policies
	policy.priority == numbers.greatest(_explicit_priorities(rule))
	_has_entry(policy, rule)
	candidate := _own(policy, rule, grade)
}

_explicit_priorities(rule) := {policy.priority |
	some policy in input.site.policies
	_has_entry(policy, rule)
}

_profiled(rule, grade) := {candidate |
	some policy in _with_profile
	action := _by_profile(rule, policy.profile, grade)
	candidate := _candidate_of(policy, action, _profile_of(policy))
}

_with_profile := {policy |
	some policy in input.site.policies
	policy.profile != null
	policy.priority == numbers.greatest(_profile_priorities)
}

_profile_priorities := {policy.priority |
	some policy in input.site.policies
	policy.profile != null
}

_floors(rule, grade) := {candidate |
	some policy in input.site.policies
	policy.floor
	candidate := _own(policy, rule, grade)
}

# A policy's own word on a rule: its entry, else its profile; without either it has none.
_own(policy, rule, grade) := _candidate_of(policy, action, "rules") if {
	_has_entry(policy, rule)
	profile := _profile_beside(policy)
	action := _capped(policy.rules[rule].action, rule, profile, _asked_by_name(rule, grade))
}

_own(policy, rule, grade) := _candidate_of(policy, _by_profile(rule, policy.profile, grade), _profile_of(policy)) if {
	not _has_entry(policy, rule)
	policy.profile != null
}

# Who names a rule wants it whether or not its counterpart is there, unless the rule has an action of its own for that.
_asked_by_name(_, grade) := grade if not grade in {"note", "raised", "implied"}

_asked_by_name(_, "raised") := "full"

# Nor does it matter to them what other rules say.
_asked_by_name(_, "implied") := "full"

_asked_by_name(rule, "note") := "full" if not data.weighbridge.profiles[rule].note

_asked_by_name(rule, "note") := "weak" if data.weighbridge.profiles[rule].note

_profile_of(policy) := concat(" ", ["profile", policy.profile])

_has_entry(policy, rule) if {
	entry := policy.rules[rule]
	entry.action != null
	in_effect(entry)
}

# METADATA
# description: Whether an entry applies yet.
in_effect(entry) if entry.effective_on_ns == null

in_effect(entry) if {
	is_number(entry.effective_on_ns)
	entry.effective_on_ns <= input.time
}

_candidate_of(policy, action, by) := _candidate(
	action, _stage_of(policy), _refused_from(policy),
	{"object": concat(" ", ["ModelPolicy", policy.name]), "by": by, "floor": policy.floor},
)

_candidate(action, stage, refused_from, set_by) := {
	"score": ((100 * numbers.least({strength[action], strength[stage]})) + (10 * strength[action])) + strength[stage],
	"action": action,
	"stage": stage,
	"refused_from": refused_from,
	"set_by": set_by,
}

default _stage_of(_) := "audit"

_stage_of(policy) := begun[count(begun) - 1] if {
	begun := [entry.stage | some entry in policy.stages; _begun(entry)]
	count(begun) > 0
}

_begun(entry) if entry.from_ns == null

_begun(entry) if {
	is_number(entry.from_ns)
	entry.from_ns <= input.time
}

default _refused_from(_) := ""

_refused_from(policy) := min({entry.from_date |
	some entry in policy.stages
	entry.stage == "enforce"
	is_string(entry.from_date)
	not _begun(entry)
})

_by_profile(rule, profile, grade) := _capped(_profile_action(rule, profile), rule, profile, grade)

_profile_action(rule, profile) := data.weighbridge.profiles[rule][profile]

_profile_action(rule, _) := _default_action(rule) if not data.weighbridge.profiles[rule]

default _default_action(_) := "off"

_default_action(rule) := action if {
	action := data.weighbridge.rule_table[rule].default_action
	action != null
}

_capped(action, _, _, "full") := action

# The rule compares with something that the site has not provided: what the profile says for that, else audit.
_capped(action, rule, profile, "note") := _effects[numbers.least({strength[action], strength[_note(rule, profile)]})]

# The rule is about a model of which more is asked than of others.
_capped(action, rule, profile, "raised") := _effects[numbers.greatest({
	strength[action],
	strength[data.weighbridge.profiles[rule].raised[profile]],
})]

# A parameter of the rule says what it demands, whatever its action.
_capped(_, _, _, "must_warn") := "warn"

_capped(_, _, _, "must_deny") := "deny"

# The rule itself says what it demands at most.
_capped(action, _, _, grade) := _effects[numbers.least({strength[action], strength[grade]})] if {
	grade in {"audit", "warn", "deny"}
}

_capped(action, _, _, "implied") := _effects[numbers.least({strength[action], strength.audit})]

_capped(action, rule, profile, "weak") := _effects[numbers.least({strength[action], strength[_weak(rule, profile)]})]

default _weak(_, _) := "warn"

_weak(rule, profile) := data.weighbridge.profiles[rule].weak[profile]

_weak(rule, _) := data.weighbridge.profiles[rule].weak if is_string(data.weighbridge.profiles[rule].weak)

default _note(_, _) := "audit"

_note(rule, profile) := data.weighbridge.profiles[rule].note[profile]

# A policy without a profile of its own stands beside the one in force.
_profile_beside(policy) := policy.profile if policy.profile != null

_profile_beside(policy) := _profile_in_force if policy.profile == null

_profile_in_force := _profiles[numbers.greatest({index |
	some policy in _with_profile
	some index
	_profiles[index] == policy.profile
})]

_profile_in_force := input.site.fallback.profile if count(_with_profile) == 0
