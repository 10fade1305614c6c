"""
One host at a time: how many questions it gets at once, and when it is left alone.

A host that is down answers `Unknown` at once until its back-off is over, then one question tries it again.
Each host has its own places, so that a slow one never delays models on others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.scans import Scan
from weighbridge.sources.interface import Attaching, Attachment, Listing, Scanning, Source, Stating

AT_ONCE = 16
"""Questions to one host at the same time."""
MOST_WAITING = 2_000
"""Questions that wait for a place; a host that is this far behind is not asked more."""
FAILURES = 3
"""In a row, without an answer in between, after which a host counts as down."""
FIRST_BACK_OFF = 5.0
LONGEST_BACK_OFF = 60.0
LONGEST_WISH = 600.0
"""Seconds for which a host may ask to be left alone."""

T = TypeVar("T")


class Guarded:
    """A source that is spared while it does not answer."""

    def __init__(self, source: Source, clock: Callable[[], float]) -> None:
        """Guard `source`; `clock` counts seconds and only grows."""
        self._source = source
        self._clock = clock
        self._places = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._failures = 0
        self._back_off = FIRST_BACK_OFF
        self._down: Unknown | None = None
        self._until = 0.0
        self._trying = False

    @property
    def host(self) -> str:
        """Whom a person would say we asked."""
        return self._source.host

    def late(self, seconds: float) -> Unknown:
        """Return what to say when the source has not answered in `seconds`."""
        return self._source.late(seconds)

    async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
        """Return what a revision means now."""
        return await self._ask(lambda: self._source.resolve(repository, revision))

    async def listing(self, repository: str, commit: str) -> Outcome[Listing | Unreadable]:
        """Return all files at a commit."""
        return await self._ask(lambda: self._source.listing(repository, commit))

    async def read(self, repository: str, commit: str, path: str, limit: int) -> Outcome[bytes | Unreadable]:
        """Return the content of a file at a commit."""
        return await self._ask(lambda: self._source.read(repository, commit, path, limit))

    async def read_range(
        self, repository: str, commit: str, path: str, start: int, length: int
    ) -> Outcome[bytes | Unreadable]:
        """Return a piece of a file at a commit."""
        return await self._ask(lambda: self._source.read_range(repository, commit, path, start, length))

    async def stated_licenses(self, repository: str, commit: str) -> Outcome[tuple[str, ...] | Unreadable]:
        """Return the licenses a source states beside the files, `Missing` where it states nothing ever."""
        match self._source:
            case Stating() as stating:
                return await self._ask(lambda: stating.stated_licenses(repository, commit))
            case _:
                return Missing(f"statements of {self.host}")

    async def attachments(self, repository: str, digest: str) -> Outcome[tuple[Attachment, ...] | Unreadable]:
        """Return what lies beside an artifact, `Missing` where a source keeps nothing there."""
        match self._source:
            case Attaching() as attaching:
                return await self._ask(lambda: attaching.attachments(repository, digest))
            case _:
                return Missing(f"attachments at {self.host}")

    async def scan(self, repository: str, commit: str) -> Outcome[Scan | Unreadable]:
        """Return what the scanners of a source say, `Missing` where it has none."""
        match self._source:
            case Scanning() as scanning:
                return await self._ask(lambda: scanning.scan(repository, commit))
            case _:
                return Missing(f"security scans at {self.host}")

    async def _ask(self, question: Callable[[], Awaitable[Outcome[T]]]) -> Outcome[T]:
        if self._waiting >= MOST_WAITING:
            why = f"{self.host} is not asked: {MOST_WAITING} questions wait for it"
            return Unknown("too_many_questions", self.host, None, why)
        self._waiting += 1
        try:
            async with self._places:
                # Looked at here, because a host may go down while a question waits.
                if self._down is not None and (self._trying or self._clock() < self._until):
                    return self._down
                return await self._asked(question)
        finally:
            self._waiting -= 1

    async def _asked(self, question: Callable[[], Awaitable[Outcome[T]]]) -> Outcome[T]:
        self._trying = trying = self._down is not None
        try:
            outcome = await question()
        finally:
            if trying:
                self._trying = False
        match outcome:
            case Unknown(because="unreachable" | "timeout" | "rate_limited") | Unknown(again_in=float()):
                self._failed(outcome)
            case Found() | Missing() | Unknown(because="private_or_absent"):
                self._failures, self._down, self._back_off = 0, None, FIRST_BACK_OFF
            case Unknown():
                pass  # what one repository's answer may be guilty of must not take the host from all others
        return outcome

    def _failed(self, unknown: Unknown) -> None:
        self._failures += 1
        wished = unknown.again_in is not None or unknown.because == "rate_limited"
        if not wished and self._failures < FAILURES:
            return
        if self._down is None or self._clock() >= self._until:
            seconds = self._back_off if unknown.again_in is None else min(unknown.again_in, LONGEST_WISH)
            self._until = self._clock() + seconds
            self._back_off = min(2 * self._back_off, LONGEST_BACK_OFF)
        self._down = unknown
