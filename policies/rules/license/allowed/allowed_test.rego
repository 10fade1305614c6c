package weighbridge.rules.license.allowed_test

import data.weighbridge.fixture
import data.weighbridge.rules.license.allowed

_facets := {
	"free": {"commercial": "yes", "share_alike": "no", "revocable": "no", "field_of_use": "none"},
	"bound": {"commercial": "no", "share_alike": "yes", "revocable": "yes", "field_of_use": "aup"},
	"dark": {"commercial": "unknown", "share_alike": "unknown", "revocable": "unknown", "field_of_use": "unknown"},
}

_everything := {"commercial": true, "copyleft": false, "revocable": false, "field_of_use": ["none"]}

test_without_a_license_policy_every_known_license_is_allowed if {
	count(allowed.deny) == 0 with input as _under("bound", [null]) with data.weighbridge.licenses.facets as _facets
}

test_a_license_that_meets_every_demand_is_allowed if {
	count(allowed.deny) == 0 with input as _under("free", [_everything])
		with data.weighbridge.licenses.facets as _facets
}

test_each_demand_that_is_not_met_is_a_violation if {
	_messages == {
		"license bound forbids commercial use",
		"license bound is copyleft, which is not accepted here",
		"license bound can be revoked, which is not accepted here",
		"license bound restricts the field of use (aup), which is not accepted here",
	} with input as _under("bound", [_everything])
		with data.weighbridge.licenses.facets as _facets
}

test_each_unknown_facet_that_is_asked_about_is_a_violation if {
	_messages == {
		"license dark has terms unknown here: commercial",
		"license dark has terms unknown here: share alike",
		"license dark has terms unknown here: revocable",
		"license dark has terms unknown here: field of use",
	} with input as _under("dark", [_everything])
		with data.weighbridge.licenses.facets as _facets
}

test_lists_decide if {
	refused := {"license free is not allowed here"}
	_messages == refused with input as _under("free", [{"deny": ["free"]}])
	_messages == refused with input as _under("free", [{"allow": ["bound"]}])
	count(_messages) == 0 with input as _under("free", [{"allow": ["free"]}])
}

test_the_highest_priority_and_every_floor_speak if {
	count(_messages) == 0 with input as _under("free", [{"allow": ["free"]}, {"deny": ["free"]}])
	count(_messages) == 1 with input as _under_floor("free", [{"allow": ["free"]}, {"deny": ["free"]}])
}

test_an_ancestor_counts_and_is_named if {
	changed := fixture.model({"lineage": fixture.lineage({
		"nodes": [
			fixture.node({"license": fixture.license({"id": "bound"}).found}),
			fixture.node({"license": fixture.license({"id": null}).found}),
		],
		"edges": [fixture.edge({})],
	})})
	allowed.deny == {{
		"model": fixture.ref,
		"grade": "full",
		"message": "derives from meta-llama/Llama-3.1-8B, whose license bound forbids commercial use",
		"evidence": ["lineage.edge:front_matter:meta-llama/Llama-3.1-8B"],
	}} with input as fixture.under(changed, [_policy(9, {"commercial": true})])
		with data.weighbridge.licenses.facets as object.union(_facets, {"apache-2.0": _facets.free})
}

test_unidentified_terms_are_a_violation if {
	license := {"declared": "other", "id": null, "custom": true, "name": "acme-eula"}
	_messages == {"terms unknown: license acme-eula is not one whose terms are on record"} with input as _with(license)
	bare := {"declared": "self", "id": null}
	_messages == {"terms unknown: license self is not one whose terms are on record"} with input as _with(bare)
	nameless := {"declared": null, "id": null, "custom": true}
	unnamed := {"terms unknown: license without a name is not one whose terms are on record"}
	_messages == unnamed with input as _with(nameless)
}

test_a_label_is_left_to_license_declared if {
	count(allowed.deny) == 0 with input as _with({"declared": "openrail", "id": null, "label_only": true})
}

test_what_cannot_be_read_is_a_violation if {
	changed := fixture.model({"license": fixture.unreadable("a tab"), "lineage": fixture.unreadable("too deep")})
	_messages == {
		"terms unknown: its license cannot be read: a tab",
		"terms unknown: its lineage cannot be read: too deep",
	} with input as fixture.about([changed], [])
}

_messages := {finding.message | some finding in allowed.deny}

_with(license) := fixture.about([fixture.model({"license": fixture.license(license)})], [])

_licensed(id) := fixture.model({"license": fixture.license({"id": id})})

_under(id, demands) := fixture.under(_licensed(id), [_policy(9 - index, demand) | some index, demand in demands])

_under_floor(id, demands) := fixture.under(_licensed(id), [object.union(_policy(9 - index, demand), {"floor": true}) |
	some index, demand in demands
])

_policy(priority, null) := fixture.policy({"priority": priority})

_policy(priority, demand) := fixture.policy({"priority": priority, "licenses": object.union(_nothing, demand)}) if {
	demand != null
}

_nothing := {
	"allow": null,
	"deny": [],
	"commercial": false,
	"copyleft": true,
	"revocable": true,
	"field_of_use": null,
}
