from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from weighbridge.lineage import NodeFacts, ParentStatement, Statements, lineage, parent_revision
from weighbridge.lineage.graph import MOST_NODES
from weighbridge.lineage.statements import MOST_PARENTS
from weighbridge.model.evidence import Edge, Gap, License, Lineage, Shape
from weighbridge.model.outcomes import Unknown, Unreadable

SHA = "0e9e39f2" * 5
MIT = License("mit", "mit", "front_matter", label_only=False, custom=False, name=None, also_named=())
DOWN = Unknown("unreachable", "hub.example", 60, "hub.example cannot be reached")
NAMES = [f"o/{letter}" for letter in "abcdef"]


def statement(parent: str, revision: str | None = None) -> ParentStatement:
    return ParentStatement(parent, parent, "finetune", "front_matter", revision)


def facts(name: str, *parents: str, unknown: tuple[Unknown, ...] = ()) -> NodeFacts:
    statements = Statements(tuple(statement(one) for one in parents), len(set(parents)), shape=Shape(1, 2, 3))
    return NodeFacts(name, "found", SHA, statements, MIT, unknown)


def graph(model: NodeFacts, *ancestors: NodeFacts) -> Lineage:
    found = lineage(model, {one.name.lower(): one for one in ancestors})
    assert isinstance(found, Lineage)
    return found


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=4), min_size=1))
def test_every_graph_ends_and_ancestors_are_closed(edges: dict[str, list[str]]) -> None:
    nodes = {name: facts(name, *parents) for name, parents in edges.items()}
    model = next(iter(nodes.values()))

    found = graph(model, *[one for one in nodes.values() if one is not model])

    above = {node.name: set(node.ancestors) for node in found.nodes}
    assert all(above.get(ancestor, set()) <= ancestors for ancestors in above.values() for ancestor in ancestors)
    assert {edge.parent for edge in found.edges} <= set(above) | {model.name}
    assert len({node.name for node in found.nodes}) == len(found.nodes)


def test_a_chain_has_depths_and_transitive_ancestors() -> None:
    found = graph(facts("o/m", "o/a"), facts("o/a", "o/b"), facts("o/b", "o/c"))

    assert [(node.name, node.depth, node.state, node.ancestors) for node in found.nodes] == [
        ("o/a", 1, "found", ("o/b", "o/c")),
        ("o/b", 2, "found", ("o/c",)),
        ("o/c", 3, "not_walked", ()),
    ]
    assert found.nodes[0].license == MIT
    assert found.nodes[0].commit == SHA
    assert found.nodes[0].shape == Shape(1, 2, 3)
    assert found.nodes[2].license is None
    assert found.unknown == ()


def test_a_cycle_makes_a_node_its_own_ancestor() -> None:
    found = graph(facts("o/m", "o/a"), facts("o/a", "o/b"), facts("o/b", "o/a"))

    assert {node.name: node.ancestors for node in found.nodes} == {"o/a": ("o/a", "o/b"), "o/b": ("o/a", "o/b")}


def test_a_parent_that_names_the_model_closes_the_circle_there() -> None:
    found = graph(facts("o/m", "o/a"), facts("o/a", "o/m"))

    assert [node.name for node in found.nodes] == ["o/a"]
    assert found.nodes[0].ancestors == ("o/a", "o/m")


def test_names_that_differ_in_case_are_one_node() -> None:
    found = graph(facts("o/m", "O/Base", "o/base"), facts("o/BASE"))

    assert [node.name for node in found.nodes] == ["O/Base"]
    assert found.edges == (Edge("o/m", "O/Base", "finetune", "front_matter", None, pinned=False),)


def test_what_could_not_be_asked_is_a_gap_beside_the_known() -> None:
    unknown = NodeFacts("o/b", "unknown", None, Statements(), None, (DOWN,))
    missing = NodeFacts("o/c", "missing", None, Statements(), None, ())

    found = graph(
        facts("o/m", "o/a", "o/b", "o/c", unknown=(DOWN,)), facts("o/a", unknown=(DOWN, DOWN)), unknown, missing
    )

    assert [(node.name, node.state) for node in found.nodes] == [
        ("o/a", "found"),
        ("o/b", "unknown"),
        ("o/c", "missing"),
    ]
    assert found.unknown == tuple(Gap(name, "unreachable", "hub.example", 60) for name in ("o/m", "o/a", "o/b"))


def test_too_many_parents_cannot_hide_one() -> None:
    model = facts("o/m", *(f"o/p{number}" for number in range(MOST_PARENTS + 1)))

    assert lineage(model, {}) == Unreadable(f"o/m names {MOST_PARENTS + 1} parents, at most {MOST_PARENTS} are walked")
    assert lineage(facts("o/x", "o/m"), {"o/m": model}) == lineage(model, {})


def test_too_many_ancestors_cannot_hide_one() -> None:
    parents = [facts(f"o/p{one}", *(f"o/q{one}-{two}" for two in range(30))) for one in range(4)]

    found = lineage(facts("o/m", *(one.name for one in parents)), {one.name: one for one in parents})

    assert found == Unreadable(f"o/m has 124 ancestors, at most {MOST_NODES} are read")


def test_a_parent_is_looked_up_at_its_commit_before_anything_else() -> None:
    assert parent_revision([statement("o/a"), statement("o/a", "v1"), statement("o/a", SHA)]) == SHA
    assert parent_revision([statement("o/a"), statement("o/a", "v1")]) == "v1"
    assert parent_revision([statement("o/a")]) is None
