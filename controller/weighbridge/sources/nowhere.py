"""The source of what nothing but packs can answer for: schemes without source, and hosts that may not be asked."""
# ruff: noqa: ARG002  # whatever is asked, the answer is the same

from __future__ import annotations

from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Outcome, Unknown, Unreadable
from weighbridge.model.scans import Scan
from weighbridge.sources.interface import Listing


class Nowhere:
    """The source of what nothing but packs can answer for."""

    def __init__(self, scheme: str, why: Unknown) -> None:
        """Say `why` nobody can be asked about references of `scheme`."""
        self._unknown = why
        self._scheme = scheme

    @property
    def host(self) -> str:
        """The scheme; nobody is asked."""
        return f"{self._scheme}://"

    def late(self, seconds: float) -> Unknown:
        """Say that the packs have not been read in time."""
        return Unknown("timeout", self.host, None, f"the packs were not read in {seconds:.3g} s")

    async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
        """Nobody knows."""
        return self._unknown

    async def listing(self, repository: str, commit: str) -> Outcome[Listing | Unreadable]:
        """Nobody knows."""
        return self._unknown

    async def read(self, repository: str, commit: str, path: str, limit: int) -> Outcome[bytes | Unreadable]:
        """Nobody knows."""
        return self._unknown

    async def read_range(
        self, repository: str, commit: str, path: str, start: int, length: int
    ) -> Outcome[bytes | Unreadable]:
        """Nobody knows."""
        return self._unknown

    async def scan(self, repository: str, commit: str) -> Outcome[Scan | Unreadable]:
        """Nobody knows."""
        return self._unknown

    async def stated_licenses(self, repository: str, commit: str) -> Outcome[tuple[str, ...] | Unreadable]:
        """Nobody knows."""
        return self._unknown
