# METADATA
# title: Exceptions have owner, reason and a live expiry
# description: An exception holds a finding back only while somebody answers for it, somebody else agreed, and it ends.
# custom:
#   severity: medium
#   since: "0.1"
#   who_can_act: you
#   parameters: [max_exception_days]
#   remedy:
#     deployer: mend the exception and have it approved again, or delete it
#     publisher: nothing to do
#   why: Exceptions are where policy quietly ends. An invalid one has no effect, and this finding tells its owner
#     why, until it is deleted.
#   denies:
#   - owner, reason, kind or ticket are missing, or the kind is not risk-accepted, false-positive, not-applicable
#     or fix-pending
#   - it has no expiry, has expired, or expires more than `max_exception_days` ahead
#   - it is for every rule, for every model, for none, or for `exception.valid`, `evidence.available` or `policy.*`
#   - nobody else than who asked has approved it as it stands, and its class does not do without approval
#   admits:
#   - an exception with all of this; what it holds back stays visible with effect `excepted`
#   - an exception whose class needs no approval, while it ends within the class's `maxDuration`
package weighbridge.rules.exception.valid

import data.weighbridge.lib.exceptions
import data.weighbridge.lib.finding

deny contains finding.general(message) if {
	some invalid in exceptions.invalid
	exception := invalid.exception
	message := concat("", [
		"exception ", exception.namespace, "/", exception.name, " for ", exception.rule,
		" has no effect: ", concat("; ", invalid.why),
	])
}
