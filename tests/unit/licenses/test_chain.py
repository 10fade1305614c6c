from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulators.tables import shipped

from weighbridge.licenses import Shown, clause_places, terms
from weighbridge.model.evidence import Edge, License, Lineage, Node, Place, Relation
from weighbridge.model.terms import InTheEnd, LicenseText, Term, Terms, TermSource

TABLE = shipped().licenses
NAMES = ("own", "a", "b", "c", "d")
RELATIONS: tuple[Relation, ...] = ("finetune", "adapter", "quantized", "merge", "distill", "unstated")


def licensed(key: str | None) -> License | None:
    return License(key, key, "front_matter", label_only=False, custom=False, name=None, also_named=()) if key else None


def edge(child: str, parent: str, relation: Relation = "finetune") -> Edge:
    return Edge(child, parent, relation, "front_matter", None, pinned=False)


def bound(own: str | None, ancestors: dict[str, str | None], *edges: Edge) -> Terms:
    nodes = tuple(Node(name, 1, "found", None, (), licensed(key), None) for name, key in ancestors.items())
    lineage = Lineage("own", nodes, edges, (), (), documented_change=False, shape=None, unknown=())
    return terms("own", licensed(own), lineage, Shown(), TABLE.licenses, TABLE.chain)


def facets(found: Terms, key: str) -> set[str]:
    return {one.facet for one in found.terms if one.license == key}


def test_a_models_own_license_binds_without_ancestors() -> None:
    found = terms("own", licensed("llama3.1"), None, Shown(), TABLE.licenses, TABLE.chain)

    assert found.sources == (TermSource("own", "llama3.1", "own", (), "front_matter"),)
    assert Term("field_of_use", "aup", "llama3.1", "1.b.iv", "own", "own") in found.terms
    assert InTheEnd("commercial", "conditional", "llama3.1", "own") in found.effective


def test_terms_come_down_through_adapters_merges_and_quantizations() -> None:
    found = bound(
        "mit", {"a": "mit", "b": "mit", "c": "gemma"},
        edge("own", "a", "quantized"), edge("a", "b", "merge"), edge("b", "c", "adapter"),
    )  # fmt: skip

    assert found.sources[-1] == TermSource(
        "c",
        "gemma",
        "weights",
        ("quantized by front_matter", "merge by front_matter", "adapter by front_matter"),
        "front_matter",
    )
    assert {"field_of_use", "pass_through", "notice", "modified_files_notice"} <= facets(found, "gemma")
    assert InTheEnd("field_of_use", "aup", "gemma", "c") in found.effective


def test_a_merge_brings_the_terms_of_every_parent() -> None:
    found = bound("mit", {"a": "llama3.1", "b": "gemma"}, edge("own", "a", "merge"), edge("own", "b", "merge"))

    assert {one.license for one in found.terms if one.facet == "notice"} == {"llama3.1", "gemma"}


def test_outputs_bring_what_their_license_says_of_them() -> None:
    named = bound("mit", {"a": "llama3.1"}, edge("own", "a", "distill"))
    forbidden = bound("mit", {"a": "exaone-nc"}, edge("own", "a", "distill"))
    derived = bound("mit", {"a": "deepseek"}, edge("own", "a", "distill"))
    free = bound("mit", {"a": "apache-2.0"}, edge("own", "a", "distill"))

    assert facets(named, "llama3.1") == {"outputs_train", "notice", "naming", "display"}
    assert facets(forbidden, "exaone-nc") == {"outputs_train"}
    assert {"field_of_use", "pass_through"} <= facets(derived, "deepseek")
    assert facets(free, "apache-2.0") == set()


def test_what_an_output_was_made_with_is_reached_by_outputs_too() -> None:
    found = bound("mit", {"a": "mit", "b": "exaone-nc"}, edge("own", "a", "distill"), edge("a", "b"))

    assert [one.via for one in found.sources] == ["own", "outputs", "outputs"]


def test_the_way_that_carries_most_counts() -> None:
    ways = (edge("own", "a", "distill"), edge("own", "b"), edge("b", "a"))

    assert [one.via for one in bound("mit", {"a": "gemma", "b": "mit"}, *ways).sources if one.node == "a"] == [
        "weights"
    ]


def test_an_ancestor_nobody_knows_leaves_everything_open() -> None:
    found = bound("mit", {"a": None}, edge("own", "a"))

    assert found.unidentified == ("a",)
    assert InTheEnd("commercial", "unknown", "", "a") in found.effective


def test_a_license_of_many_ancestors_binds_once_by_the_nearest() -> None:
    found = bound(None, {"a": "llama2", "b": "llama2"}, edge("own", "a"), edge("a", "b"))

    assert {one.node for one in found.terms} == {"a"}
    assert len(found.terms) == len(facets(found, "llama2"))


def test_a_license_outside_the_table_is_not_known() -> None:
    found = bound("odd", {})

    assert (found.sources, found.terms, found.effective) == ((), (), ())


def test_every_term_has_a_place() -> None:
    found = bound("mit", {"a": "llama3.1"}, edge("own", "a"))
    places = clause_places(found, TABLE.licenses)

    assert places["license.term:llama3.1:field_of_use"] == Place(
        "license Llama 3.1 Community", None, "1.b.iv field_of_use: aup"
    )
    assert len(places) == len(found.terms)


def test_what_the_files_show_is_kept() -> None:
    shown = Shown((LicenseText("LICENSE", "match", "mit", "mit", 1.0, 800, notice=False),), ("llama3.1",), ("gemma",))
    found = terms("own", None, None, shown, TABLE.licenses, TABLE.chain)

    assert (found.texts, found.notices, found.displays) == (shown.texts, shown.notices, shown.displays)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(RELATIONS)), max_size=20),
    st.lists(st.sampled_from([None, *TABLE.licenses]), min_size=5, max_size=5),
)
def test_circles_end_and_more_ancestors_never_free_a_model(
    drawn: list[tuple[str, str, Relation]], keys: list[str | None]
) -> None:
    edges = [edge(child, parent, relation) for child, parent, relation in drawn]
    alone = bound(keys[0], {})
    found = bound(keys[0], dict(zip(NAMES[1:], keys[1:], strict=True)), *edges)
    order = TABLE.chain.strictest

    assert set(alone.terms) <= set(found.terms)
    for one in alone.effective:
        now = next(two for two in found.effective if two.facet == one.facet)
        assert order[one.facet].index(now.value) <= order[one.facet].index(one.value)
