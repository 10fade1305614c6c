"""
Statements of many repositories → one flat graph.

Cycles end, a repository that names itself names nobody, and what could not be asked is a gap beside the known members.
No input or output.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from weighbridge.lineage.statements import MOST_PARENTS, ParentStatement, Statements
from weighbridge.model.evidence import Edge, Gap, License, Lineage, Node
from weighbridge.model.outcomes import Unknown, Unreadable

MOST_NODES = 96
"""Ancestors of one model."""


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What was learnt about one ancestor, or about the model itself."""

    name: str
    state: Literal["found", "missing", "unknown"]
    commit: str | None
    statements: Statements
    license: License | None
    unknown: tuple[Unknown, ...]
    """What could not be asked about it."""


def parent_revision(statements: Sequence[ParentStatement]) -> str | None:
    """Return the revision to look a parent up at: a commit, else whatever any statement says."""
    pinned = [one.revision for one in statements if one.pinned]
    stated = [one.revision for one in statements if one.revision is not None]
    return next(iter([*pinned, *stated]), None)


def lineage(model: NodeFacts, ancestors: Mapping[str, NodeFacts]) -> Lineage | Unreadable:
    """
    Put the graph together; `ancestors` holds those that were walked, by lower-case name.

    A parent that was named and not walked is a node too.
    """
    for facts in (model, *ancestors.values()):
        if facts.statements.named > MOST_PARENTS:
            return Unreadable(f"{facts.name} names {facts.statements.named} parents, at most {MOST_PARENTS} are walked")
    spelled = {model.name.lower(): model.name}
    edges: list[Edge] = []
    depths = {model.name.lower(): 0}
    queue = [model]
    for facts in queue:
        child = spelled[facts.name.lower()]
        for one in facts.statements.parents:
            key = one.parent.lower()
            edges.append(
                Edge(child, spelled.setdefault(key, one.parent), one.relation, one.source, one.revision, one.pinned)
            )
            if key not in depths:
                depths[key] = depths[child.lower()] + 1
                if key in ancestors:
                    queue.append(ancestors[key])
    if len(depths) > MOST_NODES:
        return Unreadable(f"{model.name} has {len(depths) - 1} ancestors, at most {MOST_NODES} are read")

    parents: dict[str, set[str]] = {}
    for edge in edges:
        parents.setdefault(edge.child, set()).add(edge.parent)
    nodes = tuple(
        _node(spelled[key], depth, ancestors.get(key), tuple(sorted(_above(spelled[key], parents))))
        for key, depth in depths.items()
        if depth
    )
    gaps = {
        Gap(spelled[facts.name.lower()], one.because, one.host, one.since): None
        for facts in queue
        for one in facts.unknown
    }
    own = model.statements
    return Lineage(
        name=model.name,
        nodes=nodes,
        edges=tuple(dict.fromkeys(edges)),
        derived_by=own.derived_by,
        prose_parents=own.prose_parents,
        documented_change=own.documented_change,
        shape=own.shape,
        unknown=tuple(gaps),
    )


def _node(name: str, depth: int, facts: NodeFacts | None, above: tuple[str, ...]) -> Node:
    if facts is None:
        return Node(name, depth, "not_walked", None, above, None, None)
    return Node(name, depth, facts.state, facts.commit, above, facts.license, facts.statements.shape)


def _above(name: str, parents: Mapping[str, Iterable[str]]) -> set[str]:
    """Return all ancestors of a node; in a cycle these include the node itself."""
    found: set[str] = set()
    stack = [name]
    while stack:
        for parent in parents.get(stack.pop(), ()):
            if parent not in found:
                found.add(parent)
                stack.append(parent)
    return found
