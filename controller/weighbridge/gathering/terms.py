"""What the licenses along a lineage bind to, out of what was read of a repository."""

from __future__ import annotations

from collections.abc import Mapping

from weighbridge.gathering.parts import Parts, shown_of
from weighbridge.gathering.tables import Tables
from weighbridge.licenses import clause_places, terms
from weighbridge.model.evidence import License, Lineage, Place
from weighbridge.model.outcomes import Found, Outcome, Unreadable
from weighbridge.model.terms import Terms


def bound_terms(
    parts: Parts, own: License | None, graph: Lineage | Unreadable, tables: Tables
) -> Outcome[Terms | Unreadable]:
    """Return what the licenses of a model and its ancestors ask together, and what the repository shows of it."""
    table, known = tables.licenses, graph if isinstance(graph, Lineage) else None
    match shown_of(parts):
        case Found(value=shown):
            return Found(terms(tables.aliases.own(parts.name), own, known, shown, table.licenses, table.chain))
        case outcome:
            return outcome


def clauses(bound: Outcome[Terms | Unreadable], tables: Tables) -> Mapping[str, Place]:
    """Return where the clauses that bind stand in their licenses."""
    match bound:
        case Found(value=Terms() as value):
            return clause_places(value, tables.licenses.licenses)
        case _:
            return {}
