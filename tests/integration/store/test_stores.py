from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from tests.simulators.valkey_server import PROGRAM, WHY_NOT, ValkeyServer
from tests.unit.store.stores import key, row
from tests.waiting import until

from weighbridge.errors import StoreError
from weighbridge.store.interface import OLD_VERSION_SECONDS, Kept, Store
from weighbridge.store.remembered import Held, Remembered
from weighbridge.store.sqlite import SqliteStore
from weighbridge.store.valkey import ValkeyStore

needs_server = pytest.mark.skipif(PROGRAM is None, reason=WHY_NOT)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ValkeyServer]:
    with ValkeyServer(tmp_path / "valkey") as started:
        yield started


@pytest.fixture(params=["sqlite", pytest.param("valkey", marks=needs_server)])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    if request.param == "sqlite":
        return lambda: SqliteStore(tmp_path / "evidence.sqlite")
    server = request.getfixturevalue("server")
    return lambda: ValkeyStore(server.url)


async def test_rows_are_kept_for_the_next_process(opened: Callable[[], Store]) -> None:
    rows = [row(key(f"acme/m{number}"), bytes([number]) * number) for number in range(5)]
    first = opened()
    await first.put(rows)
    await first.put([row(key("acme/m1"), b"newer", observed=2_000.0)])
    await first.put([row(key("acme/m1"), b"older", observed=1_500.0)])
    await first.close()
    second = opened()
    found = [await second.get(one.id) for one in rows]
    none = await second.get(key("acme/other").id)
    await second.close()

    assert found == [rows[0], row(key("acme/m1"), b"newer", observed=2_000.0), *rows[2:]]
    assert none is None


async def test_contents_are_counted_by_kind_and_forgotten_by_host_and_name(opened: Callable[[], Store]) -> None:
    store = opened()
    cards = [row(key("acme/a"), observed=5.0), row(key("acme/b"), observed=7.0)]
    await store.put([*cards, row(key("acme/a", kind="files")), row(key("acme/a", host="mirror.example"))])
    before = await store.contents()
    gone = [
        await store.purge(None, "acme/b"),
        await store.purge("mirror.example", "acme/a"),
        await store.purge(None, None),
    ]
    after = await store.contents()
    await store.close()

    size = len(cards[0].body)
    assert before == [Kept("card", 3, 3 * size, 5.0, 1_000.0), Kept("files", 1, size, 1_000.0, 1_000.0)]
    assert (gone, list(after)) == ([1, 1, 2], [])


async def test_rows_of_the_wanted_versions_are_loaded_as_far_as_there_is_room(opened: Callable[[], Store]) -> None:
    store = opened()
    body = b"x" * 84
    await store.put([row(key(f"acme/m{number}", version="v1"), body) for number in range(300)])
    await store.put([row(key("acme/branch", version="v2"), body), row(key("acme/old", version="v0"), body)])
    everything = await store.newest({"v1", "v2"}, 1_000_000)
    some = await store.newest({"v1", "v2"}, 1_050)
    await store.close()

    assert {one.version for one in everything} == {"v1", "v2"}
    assert (len(everything), len(some)) == (301, 10)
    assert all(one.opened() is not None for one in everything)


@needs_server
async def test_values_that_nobody_of_us_wrote_are_no_rows(server: ValkeyServer) -> None:
    store, client = ValkeyStore(server.url), Redis.from_url(server.url)
    wrong = key("acme/wrong").id
    for value in (b"", b"\xff\xff", b"\0" * 8, b"\0" * 8 + b"\x95\x01\x02\x03\x04\x05", b"x" * 3_000_000):
        await client.set(b"weighbridge:" + wrong, value)
        assert await store.get(wrong) is None
        assert list(await store.contents()) == []
    await client.delete(b"weighbridge:" + wrong)
    await client.lpush(b"weighbridge:" + wrong, b"a list")
    with pytest.raises(StoreError, match="WRONGTYPE"):
        await store.get(wrong)
    await client.set(b"another:application", b"x")
    gone = await store.purge(None, None)
    left = await client.keys("another:*")
    await client.aclose()
    await store.close()

    assert (gone, left) == (0, [b"another:application"])


@needs_server
async def test_rows_of_other_versions_expire(server: ValkeyServer) -> None:
    store, client = ValkeyStore(server.url), Redis.from_url(server.url)
    await store.put([row(key("acme/old", version="v0")), row(key())])
    await store.newest({"v1"}, 1_000)
    old = await client.ttl(b"weighbridge:" + key("acme/old", version="v0").id)
    new = await client.ttl(b"weighbridge:" + key().id)
    await client.aclose()
    await store.close()

    assert 0 < old <= OLD_VERSION_SECONDS
    assert new == -1


@needs_server
@pytest.mark.parametrize("append_only", [True, False])
async def test_a_server_survives_only_with_an_append_only_file(tmp_path: Path, *, append_only: bool) -> None:
    with ValkeyServer(tmp_path / "valkey", append_only=append_only) as server:
        store = ValkeyStore(server.url)
        why = await store.survives()
        await store.close()

    assert (why is None) == append_only
    assert why is None or why.endswith("writes no append-only file (appendonly yes)")


@needs_server
async def test_a_password_opens_the_server_and_is_never_shown(tmp_path: Path) -> None:
    with ValkeyServer(tmp_path / "valkey", password="s3cret") as server:
        right, wrong = ValkeyStore(server.url), ValkeyStore(server.url.replace("s3cret", "hunter2"))
        await right.put([row(key())])
        with pytest.raises(StoreError) as refused:
            await wrong.get(key().id)
        await right.close()
        await wrong.close()

    assert right.name == wrong.name == f"redis://127.0.0.1:{server.port}/0"
    assert "hunter2" not in str(refused.value)


@needs_server
async def test_a_server_that_hangs_costs_one_short_wait_and_then_none(server: ValkeyServer) -> None:
    remembered = Remembered(ValkeyStore(server.url, seconds=0.1))
    remembered.keep(key(), b"body", time.time())
    await until(lambda: remembered.counts["stored"] == 1)
    server.freeze()
    away = [await remembered.recall(key(f"acme/m{number}")) for number in range(50)]
    held = await remembered.recall(key())
    server.thaw()
    await remembered.close()

    assert set(away) == {None}
    assert remembered.counts["failed"] == 1
    assert held is not None


@needs_server
async def test_a_server_that_comes_back_is_asked_again(server: ValkeyServer, tmp_path: Path) -> None:
    store = ValkeyStore(server.url)
    await store.put([row(key())])
    server.stop()
    with contextlib.suppress(StoreError):
        await store.get(key().id)
    server.start()
    found = await store.get(key().id)
    await store.close()

    assert found == row(key())


@needs_server
async def test_what_one_replica_learns_the_other_knows(server: ValkeyServer) -> None:
    first, second = Remembered(ValkeyStore(server.url)), Remembered(ValkeyStore(server.url))
    now = time.time()
    first.keep(key(), b"body", now)
    await until(lambda: first.counts["stored"] == 1)
    found = await second.recall(key())
    await first.close()
    await second.close()

    assert found == Held(b"body", now)
