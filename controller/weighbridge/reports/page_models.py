"""What the page says of one model: license along its lineage, sections of its card, size, files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from weighbridge.facts import MODEL_FACTS
from weighbridge.model.evidence import Card, Edge, Evidence, Files, License, Lineage, Node, Place
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.text import printable, short_ref
from weighbridge.model.verdicts import JudgedModel
from weighbridge.model.weights import Weights

_NODES = 200
"""Ancestors that are drawn."""
_PLACES = 60

T = TypeVar("T")


def model_content(judged: JudgedModel | None, ref: str, evidence: Evidence | None) -> Mapping[str, object]:
    """Return one model; `evidence` is `None` for one that a finding names and nobody asked about."""
    named = {
        "ref": printable(ref, 500),
        "short": printable(short_ref(ref), 200),
        "role": judged.role if judged else "",
        "commit": (judged.commit or "") if judged else "",
        "digest": (judged.digest or "") if judged else "",
    }
    if evidence is None:
        return named
    return {
        **named,
        "license": _license(_read(evidence.license)),
        "sections": _sections(_read(evidence.card)),
        "lineage": _lineage(_read(evidence.lineage)),
        "weights": _weights(_read(evidence.weights)),
        "files": _files(_read(evidence.files)),
        "gaps": list(_gaps(evidence)),
        "places": [_place(name, place) for name, place in sorted(evidence.places.items())[:_PLACES]],
    }


def _read(outcome: Outcome[T | Unreadable]) -> T | None:
    """Return what was found and could be read."""
    match outcome:
        case Found(value=value) if not isinstance(value, Unreadable):
            return value
        case _:
            return None


def _gaps(evidence: Evidence) -> Iterator[list[str]]:
    """Yield each fact that is missing, unknown or unreadable, with the reason."""
    for name in MODEL_FACTS:
        match getattr(evidence, name):
            case Missing(looked_at=looked_at):
                yield [name, "missing", printable(looked_at, 300)]
            case Unknown() as unknown:
                yield [name, "not known", printable(unknown.detail or unknown.because, 300)]
            case Found(value=Unreadable(unreadable=why)):
                yield [name, "unreadable", printable(why, 300)]
            case _:
                pass


def _license(license_: License | None) -> str:
    if license_ is None:
        return ""
    return printable(license_.id or license_.declared or "not identified", 120)


def _sections(card: Card | None) -> Mapping[str, str]:
    """Return by section whether the card answers it."""
    sections = card.sections if card else {}
    return {
        name: "vague" if one.present and one.vague else "stated" if one.present else "missing"
        for name, one in sections.items()
    }


def _lineage(lineage: Lineage | None) -> Mapping[str, object] | None:
    if lineage is None:
        return None
    nodes = lineage.nodes[:_NODES]
    return {
        "name": printable(lineage.name, 200),
        "nodes": [_node(one) for one in nodes],
        "edges": [_edge(one) for one in lineage.edges[: 4 * _NODES]],
        "left_out": len(lineage.nodes) - len(nodes),
        "derived": [printable(one, 100) for one in lineage.derived_by[:10]],
    }


def _node(node: Node) -> Mapping[str, str]:
    return {"name": printable(node.name, 200), "state": node.state, "license": _license(node.license)}


def _edge(edge: Edge) -> Mapping[str, object]:
    return {
        "child": printable(edge.child, 200),
        "parent": printable(edge.parent, 200),
        "relation": edge.relation,
        "source": edge.source,
        "pinned": edge.pinned,
    }


def _weights(weights: Weights | None) -> Mapping[str, object] | None:
    if weights is None:
        return None
    return {
        "format": weights.format,
        "size": weights.size,
        "parameters": weights.parameters,
        "bits": weights.bits,
        "ratio": weights.ratio,
        "parents": [[printable(one.parent, 200), one.ratio] for one in weights.ratios_to_parents[:10]],
    }


def _files(files: Files | None) -> Mapping[str, object] | None:
    if files is None:
        return None
    return {"count": files.count, "formats": sorted({one.format for one in files.files if one.loaded})}


def _place(name: str, place: Place) -> list[str]:
    line = f":{place.line}" if place.line else ""
    return [printable(name, 120), f"{printable(place.file, 200)}{line}", printable(place.text or "", 200)]
