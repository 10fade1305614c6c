"""
Writes down what a source answers while evidence is gathered: what a pack is made of.

A pack thus holds exactly what a review reads, for whatever it reads, and the review can be held again from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from weighbridge.gathering.repositories import is_evidence
from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.scans import Scan
from weighbridge.sources.interface import Listing, Scanning, Source, Stating
from weighbridge.sources.pack_format import STATED_LICENSE, Absent, Blob, PackedFile, PackedRepository
from weighbridge.weights import content_files

Where = tuple[str, str]
"""Repository and commit or digest."""


@dataclass(slots=True)
class Recording:
    """What was answered."""

    resolved: dict[tuple[str, str | None], Resolved] = field(default_factory=dict)
    missing: set[tuple[str, str | None]] = field(default_factory=set)
    listings: dict[Where, Listing] = field(default_factory=dict)
    contents: dict[tuple[str, str, str], bytes] = field(default_factory=dict)
    heads: dict[tuple[str, str, str], bytes] = field(default_factory=dict)
    absent: set[tuple[str, str, str]] = field(default_factory=set)
    stated: dict[Where, tuple[str, ...]] = field(default_factory=dict)
    """Licenses."""


class Recorder:
    """A source that is listened to."""

    def __init__(self, source: Source) -> None:
        """Listen to `source`."""
        self._source = source
        self.recording = Recording()

    @property
    def host(self) -> str:
        """Whom a person would say we asked."""
        return self._source.host

    def late(self, seconds: float) -> Unknown:
        """Return what to say when the source has not answered in `seconds`."""
        return self._source.late(seconds)

    async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
        """Return what a revision means now."""
        answer = await self._source.resolve(repository, revision)
        match answer:
            case Found(value=resolved):
                self.recording.resolved[repository, revision] = resolved
            case Missing():
                self.recording.missing.add((repository, revision))
            case Unknown():
                pass
        return answer

    async def listing(self, repository: str, commit: str) -> Outcome[Listing | Unreadable]:
        """Return all files at a commit."""
        answer = await self._source.listing(repository, commit)
        match answer:
            case Found(value=Listing() as listing):
                self.recording.listings[repository, commit] = listing
            case _:
                pass
        return answer

    async def read(self, repository: str, commit: str, path: str, limit: int) -> Outcome[bytes | Unreadable]:
        """Return the content of a file at a commit."""
        answer = await self._source.read(repository, commit, path, limit)
        key = (repository, commit, path)
        match answer:
            case Found(value=bytes() as content):
                self.recording.contents[key] = content
            case Missing():
                self.recording.absent.add(key)
            case _:
                pass
        return answer

    async def read_range(
        self, repository: str, commit: str, path: str, start: int, length: int
    ) -> Outcome[bytes | Unreadable]:
        """Return a piece of a file at a commit; pieces that follow on each other make up its head."""
        answer = await self._source.read_range(repository, commit, path, start, length)
        key = (repository, commit, path)
        known = self.recording.heads.get(key, b"")
        match answer:
            case Found(value=bytes() as content) if start == len(known):
                self.recording.heads[key] = known + content
            case Missing():
                self.recording.absent.add(key)
            case _:
                pass
        return answer

    async def scan(self, repository: str, commit: str) -> Outcome[Scan | Unreadable]:
        """Scans are of today; a pack would keep them for good."""
        match self._source:
            case Scanning() as scanning:
                return await scanning.scan(repository, commit)
            case _:
                return Missing(f"security scans at {self.host}")

    async def stated_licenses(self, repository: str, commit: str) -> Outcome[tuple[str, ...] | Unreadable]:
        """Return the licenses a source states beside the files."""
        match self._source:
            case Stating() as stating:
                answer = await stating.stated_licenses(repository, commit)
            case _:
                return Missing(f"statements of {self.host}")
        match answer:
            case Found(value=tuple() as licenses):
                self.recording.stated[repository, commit] = licenses
            case _:
                pass
        return answer


def packed(
    recording: Recording, scheme: str, model: str
) -> tuple[tuple[PackedRepository, ...], tuple[Absent, ...], Mapping[str, bytes]]:
    """Return the repositories of a recording, `model` first, what was absent, and the bytes to store by sha256."""
    blobs: dict[str, bytes] = {}
    found = []
    for (name, at), listing in sorted(recording.listings.items()):
        resolved = {revision: one for (known, revision), one in recording.resolved.items() if known == name}
        revisions = [key for key, one in resolved.items() if at in (one.commit, one.digest) and key != at]
        commit = at if any(one.commit == at for one in resolved.values()) else None
        files = {one.path: one for one in _files(recording, (name, at), listing, blobs)}
        found.append(
            PackedRepository(
                scheme,
                name,
                commit,
                None if commit else at,
                tuple(sorted(revisions, key=lambda one: one or "")),
                tuple(sorted((*listing.tags, *(STATED_LICENSE + one for one in recording.stated.get((name, at), ()))))),
                files,
            )
        )
    found.sort(key=lambda one: (one.name != model, one.name, one.at))
    absent = (Absent(scheme, *one) for one in recording.missing)
    return tuple(found), tuple(sorted(absent, key=lambda one: (one.name, one.revision or ""))), blobs


def _files(recording: Recording, where: Where, listing: Listing, blobs: dict[str, bytes]) -> Iterator[PackedFile]:
    hashed_only = {one.path for one in content_files(listing.files) if not is_evidence(one.path)}
    for one in listing.files:
        key = (*where, one.path)
        file = PackedFile(one.path, one.size, one.sha256, absent=key in recording.absent)
        content, head = recording.contents.get(key), recording.heads.get(key)
        if content is not None:
            blob = _blob(content)
            file = replace(file, size=blob.size, sha256=blob.sha256)
            if one.path not in hashed_only:
                blobs[blob.sha256] = content
                file = replace(file, stored=blob)
        if head is not None and file.stored is None:
            blob = _blob(head)
            blobs[blob.sha256] = head
            file = replace(file, head=blob)
        yield file


def _blob(content: bytes) -> Blob:
    return Blob(hashlib.sha256(content).hexdigest(), len(content))
