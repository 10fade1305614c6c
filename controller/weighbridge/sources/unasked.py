"""A source that may not be asked, and says so to every question."""

from __future__ import annotations

from dataclasses import dataclass

from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Because, Outcome, Unknown, Unreadable
from weighbridge.sources.interface import Listing


@dataclass(frozen=True, slots=True)
class Unasked:
    """A host nobody listed, or any host when all are forbidden."""

    host: str
    because: Because
    why: str
    """A sentence with the way out."""

    def late(self, seconds: float) -> Unknown:
        """Say the same, however long one waited."""
        del seconds
        return self._unknown()

    async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
        """Say that nobody was asked."""
        del repository, revision
        return self._unknown()

    async def listing(self, repository: str, commit: str) -> Outcome[Listing | Unreadable]:
        """Say that nobody was asked."""
        del repository, commit
        return self._unknown()

    async def read(self, repository: str, commit: str, path: str, limit: int) -> Outcome[bytes | Unreadable]:
        """Say that nobody was asked."""
        del repository, commit, path, limit
        return self._unknown()

    async def read_range(
        self, repository: str, commit: str, path: str, start: int, length: int
    ) -> Outcome[bytes | Unreadable]:
        """Say that nobody was asked."""
        del repository, commit, path, start, length
        return self._unknown()

    def _unknown(self) -> Unknown:
        return Unknown(self.because, self.host, None, self.why)
