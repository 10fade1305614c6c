"""One question is asked once at a time, its answer is remembered, and nobody waits longer than they have."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar

from weighbridge.model.outcomes import Outcome, Unknown
from weighbridge.store.memory import Memory

T = TypeVar("T")


@dataclass(slots=True)
class Horizon:
    """Until when something that was put together out of many answers holds: as long as each of them."""

    until: float = math.inf

    def note(self, until: float) -> None:
        """Take another answer into account."""
        self.until = min(self.until, until)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the asker has to go on with what there is."""

    seconds: float
    """What was given at the start."""
    at: float
    """Time of the event loop."""
    horizon: Horizon = field(default_factory=Horizon)
    """Of what is put together until then."""

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """Begin now."""
        return cls(seconds, asyncio.get_running_loop().time() + seconds)

    def for_one(self) -> Deadline:
        """Return the same deadline, for something else to be put together."""
        return replace(self, horizon=Horizon())

    def left(self) -> float:
        """Return the seconds that are left, never less than none."""
        return max(0.0, self.at - asyncio.get_running_loop().time())


class Asked(Protocol):
    """Whoever is asked."""

    def late(self, seconds: float) -> Unknown:
        """Return what to say when there is no answer in `seconds`."""


class Questions(Generic[T]):
    """Questions of one kind."""

    def __init__(self, memory: Memory[T]) -> None:
        """Remember answers in `memory`."""
        self._memory = memory
        self._open: dict[Hashable, asyncio.Task[Outcome[T]]] = {}

    async def ask(
        self, key: Hashable, question: Callable[[], Awaitable[Outcome[T]]], source: Asked, deadline: Deadline
    ) -> Outcome[T]:
        """
        Return the answer, from memory, from whoever is asking already, or by asking.

        A question goes on when its asker has run out of time, so that the next asker finds the answer;
        it ends by itself, because sources bound how long they wait.
        """
        known = self._memory.get(key)
        if known is not None:
            deadline.horizon.note(self._memory.holds_until(key))
            return known
        task = self._open.get(key)
        if task is None:
            task = asyncio.ensure_future(self._answer(key, question))
            self._open[key] = task
            task.add_done_callback(lambda _: self._open.pop(key, None))
        done, _ = await asyncio.wait({task}, timeout=deadline.left())
        deadline.horizon.note(self._memory.holds_until(key) if done else -math.inf)
        return task.result() if done else source.late(deadline.seconds)

    async def _answer(self, key: Hashable, question: Callable[[], Awaitable[Outcome[T]]]) -> Outcome[T]:
        outcome = await question()
        self._memory.put(key, outcome)
        return outcome
