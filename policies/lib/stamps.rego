# METADATA
# title: Stamps
# description: Verification summaries that answer rules, whom a policy names, how old they may be, and what they cover.
package weighbridge.lib.stamps

import data.weighbridge.lib.signatures

# METADATA
# description: Stamps that speak here now.
valid contains {
	"model": model.ref,
	"policy": stamp.policy,
	"signer": stamp.signer,
	"bundle": stamp.bundle,
	"verified_at": stamp.verified_at_ns,
	"until": stamp.until_ns,
	"covers": stamp.covers,
	"levels": [level | some level in statement.summary.levels; _is_rule(level)],
	"ancestors": statement.summary.ancestors,
} if {
	some model in input.models
	some stamp in model.stamps
	_in_time(stamp)
	stamp.signer in signatures.vouchers(model, stamp.bundle)
	some signer in input.site.signers
	signer.name == stamp.signer
	signer.stamps == true
	some statement in signatures.statements(model)
	statement.bundle == stamp.bundle
	statement.summary.passed == true
}

_in_time(stamp) if {
	is_number(stamp.verified_at_ns)
	is_number(stamp.until_ns)
	stamp.verified_at_ns <= input.time + data.weighbridge.stamps.skew_ns
	input.time < stamp.until_ns
}

# METADATA
# description: The stamps that answer a rule about a model. Nothing goes below a floor, which must take a stamp itself.
covering(rule, ref) := [stamp |
	some stamp in _answering(rule, ref)
	not _never(rule)
	count(_objecting(rule, ref)) == 0
]

# METADATA
# description: Whether a stamp says what a model was made from, so that advisories match without its lineage.
names_ancestors(ref) if {
	some stamp in valid
	stamp.model == ref
	is_array(stamp.ancestors)
}

# A summary that names rules answers no others.
_answers(stamp, rule) if {
	_among(rule, stamp.covers)
	count(stamp.levels) == 0
}

_answers(stamp, rule) if {
	_among(rule, stamp.covers)
	_among(rule, stamp.levels)
}

# A stamp is itself a signature over this content, by whom the site trusts for it.
_answers(stamp, rule) if {
	_among(rule, stamp.covers)
	rule in data.weighbridge.stamps.itself
}

_never(rule) if _among(rule, data.weighbridge.stamps.never)

_among(rule, patterns) if rule in patterns

_among(rule, patterns) if concat("", [split(rule, ".")[0], ".*"]) in patterns

_among(_, patterns) if "*" in patterns

# A level that reads as a rule or a topic; SLSA levels are written otherwise.
_is_rule(level) if contains(level, ".")

_answering(rule, ref) := [stamp |
	some stamp in valid
	stamp.model == ref
	_answers(stamp, rule)
]

_objecting(rule, ref) := {policy.name |
	some policy in input.site.policies
	policy.floor
	_demands(policy, rule)
	not policy.name in {stamp.policy | some stamp in _answering(rule, ref)}
}

_demands(policy, _) if policy.profile != null

_demands(policy, rule) if policy.rules[rule].action != null
