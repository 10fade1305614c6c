# METADATA
# title: Signatures
# description: What the signatures of a model are worth here. Cryptography is decided before, identity is decided here.
package weighbridge.lib.signatures

import data.weighbridge.lib.counterparts

# METADATA
# description: Whether a signer of the site vouches for a signature or statement of a model, and may.
vouched(model, bundle) if {
	some voucher in model.vouchers
	voucher.bundle == bundle
	voucher.identity == true
	voucher.speaks == true
}

# METADATA
# description: Names of the signers that vouch for a signature or statement of a model.
vouchers(model, bundle) := {voucher.signer |
	some voucher in model.vouchers
	voucher.bundle == bundle
	voucher.identity == true
	voucher.speaks == true
}

# METADATA
# description: The signatures of a model that hold, are about this very content, and come from whom the site trusts for it.
trusted(model) := [signature |
	some signature in _about_this(model)
	_intact(signature.coverage)
	vouched(model, signature.bundle)
]

# METADATA
# description: Signatures that do not verify, or over files that have other bytes now.
invalid(model) := array.concat(
	[signature |
		some signature in model.signatures.found.signatures
		_refused(signature)
		not _stranger(signature)
	],
	[signature |
		some signature in _about_this(model)
		count(signature.coverage.changed) > 0
	],
)

# METADATA
# description: Signatures of which nobody here can say that the signer may sign for the model.
strange(model) := array.concat(
	[signature |
		some signature in model.signatures.found.signatures
		_refused(signature)
		_stranger(signature)
	],
	[signature |
		some signature in _about_this(model)
		bundle := signature.bundle
		not vouched(model, bundle)
	],
)

# METADATA
# description: Signatures from whom the site trusts that cannot be compared with the files.
incomparable(model) := [signature |
	some signature in _about_this(model)
	vouched(model, signature.bundle)
	signature.coverage.comparable == false
]

# METADATA
# description: The state of a model, one of trusted, invalid, wrong_signer, unknown_signer, incomparable and absent.
state(model) := "trusted" if count(trusted(model)) > 0

state(model) := "invalid" if {
	count(trusted(model)) == 0
	count(invalid(model)) > 0
}

state(model) := "wrong_signer" if {
	_neither(model)
	count(strange(model)) > 0
	count(counterparts.signers(model.ref)) > 0
}

state(model) := "unknown_signer" if {
	_neither(model)
	count(strange(model)) > 0
	count(counterparts.signers(model.ref)) == 0
}

state(model) := "incomparable" if {
	_neither(model)
	count(strange(model)) == 0
	count(incomparable(model)) > 0
}

state(model) := "absent" if {
	_neither(model)
	count(strange(model)) == 0
	count(incomparable(model)) == 0
}

_neither(model) if {
	count(trusted(model)) == 0
	count(invalid(model)) == 0
}

# METADATA
# description: Trusted signatures that cover every file an engine may load. One over the digest of an artifact covers all of it.
complete(model) := [signature |
	some signature in trusted(model)
	_complete(signature.coverage)
]

_complete(coverage) if coverage == null

_complete(coverage) if {
	count(coverage.unsigned) == 0
	count(coverage.missing) == 0
	count(coverage.dangerous) == 0
}

# METADATA
# description: Whether a trusted signature, or a trusted statement about it, covers the card that is judged.
card_bound(model) if {
	some signature in trusted(model)
	_covers_card(signature.coverage)
}

card_bound(model) if {
	some statement in statements(model)
	statement.card == true
}

_covers_card(coverage) if coverage == null

_covers_card(coverage) if coverage.card == true

# METADATA
# description: The statements about this very content that hold and come from whom the site trusts for it.
statements(model) := [statement |
	some statement in model.statements.found.statements
	statement.verified == true
	statement.about == "this_model"
	vouched(model, statement.bundle)
]

# METADATA
# description: Whether every place that may hold signatures, or statements, has answered.
whole(outcome) if is_string(outcome.missing.looked_at)

whole(outcome) if is_string(outcome.found.unreadable)

whole(outcome) if {
	is_array(outcome.found.unknown)
	count(outcome.found.unknown) == 0
}

# METADATA
# description: Where a place that may hold further signatures did not answer, what is known suffices.
settled("signature.trusted", model) if count(trusted(model)) > 0

settled("signature.covers_files", model) if count(complete(model)) > 0

settled("provenance.card_bound", model) if card_bound(model)

# METADATA
# description: Pointers to where signatures stand.
places(signatures) := [concat("", ["signature:", signature.bundle]) | some signature in signatures]

_about_this(model) := [signature |
	some signature in model.signatures.found.signatures
	signature.verified == true
	signature.about == "this_model"
]

_refused(signature) if signature.verified == false

_stranger(signature) if signature.code in data.weighbridge.signatures.strangers

_intact(coverage) if coverage == null

_intact(coverage) if {
	coverage.comparable == true
	count(coverage.changed) == 0
}
