from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from tests.unit.store.stores import Watch, key, row
from tests.waiting import until

from weighbridge.errors import StoreError
from weighbridge.store.interface import MOST_ROW_BYTES, Kept, Row
from weighbridge.store.remembered import LEFT_ALONE_SECONDS, MOST_WAITING, Held, Remembered
from weighbridge.store.sqlite import SqliteStore


@dataclass
class Moody:
    """A store in this process that fails when told to."""

    rows: dict[bytes, Row] = field(default_factory=dict)
    fails: bool = False
    hangs: bool = False
    asked: int = 0
    name: str = "moody"
    forgets: str | None = None

    async def _moment(self) -> None:
        self.asked += 1
        if self.hangs:
            await asyncio.sleep(3600)
        if self.fails:
            raise StoreError("moody: not today")

    async def get(self, key: bytes) -> Row | None:
        await self._moment()
        return self.rows.get(key)

    async def put(self, rows: Sequence[Row]) -> None:
        await self._moment()
        self.rows |= {one.id: one for one in rows}

    async def newest(self, versions: AbstractSet[str], most_bytes: int) -> Sequence[Row]:
        await self._moment()
        return [one for one in self.rows.values() if one.version in versions]

    async def contents(self) -> Sequence[Kept]:
        return []

    async def purge(self, host: str | None, name: str | None) -> int:
        return 0

    async def survives(self) -> str | None:
        await self._moment()
        return self.forgets

    async def close(self) -> None:
        self.asked = -1


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def store() -> Moody:
    return Moody()


@pytest.fixture
async def remembered(store: Moody, watch: Watch) -> AsyncIterator[Remembered]:
    made = Remembered(store, watch)
    yield made
    store.hangs = store.fails = False
    await made.close()


async def test_what_is_kept_is_there_at_once_and_stored_soon(remembered: Remembered, store: Moody) -> None:
    remembered.keep(key(), b"body", 900.0)
    at_once = await remembered.recall(key())
    await until(lambda: bool(store.rows))

    assert at_once == Held(b"body", 900.0)
    assert store.rows == {key().id: row(key(), b"body", 900.0)}
    assert remembered.counts == {"memory": 1, "stored": 1}


async def test_what_memory_does_not_hold_is_read_from_the_store_once(remembered: Remembered, store: Moody) -> None:
    store.rows[key().id] = row(key(), b"body", 900.0)
    found = [await remembered.recall(key()) for _ in range(3)]

    assert found == [Held(b"body", 900.0)] * 3
    assert (store.asked, remembered.counts) == (1, {"store": 1, "memory": 2})
    assert await remembered.recall(key("acme/other")) is None


@pytest.mark.parametrize(
    "wrong",
    [
        replace(row(key()), body=b"nothing that was ever sealed"),
        row(key("acme/another")),
        row(key(), observed=2_000.0),
    ],
)
async def test_a_row_that_is_not_the_answer_is_a_miss(remembered: Remembered, store: Moody, wrong: Row) -> None:
    store.rows[key().id] = wrong

    assert await remembered.recall(key()) is None
    assert remembered.counts["miss"] == 1


async def test_a_store_that_fails_is_left_alone_for_a_while_and_memory_goes_on(
    remembered: Remembered, store: Moody, watch: Watch
) -> None:
    store.fails = True
    remembered.keep(key(), b"body", 900.0)
    await until(lambda: remembered.counts["failed"] == 1)
    asked = store.asked
    away = [await remembered.recall(key("acme/other")), await remembered.recall(key())]
    still = store.asked
    store.fails = False
    store.rows[key("acme/other").id] = row(key("acme/other"))
    watch.now += LEFT_ALONE_SECONDS
    back = await remembered.recall(key("acme/other"))

    assert (away, asked, still) == ([None, Held(b"body", 900.0)], 1, 1)
    assert back == Held(b"body", 1_000.0)


async def test_what_a_store_missed_while_it_was_away_is_stored_when_it_is_back(store: Moody, watch: Watch) -> None:
    remembered = Remembered(store, watch)
    store.fails = True
    remembered.keep(key(), b"body", 900.0)
    await until(lambda: remembered.counts["failed"] == 1)
    store.fails = False
    await remembered.close()

    assert list(store.rows) == [key().id]


async def test_at_the_end_a_store_that_still_fails_keeps_nobody(store: Moody, watch: Watch) -> None:
    remembered = Remembered(store, watch)
    store.fails = True
    remembered.keep(key(), b"body", 900.0)
    await remembered.close()

    assert (store.rows, store.asked) == ({}, -1)


async def test_what_another_replica_learnt_since_stands_before_an_older_answer(
    remembered: Remembered, store: Moody
) -> None:
    remembered.keep(key(), b"old", 900.0)
    await until(lambda: bool(store.rows))
    nothing = await remembered.newer(key(), 900.0)
    store.rows[key().id] = row(key(), b"new", 950.0)
    newer = await remembered.newer(key(), 900.0)

    assert (nothing, newer) == (None, Held(b"new", 950.0))
    assert await remembered.recall(key()) == newer


async def test_a_store_that_reads_fails_and_memory_alone_answers(
    remembered: Remembered, store: Moody, watch: Watch
) -> None:
    store.fails = True

    assert await remembered.recall(key()) is None
    assert remembered.counts == {"failed": 1, "miss": 1}


async def test_more_than_may_wait_is_lost_to_the_store_and_counted(store: Moody, watch: Watch) -> None:
    remembered = Remembered(store, watch)
    for number in range(MOST_WAITING + 3):
        remembered.keep(key(f"acme/m{number}"), b"x", 900.0)
    await remembered.close()

    assert len(store.rows) == MOST_WAITING
    assert remembered.counts["not_stored"] == 3
    assert key("acme/m0").id not in store.rows


async def test_a_row_that_is_too_large_stays_in_memory(remembered: Remembered, store: Moody) -> None:
    remembered.keep(key(), b"x" * (MOST_ROW_BYTES + 1), 900.0)

    assert await remembered.recall(key()) is not None
    assert remembered.counts["not_stored"] == 1


async def test_what_cannot_be_read_is_forgotten(remembered: Remembered) -> None:
    remembered.keep(key("acme/gone"), b"body", 900.0)
    remembered.damaged(key("acme/gone"))

    assert remembered.counts["damaged"] == 1
    assert remembered.size == 0


async def test_an_answer_that_changes_while_it_is_written_is_written_again(store: Moody, watch: Watch) -> None:
    remembered = Remembered(store, watch)
    remembered.keep(key(), b"old", 900.0)
    await asyncio.sleep(0)
    remembered.keep(key(), b"new", 901.0)
    await remembered.close()

    assert store.rows[key().id] == row(key(), b"new", 901.0)


async def test_what_is_stored_is_loaded_newest_last_out(store: Moody, watch: Watch) -> None:
    names = [f"acme/m{number}" for number in range(10)]
    store.rows = {key(name).id: row(key(name)) for name in names}
    store.rows[key("acme/old").id] = row(key("acme/old", version="v0"))
    store.rows[key("acme/bad").id] = replace(row(key("acme/bad")), body=b"x")
    remembered = Remembered(store, watch)
    loaded = await remembered.load({"v1"})
    store.fails = True

    assert loaded == 10
    assert None not in [await remembered.recall(key(name)) for name in names]
    assert remembered.counts["damaged"] == 1


async def test_a_store_that_is_away_at_the_start_loads_nothing(remembered: Remembered, store: Moody) -> None:
    store.fails = True

    assert await remembered.load({"v1"}) == 0


async def test_memory_alone_needs_no_store_and_survives_nothing() -> None:
    remembered = Remembered()
    remembered.keep(key(), b"body", 900.0)
    loaded = await remembered.load({"v1"})
    why = await remembered.survives()
    await remembered.close()

    assert (loaded, why) == (0, "evidence is kept in memory only (--store)")
    assert await remembered.recall(key()) == Held(b"body", 900.0)


async def test_whether_it_survives_is_what_the_store_said_last(remembered: Remembered, store: Moody) -> None:
    store.fails = True
    never = await remembered.survives()
    store.fails = False
    known = await remembered.survives()
    store.fails = True
    away = await remembered.survives()
    store.fails, store.forgets = False, "it forgets"

    assert (never, known, away) == ("the store has not answered yet", None, None)
    assert await remembered.survives() == "it forgets"


async def test_a_file_that_cannot_be_written_keeps_answering(tmp_path: Path) -> None:
    file = tmp_path / "evidence.sqlite"
    first = SqliteStore(file)
    await first.put([row(key())])
    await first.close()
    full = SqliteStore(file, most_bytes=1)
    remembered = Remembered(full)
    remembered.keep(key("acme/large"), os.urandom(1_000_000), 900.0)
    await until(lambda: remembered.counts["failed"] > 0)
    held = await remembered.recall(key("acme/large"))
    await remembered.close()

    assert held is not None
    assert remembered.counts["stored"] == 0
