"""
The kinds that say more about models than their PodSpecs do, and those the webhook asks to see.

A further API group is a module here, a line in `_READERS` and rows in `tables/kinds.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from weighbridge.workloads.kinds import serving_kserve_io
from weighbridge.workloads.kinds.kind import Kind
from weighbridge.workloads.tables import table

_READERS: tuple[Kind, ...] = serving_kserve_io.KINDS

KINDS: Mapping[tuple[str, str], Kind] = {(kind.group, kind.name): kind for kind in _READERS}
"""By API group and kind: the same kind name means different things in different groups."""


@dataclass(frozen=True, slots=True)
class Intercepted:
    """One rule of the webhook configuration."""

    group: str
    versions: tuple[str, ...]
    resource: str
    """Plural, with a subresource: `pods/ephemeralcontainers`."""
    operations: tuple[str, ...]


INTERCEPTED: tuple[Intercepted, ...] = tuple(
    Intercepted(
        row["group"],
        tuple(row.get("versions", ["*"])),
        row["resource"],
        tuple(row.get("operations", ["CREATE", "UPDATE"])),
    )
    for row in table("kinds")["kind"]
)
"""Everything the webhook asks to see."""
