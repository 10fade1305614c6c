# METADATA
# title: Findings
# description: How rules write down a complaint.
package weighbridge.lib.finding

# METADATA
# description: A violation of the rule by a model.
full(model, message, evidence) := {"model": model.ref, "grade": "full", "message": message, "evidence": evidence}

# METADATA
# description: A weaker sign of a violation, which a profile may treat more mildly.
weak(model, message, evidence) := {"model": model.ref, "grade": "weak", "message": message, "evidence": evidence}

# METADATA
# description: A violation by a model of a grade that is computed.
graded(model, grade, message, evidence) := {
	"model": model.ref,
	"grade": grade,
	"message": message,
	"evidence": evidence,
}

# METADATA
# description: >-
#   A violation that profiles only record: it follows from what another rule reports, or the site has not said what it compares with.
implied(model, message, evidence) := {"model": model.ref, "grade": "implied", "message": message, "evidence": evidence}

# METADATA
# description: A complaint about the workload or the site rather than about one model.
general(message) := {"model": null, "grade": "full", "message": message, "evidence": []}

# METADATA
# description: The members of a set in order, as a list.
ordered(members) := sort([member | some member in members])

# METADATA
# description: The first name of some, with the number of the others.
shown(names) := ordered(names)[0] if count(names) == 1

shown(names) := concat("", [
	ordered(names)[0], " and ", sprintf("%d", [count(names) - 1]), " more",
]) if count(names) > 1

# METADATA
# description: At most three pointers to facts, in order.
first(pointers) := found if {
	pointers_in_order := ordered(pointers)
	found := [pointer | some index in [0, 1, 2]; pointer := pointers_in_order[index]]
}
