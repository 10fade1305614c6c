# METADATA
# title: Exceptions
# description: Which exceptions are valid, why others are not, and what a valid one covers.
package weighbridge.lib.exceptions

import data.weighbridge.lib.finding
import data.weighbridge.lib.numbers
import data.weighbridge.lib.parameters

_ns_per_day := ((24 * 60) * 60) * 1000000000

# METADATA
# description: Why exceptions have no effect, by exception.
problems contains {"exception": exception, "why": concat("", ["it names no ", key])} if {
	some exception in input.site.exceptions
	some key in ["owner", "reason", "kind", "ticket"]
	exception[key] == ""
}

problems contains {"exception": exception, "why": concat("", [
	"kind ", exception.kind, " is none of ", concat(", ", kinds),
])} if {
	some exception in input.site.exceptions
	kinds := data.weighbridge.exceptions.kinds
	exception.kind != ""
	not exception.kind in kinds
}

problems contains {"exception": exception, "why": "it has no expiry"} if {
	some exception in input.site.exceptions
	exception.expires_ns == null
}

problems contains {"exception": exception, "why": "it has expired"} if {
	some exception in input.site.exceptions
	is_number(exception.expires_ns)
	exception.expires_ns <= input.time
}

problems contains {"exception": exception, "why": sprintf("it expires more than %d days ahead", [days])} if {
	some exception in input.site.exceptions
	is_number(exception.expires_ns)
	days := parameters.value("exception.valid", "max_exception_days")
	exception.expires_ns > input.time + (days * _ns_per_day)
}

problems contains {"exception": exception, "why": concat("", ["rule ", exception.rule, " takes no exceptions"])} if {
	some exception in input.site.exceptions
	_takes_none(exception.rule)
}

problems contains {"exception": exception, "why": "it names no model"} if {
	some exception in input.site.exceptions
	count(exception.models) == 0
}

problems contains {"exception": exception, "why": "it is for every model"} if {
	some exception in input.site.exceptions
	some pattern in exception.models
	_bare(pattern)
}

problems contains {"exception": exception, "why": "nobody else than who asked for it has approved it as it stands"} if {
	some exception in input.site.exceptions
	not _approved(exception)
}

_takes_none("*")

_takes_none(rule) if rule in data.weighbridge.exceptions.rules_without

_takes_none(rule) if startswith(rule, "policy.")

_bare(pattern) if {
	parts := split(pattern, "://")
	trim(parts[count(parts) - 1], "*?/") == ""
}

_approved(exception) if {
	exception.spec_digest != ""
	exception.requested_by != ""
	some approval in exception.approvals
	approval.spec_digest == exception.spec_digest
	approval.requested_by == exception.requested_by
	not approval.approver in {"", exception.requested_by}
}

_approved(exception) if {
	classes := _classes(exception.exception_class)
	count(classes) > 0
	every class in classes { _needs_no_approval(class, exception) }
}

# The policies that say what a class means: those of the highest priority that define it, and every floor.
_classes(name) := [class |
	some policy in input.site.policies
	_speaks(policy, numbers.greatest(_defining(name)))
	class := _class(policy, name)
]

_defining(name) := {policy.priority |
	some policy in input.site.policies
	_class(policy, name)
}

_class(policy, name) := policy.exception_classes[name]

_speaks(policy, top) if policy.priority == top

_speaks(policy, top) if {
	policy.priority < top
	policy.floor
}

_needs_no_approval(class, _) if {
	class.approval == "none"
	class.max_duration_ns == null
}

_needs_no_approval(class, exception) if {
	class.approval == "none"
	is_number(class.max_duration_ns)
	exception.expires_ns <= input.time + class.max_duration_ns
}

_invalid := {problem.exception | some problem in problems}

# METADATA
# description: For each exception without effect, all reasons.
invalid contains {"exception": exception, "why": finding.ordered(reasons)} if {
	some exception in _invalid
	reasons := {problem.why | some problem in problems; problem.exception == exception}
}

# METADATA
# description: The valid exceptions that cover a rule and a model.
covering(rule, model) := sort([_used(exception) |
	some exception in input.site.exceptions
	exception.rule == rule
	some match in exception.matched
	match.model == model
	not exception in _invalid
])

_used(exception) := {
	"name": exception.name,
	"namespace": exception.namespace,
	"owner": exception.owner,
	"expires": exception.expires_ns,
}
