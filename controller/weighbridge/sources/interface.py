"""
What a source of models can be asked.

Sources return bytes and listings; reading them is the business of the pure packages.
A source never raises: what it cannot say is `Unknown`, and what was delivered and cannot be used is `Unreadable`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


@dataclass(frozen=True, slots=True)
class Hosts:
    """Sources of one scheme, each for one host; the name of a repository says which."""

    at: Callable[[str], Source | Unknown]
    """Returns the source of a repository, or why nobody may be asked about it."""


def source_of(sources: Mapping[str, Source | Hosts], scheme: str, repository: str) -> Source | Unknown:
    """Return whom to ask about a repository, or why nobody can be."""
    match sources.get(scheme):
        case None:
            return Unknown("no_source", detail=f"no source reads {scheme}:// references")
        case Hosts(at=at):
            return at(repository)
        case source:
            return source


@dataclass(frozen=True, slots=True)
class Attachment:
    """Bytes that lie beside an artifact and may prove something about it; nobody has verified them."""

    place: str
    """Where they were found: `referrer sha256:…`, `tag sha256-….sig`."""
    media_type: str
    """Of the bytes: `application/vnd.dev.sigstore.bundle.v0.3+json`."""
    predicate_type: str | None
    """What the annotations say it is about."""
    annotations: Mapping[str, str]
    """As they stand beside the bytes; cosign keeps signatures in them."""
    content: Outcome[bytes | Unreadable]


@runtime_checkable
class Stating(Protocol):
    """A source that states something about a model beside its files."""

    async def stated_licenses(self, repository: str, commit: str) -> Outcome[tuple[str, ...] | Unreadable]:
        """Return the licenses that annotations, labels or the configuration of an artifact name, as written there."""


@runtime_checkable
class Attaching(Protocol):
    """A source that keeps attachments beside an artifact, by its digest."""

    async def attachments(self, repository: str, digest: str) -> Outcome[tuple[Attachment, ...] | Unreadable]:
        """Return everything attached to a digest; none where nothing is, `Unreadable` where there is more than we look at."""


@runtime_checkable
class Scanning(Protocol):
    """A source that scans what it holds."""

    async def scan(self, repository: str, commit: str) -> Outcome[Scan | Unreadable]:
        """Return what its scanners say now about a commit; `Missing` where it does not scan."""


class WholeSource(Source, Scanning, Stating, Protocol):
    """A source that can be asked everything, and says `Missing` where it has nothing to say."""


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
