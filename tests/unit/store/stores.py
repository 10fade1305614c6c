"""Rows, and watches, for tests of stores."""

from __future__ import annotations

from dataclasses import dataclass

from weighbridge.store.interface import Key, Row

HUB = "hub.example"


@dataclass
class Watch:
    """A clock that is set by hand."""

    now: float = 1_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def key(name: str = "acme/model", *rest: str, kind: str = "card", host: str = HUB, version: str = "v1") -> Key:
    """Return the key of an answer."""
    return Key(version, kind, host, name, rest)


def row(one: Key, body: bytes = b"body", observed: float = 1_000.0) -> Row:
    """Return a sealed row."""
    return Row(one.id, one.version, one.kind, one.host, one.name, observed, body).sealed()
