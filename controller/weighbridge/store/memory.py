"""
Answers of sources, kept in memory.

What stands at a commit never changes and is kept until there is no room; what a branch means is kept for a short time;
that a source did not answer is kept for seconds, so that a hub that is down is not asked by every Pod.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown

T = TypeVar("T")

MOST_ENTRIES = 4_096
BRANCH_SECONDS = 60.0
UNKNOWN_SECONDS = 10.0
LIMITED_SECONDS = 30.0
"""After 429 the hub wants to be left alone for longer."""


class Memory(Generic[T]):
    """A bounded store of outcomes of one kind; the least recently used goes first."""

    def __init__(self, clock: Callable[[], float], *, immutable: bool, most: int = MOST_ENTRIES) -> None:
        """
        Keep at most `most` outcomes; `clock` counts seconds and only grows.

        With `immutable` an answer is kept for good.
        """
        self._clock = clock
        self._immutable = immutable
        self._most = most
        self._entries: OrderedDict[Hashable, tuple[Outcome[T], float | None]] = OrderedDict()

    def get(self, key: Hashable) -> Outcome[T] | None:
        """Return what is kept under `key`."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        outcome, until = entry
        if until is not None and self._clock() >= until:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return outcome

    def put(self, key: Hashable, outcome: Outcome[T]) -> None:
        """Keep an outcome for as long as outcomes of its kind hold."""
        seconds = self._seconds(outcome)
        self._entries[key] = (outcome, None if seconds is None else self._clock() + seconds)
        self._entries.move_to_end(key)
        while len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def _seconds(self, outcome: Outcome[T]) -> float | None:
        match outcome:
            case Unknown(because="rate_limited"):
                return LIMITED_SECONDS
            case Unknown():
                return UNKNOWN_SECONDS
            case Found() | Missing():
                return None if self._immutable else BRANCH_SECONDS
