"""
Answers of sources, kept in memory.

What stands at a commit never changes and is kept until there is no room; what a branch means is kept for a short time;
that a source did not answer is kept for seconds, so that a hub that is down is not asked by every Pod.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown

T = TypeVar("T")

MOST_ENTRIES = 4_096
BRANCH_SECONDS = 60.0
UNKNOWN_SECONDS = 10.0
SHORTEST_SECONDS = 1.0
LONGEST_WISH_SECONDS = 600.0
"""For which a host may ask to be left alone."""
LIMITED_SECONDS = 30.0
"""After 429 the hub wants to be left alone for longer."""


class Shelf(Generic[T]):
    """A bounded store of values, each with a time until which it holds; the least recently used goes first."""

    def __init__(self, clock: Callable[[], float], *, most: int = MOST_ENTRIES) -> None:
        """Keep at most `most` values; `clock` counts seconds and only grows."""
        self._clock = clock
        self._most = most
        self._entries: OrderedDict[Hashable, tuple[T, float]] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """Return what is kept under `key` and still holds."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, until = entry
        if self._clock() >= until:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return value

    def put(self, key: Hashable, value: T, until: float) -> None:
        """Keep a value until then, `math.inf` for good."""
        self._entries[key] = (value, until)
        self._entries.move_to_end(key)
        while len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def holds_until(self, key: Hashable) -> float:
        """Return until when what is kept under `key` holds; a time long gone when nothing is."""
        entry = self._entries.get(key)
        return entry[1] if entry is not None else -math.inf


class Memory(Generic[T]):
    """A bounded store of outcomes of one kind."""

    def __init__(self, clock: Callable[[], float], *, immutable: bool, most: int = MOST_ENTRIES) -> None:
        """
        Keep at most `most` outcomes; `clock` counts seconds and only grows.

        With `immutable` an answer is kept for good.
        """
        self._clock = clock
        self._immutable = immutable
        self._shelf: Shelf[Outcome[T]] = Shelf(clock, most=most)

    def get(self, key: Hashable) -> Outcome[T] | None:
        """Return what is kept under `key`."""
        return self._shelf.get(key)

    def put(self, key: Hashable, outcome: Outcome[T]) -> None:
        """Keep an outcome for as long as outcomes of its kind hold."""
        self._shelf.put(key, outcome, self._clock() + self._seconds(outcome))

    def holds_until(self, key: Hashable) -> float:
        """Return until when what is kept under `key` holds; a time long gone when nothing is."""
        return self._shelf.holds_until(key)

    def _seconds(self, outcome: Outcome[T]) -> float:
        match outcome:
            case Unknown(again_in=float() as seconds):
                return min(max(seconds, SHORTEST_SECONDS), LONGEST_WISH_SECONDS)
            case Unknown(because="rate_limited"):
                return LIMITED_SECONDS
            case Unknown():
                return UNKNOWN_SECONDS
            case Found() | Missing():
                return math.inf if self._immutable else BRANCH_SECONDS
