# METADATA
# title: Parameters of rules
# description: A parameter is what the highest-priority policy that sets it says, else the default of the library.
package weighbridge.lib.parameters

import data.weighbridge.lib.effective
import data.weighbridge.lib.numbers

# METADATA
# description: The value of a parameter; undefined where nobody sets it, which policy.configured reports.
value(rule, key) := data.weighbridge.parameters[rule][key] if count(_settings(rule, key)) == 0

# At equal priority the policy whose name sorts first speaks: of two values nobody can say which is the stricter.
value(rule, key) := first[0][1] if {
	settings := _settings(rule, key)
	count(settings) > 0
	top := numbers.greatest({setting.priority | some setting in settings})
	first := sort([[setting.policy, setting.value] | some setting in settings; setting.priority == top])
}

_settings(rule, key) := [{"priority": policy.priority, "policy": policy.name, "value": value_here} |
	some policy in input.site.policies
	value_here := _said_by(policy, rule, key)
]

_said_by(policy, rule, key) := entry.parameters[key] if {
	entry := policy.rules[rule]
	effective.in_effect(entry)
}
