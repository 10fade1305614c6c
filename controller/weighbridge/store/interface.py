"""
What a store can be asked: rows under digests, kept for other processes and later ones.

A store that fails raises `StoreError` and nothing else; whoever asks goes on without it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Protocol

MOST_ROW_BYTES = 1024 * 1024
"""Bytes of one row; what is larger is not kept in a store."""
OLD_VERSION_SECONDS = 7 * 86_400
"""For which rows of another version of the reading code stay, so that a rollback finds its own."""

_SEAL = 16


@dataclass(frozen=True, slots=True)
class Key:
    """
    Which answer: of whom, about what, at which commit.

    `version` is that of the code and tables that understood it, so that an upgrade never finds what older code read.
    """

    version: str
    kind: str
    host: str
    name: str
    """Repository."""
    rest: tuple[str, ...] = ()
    """Commit or revision, and path."""

    @property
    def id(self) -> bytes:
        """The digest under which the answer is kept."""
        digest = hashlib.blake2b(digest_size=16)
        for part in (self.version, self.kind, self.host, self.name, *self.rest):
            encoded = part.encode("utf-8", "surrogatepass")
            digest.update(len(encoded).to_bytes(4, "big") + encoded)
        return digest.digest()


@dataclass(frozen=True, slots=True)
class Row:
    """One answer as it is stored."""

    id: bytes
    version: str
    kind: str
    host: str
    name: str
    observed: float
    """Unix time at which the source gave the answer."""
    body: bytes

    def sealed(self) -> Row:
        """Return the row with a digest over all of it before its body."""
        return replace(self, body=self._digest(self.body) + self.body)

    def opened(self) -> Row | None:
        """Return the row without its digest, or `None` when the digest does not match: bytes that nobody wrote so."""
        digest, body = self.body[:_SEAL], self.body[_SEAL:]
        return replace(self, body=body) if digest == self._digest(body) else None

    def _digest(self, body: bytes) -> bytes:
        digest = hashlib.blake2b(self.id, digest_size=_SEAL)
        for part in (self.version, self.kind, self.host, self.name, repr(self.observed)):
            digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
        digest.update(body)
        return digest.digest()


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store holds of one kind."""

    kind: str
    rows: int
    size: int
    """Bytes of their bodies."""
    oldest: float
    """Unix time."""
    newest: float


class Store(Protocol):
    """Keeps rows for later processes."""

    @property
    def name(self) -> str:
        """How a person would call it; holds no password."""

    async def get(self, key: bytes) -> Row | None:
        """Return the row under a digest."""

    async def put(self, rows: Sequence[Row]) -> None:
        """Keep rows; one that is older than what is kept under its digest changes nothing."""

    async def newest(self, versions: AbstractSet[str], most_bytes: int) -> Sequence[Row]:
        """Return rows of these versions, newest first where the store can tell, of at most so many bytes."""

    async def contents(self) -> Sequence[Kept]:
        """Return what it holds, by kind."""

    async def purge(self, host: str | None, name: str | None) -> int:
        """Forget the rows of a host, of a repository, or all; return how many there were."""

    async def survives(self) -> str | None:
        """Return why what it holds would not outlive this Pod; `None` when it would."""

    async def close(self) -> None:
        """Let go of it."""
