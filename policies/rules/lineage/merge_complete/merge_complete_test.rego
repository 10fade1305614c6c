package weighbridge.rules.lineage.merge_complete_test

import data.weighbridge.fixture
import data.weighbridge.rules.lineage.merge_complete

test_a_merge_that_names_all_its_parents_passes if {
	_said({"edges": [_edge("a/b", "mergekit"), _edge("a/b", "front_matter")]}) == set()
}

test_a_parent_that_only_the_configuration_names_is_a_violation if {
	_said({"edges": [_edge("a/b", "mergekit"), _edge("c/d", "mergekit"), _edge("a/b", "front_matter")]}) == {
		"was merged from c/d, which its front matter does not name",
	}
}

test_a_merge_without_parents_is_a_violation if {
	said := {"is a merge and names none of its parents"}
	_said({"derived_by": ["tag merge"]}) == said
	gap := {"node": "acme/tariff-8b", "because": "timeout", "host": "hub.example", "since": null}
	_said({"derived_by": ["tag merge"], "unknown": [gap]}) == set()
}

test_what_is_no_merge_is_left_alone if {
	_said({}) == set()
	_said({"edges": [fixture.edge({})], "nodes": [fixture.node({"state": "missing"})]}) == set()
}

test_a_lineage_that_cannot_be_read_names_nobody if {
	document := fixture.about([fixture.model({"lineage": fixture.unreadable("too many")})], [])
	count(merge_complete.deny) == 1 with input as document
}

test_an_unknown_lineage_is_left_to_evidence_available if {
	document := fixture.about([fixture.model({"lineage": fixture.unknown("timeout")})], [])
	count(merge_complete.deny) == 0 with input as document
}

_edge(parent, source) := fixture.edge({"parent": parent, "source": source, "relation": "merge"})

_said(tree) := {finding.message |
	some finding in merge_complete.deny with input as fixture.about(
		[fixture.model({"lineage": fixture.lineage(tree)})],
		[],
	)
}
