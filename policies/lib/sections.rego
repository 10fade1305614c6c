# METADATA
# title: Sections of a card
# description: What a card answers. A card that is not there, or cannot be read, answers nothing; of one in a language that is not read nobody knows.
package weighbridge.lib.sections

import data.weighbridge.lib.parameters

# METADATA
# description: How a model card fails to speak of something, with the grade of that; none where it speaks of it.
silence(model, _, what) := {"grade": "implied", "message": message} if {
	is_string(model.card.missing.looked_at)
	message := concat("", ["has no model card, so nothing is said about ", what])
}

silence(model, _, what) := {"grade": "implied", "message": message} if {
	why := model.card.found.unreadable
	message := concat("", ["its model card cannot be read, so nothing is said about ", what, ": ", why])
}

silence(model, section, what) := {"grade": _grade(model.card.found), "message": message} if {
	sections := model.card.found.sections
	model.card.found.skipped == null
	not _answers(sections, section)
	message := concat("", ["its model card says nothing about ", what])
}

# METADATA
# description: The complaint about a card that does not speak of something; undefined where it does.
complaint(model, section, what) := {
	"model": model.ref,
	"grade": silent.grade,
	"message": silent.message,
	"evidence": ["card"],
} if {
	silent := silence(model, section, what)
}

# What is no card at all is what card.present complains about, and all else follows from it.
default _grade(_) := "full"

_grade(card) := "implied" if card.code_readme == true

_grade(card) := "implied" if {
	card.code_readme == false
	card.letters < parameters.value("card.present", "min_letters")
}

# METADATA
# description: Whether a card answers a section and says too little to hold anybody to it.
vague(model, section) if {
	model.card.found.skipped == null
	answer := model.card.found.sections[section]
	answer.present == true
	answer.vague == true
}

# METADATA
# description: Whether a card answers a section.
answered(model, section) if model.card.found.sections[section].present == true

# METADATA
# description: Pointers to where a card speaks of something.
pointers(model, section) := found if {
	lines := model.card.found.sections[section].lines
	found := array.concat(["card"], [sprintf("card.line:%d", [lines[index]]) | some index in [0, 1]; lines[index]])
}

_answers(sections, section) if sections[section].present == true
