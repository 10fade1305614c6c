"""One question is asked once at a time, its answer is remembered, and nobody waits longer than they have."""

from __future__ import annotations

import asyncio
import math
import random
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from weighbridge.gathering.budgets import Payment
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown
from weighbridge.store.encoding import Damaged, Encoding, Unwritable
from weighbridge.store.interface import Key
from weighbridge.store.lifetimes import Lifetime, silence
from weighbridge.store.remembered import CLOCKS_APART_SECONDS, Held, Remembered

REFRESHING_SECONDS = 5.0
"""For which evidence holds that was put together while a part of it is asked again."""
MOST_SILENT = 4_096
"""Questions that were not answered lately."""

T = TypeVar("T")


@dataclass(slots=True)
class Horizon:
    """Until when something that was put together out of many answers holds: as long as each of them."""

    until: float = math.inf
    observed: float = math.inf
    """Unix time of the oldest answer that may change."""
    late: bool = False
    """Whether a part of it did not come in time."""

    def note(self, until: float, observed: float = math.inf) -> None:
        """Take another answer into account."""
        self.until = min(self.until, until)
        self.observed = min(self.observed, observed)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the asker has to go on with what there is, and who pays."""

    seconds: float
    """What was given at the start."""
    at: float
    """Time of the event loop."""
    payment: Payment
    horizon: Horizon = field(default_factory=Horizon)
    """Of what is put together until then."""

    @classmethod
    def after(cls, seconds: float, payment: Payment) -> Deadline:
        """Begin now."""
        return cls(seconds, asyncio.get_running_loop().time() + seconds, payment)

    def left(self) -> float:
        """Return the seconds that are left, never less than none."""
        return max(0.0, self.at - asyncio.get_running_loop().time())


class Asked(Protocol):
    """Whoever is asked."""

    @property
    def host(self) -> str:
        """Whom a person would say we asked."""

    def late(self, seconds: float) -> Unknown:
        """Return what to say when there is no answer in `seconds`."""


@dataclass(frozen=True, slots=True)
class _Known(Generic[T]):
    """An answer that was given before."""

    outcome: Found[T] | Missing
    observed: float


class Questions(Generic[T]):
    """Questions of one kind."""

    def __init__(
        self,
        kind: str,
        encoding: Encoding[T],
        remembered: Remembered,
        *,
        version: str,
        outdated: Callable[[T], T] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """
        Remember answers as `encoding` writes them, of code and tables that are called `version`.

        `outdated` marks a last known answer as such; `chance` spreads over time what is asked again.
        """
        self._kind = kind
        self._encoding = encoding
        self._remembered = remembered
        self._version = version
        self._outdated = outdated
        self._chance = chance
        self._open: dict[bytes, asyncio.Task[Outcome[T]]] = {}
        self._silent: dict[bytes, tuple[Unknown, float]] = {}

    async def ask(
        self,
        about: tuple[str, str],
        rest: tuple[str, ...],
        question: Callable[[], Awaitable[Outcome[T]]],
        source: Asked,
        deadline: Deadline,
        lifetime: Callable[[Found[T] | Missing], Lifetime],
    ) -> Outcome[T]:
        """
        Return the answer about a host's repository: what is remembered, from whoever is asking already, or by asking.

        A question goes on when its asker has run out of time, so that the next asker finds the answer;
        it ends by itself, because sources bound how long they wait.
        """
        key = Key(self._version, self._kind, *about, rest)
        known = self._read(key, await self._remembered.recall(key))
        if known is not None and self._age(known) >= _fresh(known.outcome, lifetime):
            known = self._read(key, await self._remembered.newer(key, known.observed)) or known
        if known is not None:
            fresh, served = _fresh(known.outcome, lifetime), lifetime(known.outcome).served
            age = self._age(known)
            if age < fresh:
                deadline.horizon.note(known.observed + fresh, known.observed if fresh < math.inf else math.inf)
                return known.outcome
            if isinstance(known.outcome, Found) and age < served:
                self._asked(key, question, known, source)
                until = min(self._remembered.now() + REFRESHING_SECONDS, known.observed + served)
                deadline.horizon.note(until, known.observed)
                return known.outcome
        return await self._answer(key, question, known, source, deadline, lifetime)

    async def _answer(
        self,
        key: Key,
        question: Callable[[], Awaitable[Outcome[T]]],
        known: _Known[T] | None,
        source: Asked,
        deadline: Deadline,
        lifetime: Callable[[Found[T] | Missing], Lifetime],
    ) -> Outcome[T]:
        if known is None and key.id not in self._open and self._silence(key) is None:
            refusal = deadline.payment.refused(source.host)
            if refusal is not None:
                deadline.horizon.note(-math.inf)
                return refusal
        asked = self._asked(key, question, known, source)
        outcome: Outcome[T]
        if isinstance(asked, Unknown):
            outcome = asked
        else:
            done, _ = await asyncio.wait({asked}, timeout=deadline.left())
            outcome = asked.result() if done else source.late(deadline.seconds)
            deadline.horizon.late |= not done
        now = self._remembered.now()
        if isinstance(outcome, Unknown):
            silent_until = self._silent.get(key.id, (outcome, -math.inf))[1]
            serves = known is not None and (isinstance(known.outcome, Found) or lifetime(known.outcome).missing_serves)
            return self._last_known(outcome, known if serves else None, silent_until, deadline)
        fresh = _fresh(outcome, lifetime)
        deadline.horizon.note(now + fresh, now if fresh < math.inf else math.inf)
        return outcome

    def _last_known(self, unknown: Unknown, known: _Known[T] | None, until: float, deadline: Deadline) -> Outcome[T]:
        """Return the last known answer of a source that does not answer, if it is not too old."""
        deadline.horizon.note(until)
        if known is None:
            return unknown
        oldest = deadline.payment.asker.max_evidence_age
        if self._age(known) > oldest:
            return unknown
        deadline.horizon.note(known.observed + oldest, known.observed)
        if isinstance(known.outcome, Missing) or self._outdated is None:
            return known.outcome
        return Found(self._outdated(known.outcome.value))

    def _asked(
        self, key: Key, question: Callable[[], Awaitable[Outcome[T]]], known: _Known[T] | None, source: Asked
    ) -> asyncio.Task[Outcome[T]] | Unknown:
        """Return the question that is being asked, or why it is not asked now."""
        silent = self._silence(key)
        if silent is not None:
            return silent
        task = self._open.get(key.id)
        if task is None:
            task = asyncio.ensure_future(self._put(key, question, known, source))
            self._open[key.id] = task
            task.add_done_callback(lambda _: self._open.pop(key.id, None))
        return task

    async def _put(
        self, key: Key, question: Callable[[], Awaitable[Outcome[T]]], known: _Known[T] | None, source: Asked
    ) -> Outcome[T]:
        outcome = await question()
        match outcome:
            case Missing() if known is not None and isinstance(known.outcome, Found):
                # Content that was there does not turn into nothing: who took it away says nothing about what it is.
                why = f"{source.host} has {outcome.looked_at} no longer"
                return self._note_silence(key, Unknown("source_gone", source.host, None, why))
            case Unknown():
                return self._note_silence(key, outcome)
            case Found() | Missing():
                return self._keep(key, outcome)

    def _keep(self, key: Key, outcome: Found[T] | Missing) -> Outcome[T]:
        self._silent.pop(key.id, None)
        try:
            body = self._encoding.encode(outcome)
        except Unwritable:
            self._remembered.counts["unwritable"] += 1
        else:
            self._remembered.keep(key, body, self._remembered.now())
        return outcome

    def _note_silence(self, key: Key, unknown: Unknown) -> Unknown:
        self._silent.pop(key.id, None)
        self._silent[key.id] = (unknown, self._remembered.now() + silence(unknown, self._chance))
        if len(self._silent) > MOST_SILENT:
            del self._silent[next(iter(self._silent))]
        return unknown

    def _silence(self, key: Key) -> Unknown | None:
        """Return why a question was not answered a moment ago."""
        noted = self._silent.get(key.id)
        return noted[0] if noted is not None and self._remembered.now() < noted[1] else None

    def _read(self, key: Key, held: Held | None) -> _Known[T] | None:
        if held is None:
            return None
        try:
            return _Known(self._encoding.decode(held.body), held.observed)
        except Damaged:
            self._remembered.damaged(key)
            return None

    def _age(self, known: _Known[T]) -> float:
        """Return the seconds since an answer; one from the future, of a clock that was set back, is older than any."""
        age = self._remembered.now() - known.observed
        return age if age > -CLOCKS_APART_SECONDS else sys.float_info.max


def _fresh(outcome: Found[T] | Missing, lifetime: Callable[[Found[T] | Missing], Lifetime]) -> float:
    """Return for how many seconds an answer holds without a question."""
    holds = lifetime(outcome)
    return holds.missing if isinstance(outcome, Missing) else holds.fresh
