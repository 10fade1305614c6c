"""
A license and a lineage → the terms that bind whoever uses the model (source: licenses.md §5).

The terms of every ancestor are followed down to the model, each with the ancestor and the clause it comes from; what follows
from them is asked by policies. No input or output.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from weighbridge.licenses.facets import FACETS, ChainTable, LicenseFacets
from weighbridge.model.evidence import Edge, License, Lineage, Place
from weighbridge.model.terms import InTheEnd, LicenseText, Term, Terms, TermSource, Via

_NEAREST_FIRST: tuple[Via, ...] = ("own", "weights", "outputs", "data")
"""The ways to come from a model; where there are several, the one that carries most counts."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the files that come with a model show of licenses."""

    texts: tuple[LicenseText, ...] = ()
    notices: tuple[str, ...] = ()
    displays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Route:
    via: Via
    path: tuple[str, ...]


def terms(
    name: str,
    own: License | None,
    lineage: Lineage | None,
    shown: Shown,
    licenses: Mapping[str, LicenseFacets],
    chain: ChainTable,
) -> Terms:
    """Follow the terms of a model and of its ancestors down to it."""
    nodes: list[tuple[str, License | None, _Route]] = [(name, own, _Route("own", ()))]
    if lineage is not None:
        routes = _routes(lineage, chain)
        found = [(node.name, node.license, routes.get(node.name, _Route("weights", ()))) for node in lineage.nodes]
        nodes += sorted(found, key=lambda one: _NEAREST_FIRST.index(one[2].via))
    known = [
        (node, license_, route, facets)
        for node, license_, route in nodes
        if license_ is not None and (facets := licenses.get(license_.id or "")) is not None
    ]
    sources = [
        TermSource(node, facets.key, route.via, route.path, license_.source or "")
        for node, license_, route, facets in known
    ]
    named = {one.node for one in sources}
    unidentified = tuple(node for node, _, route in nodes if node not in named and route.via == "weights")
    return Terms(
        tuple(sources),
        tuple(_terms(sources, licenses, chain)),
        tuple(_effective(sources, unidentified, licenses, chain)),
        unidentified,
        shown.texts,
        shown.notices,
        shown.displays,
    )


def clause_places(found: Terms, licenses: Mapping[str, LicenseFacets]) -> dict[str, Place]:
    """Return where each term stands, by the pointer that findings use: `license.term:KEY:FACET`."""
    return {
        f"license.term:{one.license}:{one.facet}": Place(
            f"license {licenses[one.license].name}",
            None,
            f"{one.clause + ' ' if one.clause else ''}{one.facet}: {one.value}"[:200],
        )
        for one in found.terms
    }


def _routes(lineage: Lineage, chain: ChainTable) -> dict[str, _Route]:
    """Return how the model comes from each ancestor; a circle ends where it closes."""
    parents: dict[str, list[Edge]] = {}
    for edge in lineage.edges:
        parents.setdefault(edge.child, []).append(edge)
    routes = {lineage.name: _Route("own", ())}
    waiting = deque([lineage.name])
    while waiting:
        child = waiting.popleft()
        route = routes[child]
        for edge in parents.get(child, ()):
            via = max(route.via, chain.relations.get(edge.relation, "weights"), key=_NEAREST_FIRST.index)
            before = routes.get(edge.parent)
            if before is None or _NEAREST_FIRST.index(via) < _NEAREST_FIRST.index(before.via):
                routes[edge.parent] = _Route(via, (*route.path, f"{edge.relation} by {edge.source}"))
                waiting.append(edge.parent)
    return routes


def _terms(sources: list[TermSource], licenses: Mapping[str, LicenseFacets], chain: ChainTable) -> Iterator[Term]:
    """Yield what binds, each term of a license once for each way it comes."""
    seen: set[tuple[str, Via]] = set()
    for source in sources:
        if (source.license, source.via) in seen:
            continue
        seen.add((source.license, source.via))
        license_ = licenses[source.license]
        for facet in _carried(source.via, license_, chain):
            value = license_.words.get(facet)
            if value is not None and value in chain.binding.get(facet, (value,)):
                yield Term(facet, value, license_.key, license_.clauses.get(facet), source.node, source.via)


def _carried(via: Via, license_: LicenseFacets, chain: ChainTable) -> tuple[str, ...]:
    match via:
        case "own":
            return FACETS
        case "outputs":
            return chain.outputs.get(license_.words["outputs_train"], FACETS)
        case "weights" | "data":
            return chain.carried.get(via, FACETS)


def _effective(
    sources: list[TermSource],
    unidentified: tuple[str, ...],
    licenses: Mapping[str, LicenseFacets],
    chain: ChainTable,
) -> Iterator[InTheEnd]:
    """Yield the strictest value of each facet; an ancestor nobody knows may say anything."""
    for facet, order in chain.strictest.items():
        said = [
            InTheEnd(facet, licenses[one.license].words[facet], one.license, one.node)
            for one in sources
            if facet in _carried(one.via, licenses[one.license], chain)
        ]
        said += [InTheEnd(facet, "unknown", "", node) for node in unidentified[:1]]
        if said:
            yield min(said, key=lambda one: order.index(one.value))
