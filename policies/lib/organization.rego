# METADATA
# title: Organization
# description: What the site says about the organization that serves, for thresholds and territories.
package weighbridge.lib.organization

import data.weighbridge.lib.numbers

# METADATA
# description: Whether any policy that speaks here describes the organization.
default described := false

described if count(_speaking) > 0

# METADATA
# description: The numbers that policies give for a measure, of those of the highest priority and every floor.
stated(measure) := {value |
	some organization in _speaking
	value := object.get(organization, measure, null)
	value != null
}

_speaking contains policy.organization if {
	some policy in input.site.policies
	policy.organization != null
	_heard(policy, numbers.greatest(_priorities))
}

_priorities contains policy.priority if {
	some policy in input.site.policies
	policy.organization != null
}

_heard(policy, top) if policy.priority == top

_heard(policy, top) if {
	policy.priority < top
	policy.floor
}
