package weighbridge.main

import data.weighbridge.lib.effective
import data.weighbridge.lib.shape

# METADATA
# description: |
#   What each rule demands here, what follows from it now, and which objects set it: for people who ask.
#   No verdict reads it; the verdict and this read the same composition.
# entrypoint: true
demands := {
	"stage": _stage,
	"rules": [_demanded(rule) |
		shape.readable
		some rule in sort(object.keys(effective.full))
	],
	"derived": sort([rule | some rule in effective.derived]),
}

_demanded(rule) := {
	"rule": rule,
	"action": demand.action,
	"stage": demand.stage,
	"effect": effective.effect(demand.action, demand.stage),
	"weak": effective.weak[rule].action,
	"refused_from": demand.refused_from,
	"set_by": demand.set_by,
} if {
	demand := effective.full[rule]
}
