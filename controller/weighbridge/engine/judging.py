"""Asks the policies once per distinct set of facts: everything after that is a look-up."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from weighbridge.engine.bundles import Bundle
from weighbridge.engine.interface import Engine
from weighbridge.errors import EngineError
from weighbridge.facts import Facts
from weighbridge.model.evidence import Place
from weighbridge.model.verdicts import Verdict
from weighbridge.verdict import checked, with_places

VERDICTS = 10_000
"""Verdicts held at once; the one not asked for longest goes first."""
MAX_AGE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class _Held:
    """A verdict, and how long it is true."""

    verdict: Verdict
    from_ns: int
    until_ns: int | None
    """The next instant its document names: from then on the policies may say something else."""
    stored: float

    def answers(self, time_ns: int, now: float) -> bool:
        """Tell whether it is the answer to the same facts at `time_ns`."""
        in_time = self.from_ns <= time_ns and (self.until_ns is None or time_ns < self.until_ns)
        return in_time and now - self.stored < MAX_AGE_SECONDS


class Judge:
    """
    Judges facts by an engine, and remembers.

    Equal facts are asked once, also when they come at the same time. An engine's failure is never remembered.
    """

    def __init__(
        self, engine: Engine, *bundles: Bundle, limit: int = VERDICTS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """
        Judge by `bundles`, the current one first and the next while an engine changes over.

        `clock` counts seconds and never goes back.
        """
        self.engine = engine
        self.hits = 0
        self.misses = 0
        self._limit = limit
        self._clock = clock
        self._held: OrderedDict[tuple[str, str], _Held] = OrderedDict()
        self._asked: dict[tuple[str, str, int], asyncio.Task[Verdict]] = {}
        self.use(*bundles)

    def use(self, *bundles: Bundle) -> None:
        """Judge by these bundles from now on, the current one first."""
        self._rules = {bundle.revision: bundle.rules for bundle in bundles}
        self.revision = bundles[0].revision

    async def judge(self, document: Facts, places: Mapping[str, Mapping[str, Place]]) -> Verdict:
        """
        Return what the policies say; `places` (by reference, by pointer) is where the facts stand.

        Raises `EngineError` when they cannot be asked.
        """
        held = self._held.get((self.revision, document.key))
        if held is not None and held.answers(document.time_ns, self._clock()):
            self.hits += 1
            self._held.move_to_end((self.revision, document.key))
            return with_places(held.verdict, places)
        self.misses += 1
        return with_places(await self._once(document), places)

    async def _once(self, document: Facts) -> Verdict:
        key = (self.revision, document.key, document.time_ns)
        task = self._asked.get(key)
        if task is None:
            task = asyncio.create_task(self._ask(document))
            self._asked[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)  # one caller's deadline does not end the question of the others

    def _forget(self, key: tuple[str, str, int], done: asyncio.Task[Verdict]) -> None:
        self._asked.pop(key, None)
        if not done.cancelled():
            done.exception()  # seen, even when every caller has gone

    async def _ask(self, document: Facts) -> Verdict:
        answered = await self.engine.decide(document.body)
        rules = self._rules.get(answered.revision)
        if rules is None:
            expected = " or ".join(sorted(self._rules))
            raise EngineError(f"engine: answers by revision {answered.revision}, expected {expected}. Fix: restart it")
        verdict = checked(answered.answer, rules, answered.revision)
        held = _Held(verdict, document.time_ns, next_instant(document), self._clock())
        self._held[answered.revision, document.key] = held
        self._held.move_to_end((answered.revision, document.key))
        while len(self._held) > self._limit:
            self._held.popitem(last=False)
        return verdict


def next_instant(document: Facts) -> int | None:
    """Return the first instant after the document's own time that it names: any `*_ns`, nanoseconds since 1970."""
    instants: list[int] = []
    waiting: list[object] = [msgspec.json.decode(document.body)]
    while waiting:
        match waiting.pop():
            case dict() as value:
                waiting.extend(value.values())
                instants.extend(
                    item
                    for key, item in value.items()
                    if key.endswith("_ns") and type(item) is int and item > document.time_ns
                )
            case list() as items:
                waiting.extend(items)
            case _:
                pass
    return min(instants, default=None)
