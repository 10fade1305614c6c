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
    units: float | None = None
    """Its size in numbers of its own precision."""


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
    graph = _Graph(model, ancestors)
    if len(graph.depths) > MOST_NODES:
        return Unreadable(f"{model.name} has {len(graph.depths) - 1} ancestors, at most {MOST_NODES} are read")
    own = model.statements
    return Lineage(
        name=model.name,
        nodes=graph.nodes(),
        edges=tuple(dict.fromkeys(graph.edges)),
        derived_by=own.derived_by,
        prose_parents=own.prose_parents,
        documented_change=own.documented_change,
        shape=own.shape,
        unknown=graph.gaps(),
        learnt_from=own.learnt_from,
    )


class _Graph:
    """The statements in the order of their depth, each repository under one spelling of its name."""

    def __init__(self, model: NodeFacts, ancestors: Mapping[str, NodeFacts]) -> None:
        self.edges: list[Edge] = []
        self.depths = {model.name.lower(): 0}
        self._ancestors = ancestors
        self._spelled = {model.name.lower(): model.name}
        self._walked = [model]
        for facts in self._walked:  # grows while it is read
            for one in facts.statements.parents:
                self._add(facts.name.lower(), one)

    def _add(self, child: str, one: ParentStatement) -> None:
        key = one.parent.lower()
        parent = self._spelled.setdefault(key, one.parent)
        self.edges.append(
            Edge(self._spelled[child], parent, one.relation, one.source, one.revision, one.pinned, one.confidence)
        )
        if key not in self.depths:
            self.depths[key] = self.depths[child] + 1
            if key in self._ancestors:
                self._walked.append(self._ancestors[key])

    def nodes(self) -> tuple[Node, ...]:
        """Return the ancestors, nearest first."""
        parents: dict[str, set[str]] = {}
        for edge in self.edges:
            parents.setdefault(edge.child, set()).add(edge.parent)
        return tuple(
            _node(
                self._spelled[key], depth, self._ancestors.get(key), tuple(sorted(_above(self._spelled[key], parents)))
            )
            for key, depth in self.depths.items()
            if depth
        )

    def gaps(self) -> tuple[Gap, ...]:
        """Return what could not be asked, each once."""
        gaps = (
            Gap(self._spelled[facts.name.lower()], one.because, one.host, one.since)
            for facts in self._walked
            for one in facts.unknown
        )
        return tuple(dict.fromkeys(gaps))


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
