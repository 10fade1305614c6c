package weighbridge.main

import data.weighbridge.lib.shape

# METADATA
# description: What the rules of library and site complain about, under the id that their path gives them.
complaints contains _read(concat(".", [topic, rule]), complaint) if {
	shape.readable
	some topic, rule
	some complaint in data.weighbridge.rules[topic][rule].deny
}

complaints contains _read(concat("", [site, "/", topic, ".", rule]), complaint) if {
	shape.readable
	some site, topic, rule
	some complaint in data.site[site].rules[topic][rule].deny
}

# A complaint of which a part cannot be read still is one.
_read(rule, complaint) := {
	"rule": rule,
	"model": _model(complaint),
	"grade": _grade(complaint),
	"message": _message(complaint),
	"evidence": _evidence(complaint),
}

default _model(_) := null

_model(complaint) := complaint.model if is_string(complaint.model)

default _grade(_) := "full"

_grade(complaint) := complaint.grade if complaint.grade in {"weak", "implied"}

default _message(_) := "the rule does not say why"

_message(complaint) := complaint.message if is_string(complaint.message)

default _evidence(_) := []

_evidence(complaint) := [pointer | some pointer in complaint.evidence; is_string(pointer)] if {
	is_array(complaint.evidence)
}
