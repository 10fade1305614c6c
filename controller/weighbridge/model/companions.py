"""Other objects that a workload names, and what became of looking for them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """Another object whose content would change the answer."""

    kind: str
    name: str
    namespace: str
    """Empty for cluster-scoped kinds, and where the object that names it does not say its own."""
    group: str = ""
    otherwise: Wanted | None = None
    """Where its controller looks when there is no such object."""


@dataclass(frozen=True, slots=True)
class Unread:
    """An object that was looked for and could not be had."""

    wanted: Wanted
    because: str
    """`the API server forbids it`: a clause without subject and full stop, the same for every reader."""
