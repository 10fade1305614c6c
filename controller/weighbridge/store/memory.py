"""
Answers of sources, kept in memory.

What stands at a commit never changes and is kept until there is no room; what a branch means is kept for a short time;
that a source did not answer is kept for seconds, so that a hub that is down is not asked by every Pod.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

MOST_ENTRIES = 4_096
BRANCH_SECONDS = 60.0
UNKNOWN_SECONDS = 10.0
LIMITED_SECONDS = 30.0
"""After 429 the hub wants to be left alone for longer."""


@dataclass(slots=True)
class Memory:
    """A bounded store; the least recently used entry goes first."""

    clock: Callable[[], float]
    """Seconds that only grow."""
    most: int = MOST_ENTRIES
    _entries: OrderedDict[Hashable, tuple[object, float | None]] = field(default_factory=OrderedDict)

    def get(self, key: Hashable) -> object:
        """Return what is kept under `key`, or `None`."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, until = entry
        if until is not None and self.clock() >= until:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return value

    def put(self, key: Hashable, value: object, seconds: float | None) -> None:
        """Keep `value` for `seconds`; `None` is for good."""
        until = None if seconds is None else self.clock() + seconds
        self._entries[key] = (value, until)
        self._entries.move_to_end(key)
        while len(self._entries) > self.most:
            self._entries.popitem(last=False)
