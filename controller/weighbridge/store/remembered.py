"""
Memory in front of one store.

A review never waits for a write and never fails for a store: what is learnt goes to memory at once and to the store soon after;
a store that does not answer is left alone for a while, and reviews go on from memory.
"""

from __future__ import annotations

import asyncio
import struct
import time
from collections import Counter
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import structlog

from weighbridge.errors import StoreError
from weighbridge.store.interface import MOST_ROW_BYTES, Key, Row, Store
from weighbridge.store.memory import Memory

MEMORY_BYTES = 48 * 1024 * 1024
"""For answers; some ten thousand models."""
LEFT_ALONE_SECONDS = 5.0
"""For which a store that failed is not asked."""
MOST_WAITING = 4_096
"""Rows that wait to be stored; while a store is away, the oldest of more are lost to it."""
MOST_AT_ONCE = 500
"""Rows written together."""
LOADING_SECONDS = 20.0
"""At the beginning, for what fits into memory."""
CLOCKS_APART_SECONDS = 60.0
"""By which the clocks of two replicas may differ."""
CLOSING_SECONDS = 5.0
"""At the end, for what still waits to be stored."""

_OBSERVED = struct.Struct(">d")

_log = structlog.get_logger("weighbridge.store")


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that was given before."""

    body: bytes
    observed: float
    """Unix time."""


class Remembered:
    """What was learnt, by the digest of the question."""

    def __init__(
        self, store: Store | None = None, clock: Callable[[], float] = time.time, *, most_bytes: int = MEMORY_BYTES
    ) -> None:
        """Keep answers in memory and, where there is one, in `store`; `clock` says the Unix time."""
        self._store = store
        self._clock = clock
        self._memory = Memory(most_bytes)
        self._away_until = 0.0
        self._waiting: dict[bytes, Row] = {}
        self._writing: asyncio.Task[None] | None = None
        self._survives: str | None = "the store has not answered yet"
        self.counts: Counter[str] = Counter()
        """How often what happened: `memory`, `store`, `miss`, `damaged`, `failed`, `stored`, `not_stored`."""

    @property
    def size(self) -> int:
        """Bytes of memory in use."""
        return self._memory.size

    def now(self) -> float:
        """Return the Unix time."""
        return self._clock()

    async def recall(self, key: Key) -> Held | None:
        """Return what was learnt, from memory or else from the store."""
        known = self._memory.get(key.id)
        if known is not None:
            self.counts["memory"] += 1
            return Held(known[_OBSERVED.size :], *_OBSERVED.unpack_from(known))
        row = await self._stored(key)
        if row is None:
            self.counts["miss"] += 1
            return None
        self.counts["store"] += 1
        self._remember(row)
        return Held(row.body, row.observed)

    async def newer(self, key: Key, observed: float) -> Held | None:
        """Return what another replica has learnt since, so that an older answer of ours never stands before it."""
        row = await self._stored(key)
        if row is None or row.observed <= observed:
            return None
        self.counts["store"] += 1
        self._remember(row)
        return Held(row.body, row.observed)

    def keep(self, key: Key, body: bytes, observed: float) -> None:
        """Remember an answer from now on."""
        row = Row(key.id, key.version, key.kind, key.host, key.name, observed, body)
        self._remember(row)
        if self._store is None:
            return
        if len(body) > MOST_ROW_BYTES:
            self.counts["not_stored"] += 1
            return
        self._waiting[row.id] = row
        while len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
            self.counts["not_stored"] += 1
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())

    def damaged(self, key: Key) -> None:
        """Forget an answer that cannot be read, wherever it came from."""
        self.counts["damaged"] += 1
        self._memory.drop(key.id)

    async def load(self, versions: AbstractSet[str]) -> int:
        """Take what a store holds into memory, as far as there is room, and return how many answers that were."""
        if self._store is None:
            return 0
        try:
            async with asyncio.timeout(LOADING_SECONDS):
                rows = await self._store.newest(versions, self._memory.room)
        except (StoreError, TimeoutError) as error:
            self._failed(error)
            return 0
        whole = [opened for row in rows if (opened := self._opened(row)) is not None]
        for row in reversed(whole):
            self._remember(row)
        return len(whole)

    async def survives(self) -> str | None:
        """Return why what is remembered would not outlive this process; `None` when it would."""
        if self._store is None:
            return "evidence is kept in memory only (--store)"
        try:
            self._survives = await self._store.survives()
        except StoreError as error:
            # A store that is away for a moment has not lost what it holds.
            self._failed(error)
        return self._survives

    async def close(self) -> None:
        """Store what still waits, within a few seconds, and let go of the store."""
        if self._store is None:
            return
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait({self._writing})
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                while self._waiting:
                    await self._write_some(self._store)
        except (StoreError, TimeoutError) as error:
            _log.warning("not everything was stored", store=self._store.name, rows=len(self._waiting), why=str(error))
        await self._store.close()

    def _remember(self, row: Row) -> None:
        self._memory.put(row.id, _OBSERVED.pack(row.observed) + row.body)

    async def _stored(self, key: Key) -> Row | None:
        if self._store is None or self._away():
            return None
        try:
            row = await self._store.get(key.id)
        except StoreError as error:
            self._failed(error)
            return None
        opened = self._opened(row) if row is not None else None
        if opened is None or (opened.id, opened.observed > self._clock() + CLOCKS_APART_SECONDS) != (key.id, False):
            return None  # another's row, or one from the future: neither is an answer
        return opened

    def _opened(self, row: Row) -> Row | None:
        opened = row.opened()
        if opened is None:
            self.counts["damaged"] += 1
        return opened

    async def _write(self) -> None:
        try:
            while self._waiting and self._store is not None:
                if self._away():
                    await asyncio.sleep(self._away_until - self._clock())
                    continue
                try:
                    await self._write_some(self._store)
                except StoreError as error:
                    self._failed(error)
        finally:
            self._writing = None

    async def _write_some(self, store: Store) -> None:
        rows = [self._waiting[key] for key in list(self._waiting)[:MOST_AT_ONCE]]
        await store.put([row.sealed() for row in rows])
        self.counts["stored"] += len(rows)
        for row in rows:
            if self._waiting.get(row.id) is row:
                del self._waiting[row.id]

    def _away(self) -> bool:
        return 0 < self._away_until - self._clock() <= LEFT_ALONE_SECONDS

    def _failed(self, error: StoreError | TimeoutError) -> None:
        self.counts["failed"] += 1
        self._away_until = self._clock() + LEFT_ALONE_SECONDS
        _log.warning("the store does not answer, reviews go on from memory", why=str(error) or "no answer in time")
