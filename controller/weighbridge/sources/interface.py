"""
What a source of models can be asked.

Sources return bytes and listings; reading them is the business of the pure packages.
A source never raises: what it cannot say is `Unknown`, and what was delivered and cannot be used is `Unreadable`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Because, Outcome, Unknown, Unreadable
from weighbridge.model.scans import Scan
from weighbridge.weights import ListedFile

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time of the machine."""
    return datetime.now(UTC)


MOST_LISTED = 100_000
"""Files of one repository."""
MOST_TAGS = 500
"""Tags of one repository."""
LISTING_BYTES = 16 * 1024 * 1024
"""Bytes of a listing as JSON."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a repository at one commit."""

    files: tuple[ListedFile, ...]
    tags: tuple[str, ...] = ()
    """What the source shows beside the files."""


class Source(Protocol):
    """A place that models are loaded from."""

    @property
    def host(self) -> str:
        """Whom a person would say we asked: `huggingface.co`."""

    async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
        """Return the commit or digest a branch, tag or commit means now; `Missing` when there is no such repository."""

    async def listing(self, repository: str, commit: str) -> Outcome[Listing | Unreadable]:
        """Return all files at a commit."""

    async def read(self, repository: str, commit: str, path: str, limit: int) -> Outcome[bytes | Unreadable]:
        """Return the content of a file at a commit; a larger one than `limit` bytes is `Unreadable`."""

    async def read_range(
        self, repository: str, commit: str, path: str, start: int, length: int
    ) -> Outcome[bytes | Unreadable]:
        """Return `length` bytes of a file at a commit from `start` on, fewer where it ends; never more is transferred than a buffer."""

    def late(self, seconds: float) -> Unknown:
        """Return what to say when the source has not answered in `seconds`."""


@runtime_checkable
class Scanning(Protocol):
    """A source that scans what it holds."""

    async def scan(self, repository: str, commit: str) -> Outcome[Scan | Unreadable]:
        """Return what its scanners say now about a commit; `Missing` where it does not scan."""


class ScanningSource(Source, Scanning, Protocol):
    """A source that can also be asked about scans."""


@dataclass(slots=True)
class Outage:
    """
    Since when a host has not answered.

    The start is a whole minute, so that a retry within the outage is the same fact and not a new cache key.
    """

    host: str
    clock: Clock
    since: int | None = field(default=None)

    def unknown(self, because: Because, detail: str, again_in: float | None = None) -> Unknown:
        """Note that the host did not answer, and when it wishes to be asked again."""
        if self.since is None:
            self.since = int(self.clock().timestamp()) // 60 * 60
        return Unknown(because, self.host, self.since, detail, again_in)

    def over(self) -> None:
        """Note that the host answered."""
        self.since = None
