# METADATA
# title: Claims of a card
# description: What a card says beside its sections. Claims are found in English text and in metadata.
package weighbridge.lib.claims

import data.weighbridge.lib.finding
import data.weighbridge.lib.sections

# METADATA
# description: Pointers to where a card makes a claim of a kind, at most three; none where it makes none.
pointers(model, kind) := finding.first({pointer |
	some claim in _made(model)
	claim.kind == kind
	pointer := sprintf("card.line:%d", [claim.line])
})

# METADATA
# description: The words that the claims of a kind are known by.
words(model, kind) := {claim.what | some claim in _made(model); claim.kind == kind}

# METADATA
# description: The complaint about a card that claims nothing of a kind; undefined where it does, and for text that is not English.
complaint(model, _, what) := unreadable if {
	not model.card.found.sections
	unreadable := sections.complaint(model, "", what)
}

complaint(model, kind, what) := finding.full(model, message, ["card"]) if {
	_english(model.card.found.language)
	count(words(model, kind)) == 0
	message := concat("", ["its model card does not say ", what])
}

default _made(_) := []

_made(model) := model.card.found.claims

_english(language) if language == "en"

_english(language) if is_null(language)
