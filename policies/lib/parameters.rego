# METADATA
# title: Parameters of rules
# description: A parameter is what the highest-priority policy that sets it says, else the default of the library.
package weighbridge.lib.parameters

import data.weighbridge.lib.effective

# METADATA
# description: The value of a parameter; undefined where nobody sets it, which policy.configured reports.
value(rule, key) := set_by_site[0].value if {
	set_by_site := _set_by_site(rule, key)
	count(set_by_site) > 0
}

value(rule, key) := data.weighbridge.parameters[rule][key] if count(_set_by_site(rule, key)) == 0

# At equal priority the policy whose name sorts first speaks: of two values nobody can say which is the stricter.
_set_by_site(rule, key) := sort([{"rank": 0 - policy.priority, "policy": policy.name, "value": value} |
	some policy in input.site.policies
	value := _said_by(policy, rule, key)
])

_said_by(policy, rule, key) := entry.parameters[key] if {
	entry := policy.rules[rule]
	effective.in_effect(entry)
}
