"""
Which objects the admission webhook asks to see, and which others it may read: `tables/kinds.toml`, as rules.

No input or output.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from weighbridge.model.requests import KubeObject
from weighbridge.workloads.reading import text
from weighbridge.workloads.tables import table

Scope: TypeAlias = Literal["Namespaced", "Cluster"]


@dataclass(frozen=True, slots=True)
class Intercepted:
    """One resource that the webhook asks to see."""

    group: str
    versions: tuple[str, ...]
    resource: str
    """Plural, with a subresource: `pods/ephemeralcontainers`."""
    operations: tuple[str, ...]
    scope: Scope = "Namespaced"


@dataclass(frozen=True, slots=True)
class CompanionKind:
    """A kind of object that others name, and that may be read where they do."""

    group: str
    kind: str
    resource: str
    """Plural."""
    scope: Scope = "Namespaced"


INTERCEPTED: tuple[Intercepted, ...] = tuple(
    Intercepted(
        row["group"],
        tuple(row.get("versions", ["*"])),
        row["resource"],
        tuple(row.get("operations", ["CREATE", "UPDATE"])),
        row.get("scope", "Namespaced"),
    )
    for row in table("kinds")["kind"]
    if "resource" in row and row.get("asked", True)
)
"""Everything the webhook asks to see."""


def _companions() -> Iterator[CompanionKind]:
    """Yield the rows that say so, and those that a field of another leads to."""
    rows = table("kinds")["kind"]
    led_to = {(one.get("group"), one["to"]) for row in rows for one in row.get("fields", ()) if "to" in one}
    for row in rows:
        if row.get("companion") or (row["group"], row.get("kind")) in led_to:
            yield CompanionKind(row["group"], row["kind"], row["resource"], row.get("scope", "Namespaced"))


COMPANIONS: tuple[CompanionKind, ...] = tuple(_companions())
"""Every kind that may be read in a cluster; Secret is not among them."""

_CLUSTER_SCOPED = frozenset(
    (row["group"], row["kind"]) for row in table("kinds")["kind"] if row.get("scope") == "Cluster"
)


_KINDS: dict[tuple[str, str], str] = {
    (row["group"], row["resource"]): row["kind"]
    for row in table("kinds")["kind"]
    if "resource" in row and "kind" in row
}


def kind_of(one: Intercepted) -> str | None:
    """Return the kind of a resource, `None` for a subresource."""
    return _KINDS.get((one.group, one.resource))


def is_cluster_scoped(obj: KubeObject) -> bool:
    """Return whether an object is of a kind that names models for all namespaces."""
    return ((text(obj.get("apiVersion")) or "").rpartition("/")[0], text(obj.get("kind")) or "") in _CLUSTER_SCOPED
