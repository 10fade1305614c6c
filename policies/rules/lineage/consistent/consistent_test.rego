package weighbridge.rules.lineage.consistent_test

import data.weighbridge.fixture
import data.weighbridge.rules.lineage.consistent

_one := fixture.edge({"parent": "a/one"})

_two := fixture.edge({"parent": "a/two", "source": "config", "relation": "unstated"})

_strangers := [fixture.node({"name": "a/one"}), fixture.node({"name": "a/two"})]

test_statements_that_agree_pass if {
	_grades(_strangers, [_one, object.union(_one, {"source": "config"})], {}) == set()
}

test_statements_that_name_strangers_are_a_violation if {
	consistent.deny == {{
		"model": fixture.ref,
		"grade": "full",
		"message": concat(", ", [
			"config.json says it was made from a/two",
			"front matter says a/one",
			"and neither descends from the other",
		]),
		"evidence": ["lineage.edge:config:a/two", "lineage.edge:front_matter:a/one"],
	}} with input as _document(_strangers, [_one, _two], {})
}

test_an_ancestor_on_either_side_is_no_stranger if {
	_grades([fixture.node({"name": "a/one", "ancestors": ["a/two"]})], [_one, _two], {}) == set()
	_grades([fixture.node({"name": "a/two", "ancestors": ["a/one"]})], [_one, _two], {}) == set()
	_grades(_strangers, [_one, _two, fixture.edge({"child": "a/one", "parent": "a/two"})], {}) == set()
}

test_parents_of_a_merge_are_a_set if {
	_grades(_strangers, [_one, object.union(_two, {"relation": "merge"})], {}) == set()
	_grades(_strangers, [_one, fixture.edge({"parent": "a/three"}), _two], {}) == set()
}

test_a_parent_that_is_not_settled_proves_nothing if {
	gap := {"node": "a/two", "because": "timeout", "host": "hub.example", "since": null}
	_grades(_strangers, [_one, _two], {"unknown": [gap]}) == set()
	deep := [
		fixture.node({"name": "a/one", "ancestors": ["a/deep"]}),
		fixture.node({"name": "a/deep", "state": "not_walked"}),
	]
	_grades(deep, [_one, _two], {}) == set()
}

test_a_circle_is_a_violation if {
	back := fixture.edge({"child": "a/one", "parent": "acme/tariff-8b"})
	_grades(_strangers, [_one, back], {}) == {"full"}
	_grades([fixture.node({"name": "a/one", "ancestors": ["a/one"]})], [_one], {}) == {"full"}
}

test_another_shape_is_a_violation_unless_a_change_is_documented if {
	other := [fixture.node({"shape": {"hidden_size": 4096, "layers": 40, "vocab_size": 128256}})]
	_grades(other, [fixture.edge({})], {}) == {"full"}
	_grades(other, [fixture.edge({})], {"documented_change": true}) == set()
	_grades(other, [fixture.edge({"relation": "unstated"})], {}) == set()
	_grades(other, [fixture.edge({"child": "a/b"})], {}) == set()
}

test_a_vocabulary_may_grow_and_hardly_shrink if {
	_grades([_with_vocabulary(128000)], [fixture.edge({})], {}) == set()
	_grades([_with_vocabulary(128300)], [fixture.edge({})], {}) == set()
	_grades([_with_vocabulary(200000)], [fixture.edge({})], {}) == {"weak"}
}

test_an_unreadable_lineage_is_a_violation if {
	count(consistent.deny) == 1 with input as fixture.about(
		[fixture.model({"lineage": fixture.unreadable("too deep")})],
		[],
	)
}

_with_vocabulary(size) := fixture.node({"shape": {"hidden_size": 4096, "layers": 32, "vocab_size": size}})

_grades(nodes, edges, parts) := {finding.grade |
	some finding in consistent.deny with input as _document(nodes, edges, parts)
}

_document(nodes, edges, parts) := fixture.about(
	[fixture.model({"lineage": fixture.lineage(object.union({"nodes": nodes, "edges": edges}, parts))})],
	[],
)
