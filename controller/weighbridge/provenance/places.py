"""Where signatures and attestations lie, and how many bundles a file holds. No input or output."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal, TypeAlias

from weighbridge.provenance.tables import table

MOST_BUNDLES = 32
"""Bundles looked at of one place; more is content nobody needs and a way to buy time."""

PlaceKind: TypeAlias = Literal["signature", "maybe", "attestation"]


def place_kind(path: str) -> PlaceKind | None:
    """Return what a file of a repository would be; `None` for the files of the model itself."""
    lower = path.lower()
    for kind, patterns in _patterns():
        if any(pattern.count("/") == lower.count("/") and fnmatchcase(lower, pattern) for pattern in patterns):
            return kind
    return None


def places(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the files that may hold signatures, those of the model first."""
    order: dict[PlaceKind, int] = {"signature": 0, "maybe": 1, "attestation": 2}
    found = [(order[kind], path) for path in paths if (kind := place_kind(path)) is not None]
    return tuple(path for _, path in sorted(found))


def bundles_in(content: bytes) -> list[bytes]:
    """Return the bundles of a file: its lines where each line begins like JSON, else the whole file."""
    lines = [line for line in content.splitlines() if line.strip()]
    if len(lines) > 1 and all(line.lstrip().startswith(b"{") and line.rstrip().endswith(b"}") for line in lines):
        return lines
    return [content] if content.strip() else []


def could_be_bundle(content: bytes) -> bool:
    """Tell a bundle from a signature of another program, which has the same name."""
    return content.lstrip().startswith(b"{")


@cache
def _patterns() -> tuple[tuple[PlaceKind, tuple[str, ...]], ...]:
    written = table("places")
    return (
        ("signature", tuple(written["signatures"])),
        ("maybe", tuple(written["maybe"])),
        ("attestation", tuple(written["attestations"])),
    )
