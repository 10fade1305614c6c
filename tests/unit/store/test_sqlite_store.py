from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.store.stores import key, row

from weighbridge.errors import StoreError
from weighbridge.store.interface import MOST_ROW_BYTES, OLD_VERSION_SECONDS, Row
from weighbridge.store.remembered import Held, Remembered
from weighbridge.store.sqlite import SqliteStore

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "evidence.sqlite"


async def put(file: Path, *rows: Row) -> None:
    store = SqliteStore(file)
    await store.put(rows)
    await store.close()


def test_the_file_is_its_owners_alone(file: Path) -> None:
    asyncio.run(put(file, row(key())))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def content(file: Path) -> bytes:
    return file.read_bytes()


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def damage(file: Path, at: int) -> bytes:
    damaged = bytearray(file.read_bytes())
    until = at + 40 if at < 60 else len(damaged)
    damaged[at:until] = b"\xff" * (until - at)
    damaged[68:72] = b"WBRG"
    file.write_bytes(damaged)
    return bytes(damaged[4096:])


@pytest.mark.parametrize("at", [0, 30, 4096 + 100])
async def test_a_damaged_file_of_ours_is_set_aside_and_begun_anew(file: Path, at: int) -> None:
    await put(file, *(row(key(f"acme/m{number}"), os.urandom(3000)) for number in range(50)))
    end = damage(file, at)
    store = SqliteStore(file)
    answers = []
    for _ in range(2):
        try:
            answers.append(await store.get(key("acme/m7").id))
        except StoreError:
            answers.append(None)
    await store.put([row(key("acme/new"))])
    found = await store.get(key("acme/new").id)
    await store.close()

    assert answers == [None, None]
    assert found == row(key("acme/new"))
    assert content(file.with_name("evidence.sqlite.damaged"))[4096:] == end


async def test_a_file_that_is_not_ours_is_left_alone(file: Path, tmp_path: Path) -> None:
    text, other = tmp_path / "notes.txt", tmp_path / "other.sqlite"
    text.write_text("not a database" * 100)
    with sqlite3.connect(other) as base:
        base.execute("CREATE TABLE t (x)")
    base.close()
    before = {one: content(one) for one in (text, other)}
    for path, why in ((text, "not a database"), (other, "something else")):
        store = SqliteStore(path)
        for _ in range(2):
            with pytest.raises(StoreError, match=why):
                await store.put([row(key())])
        await store.close()

    assert {one: content(one) for one in before} == before
    assert names(tmp_path) == ["notes.txt", "other.sqlite"]


async def test_values_of_the_wrong_type_are_no_row(file: Path) -> None:
    await put(file, row(key()))
    with sqlite3.connect(file) as base:
        base.execute("PRAGMA writable_schema = ON")
        base.execute("UPDATE sqlite_master SET sql = replace(sql, ') STRICT', ')') WHERE name = 'answers'")
    base.close()
    with sqlite3.connect(file) as base:
        base.execute("UPDATE answers SET host = x'00', version = 'v1'")
    base.close()
    store = SqliteStore(file)
    found, newest = await store.get(key().id), await store.newest({"v1"}, 1000)
    await store.close()

    assert (found, newest) == (None, [])


async def test_a_file_that_is_full_lets_the_oldest_go(file: Path) -> None:
    store = SqliteStore(file, most_bytes=1024 * 1024)
    for number in range(400):
        await store.put([row(key(f"acme/m{number}"), os.urandom(5000), observed=float(number))])
    oldest, newest = await store.get(key("acme/m0").id), await store.get(key("acme/m399").id)
    await store.close()

    assert (oldest, newest is not None) == (None, True)
    assert len(content(file)) <= 1024 * 1024


async def test_a_folder_nobody_may_write_to_is_a_store_that_does_not_answer(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "missing" / "evidence.sqlite")
    with pytest.raises(StoreError, match="No such file"):
        await store.get(key().id)
    await store.close()

    with pytest.raises(StoreError, match=str(tmp_path)):
        await store.get(key().id)


@pytest.fixture
def read_only() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "evidence.sqlite"
        asyncio.run(put(file, row(key())))
        file.chmod(0o444)
        Path(folder).chmod(0o555)
        before = os.geteuid()
        if before == 0:
            os.seteuid(65534)
        yield file
        os.seteuid(before)
        Path(folder).chmod(0o700)


async def test_a_file_that_can_only_be_read_is_a_store_that_does_not_answer(read_only: Path) -> None:
    remembered = Remembered(SqliteStore(read_only))
    loaded, found = await remembered.load({"v1"}), await remembered.recall(key())
    remembered.keep(key(), b"body", 900.0)
    kept = await remembered.recall(key())
    await remembered.close()

    assert (loaded, found, kept) == (0, None, Held(b"body", 900.0))
    assert remembered.counts["failed"] == 1


async def test_a_disk_that_is_full_is_a_store_that_does_not_answer(tmp_path: Path) -> None:
    script = (
        "import asyncio, os, resource, signal, sys; from pathlib import Path\n"
        "from tests.unit.store.stores import key, row\n"
        "from weighbridge.store.remembered import Remembered; from weighbridge.store.sqlite import SqliteStore\n"
        "async def main():\n"
        "    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "    remembered = Remembered(SqliteStore(Path(sys.argv[1])))\n"
        "    for number in range(20): remembered.keep(key(f'acme/m{number}'), os.urandom(50_000), 900.0)\n"
        "    await asyncio.sleep(0.5)\n"
        "    held = [await remembered.recall(key(f'acme/m{number}')) for number in range(20)]\n"
        "    await remembered.close()\n"
        "    print(held.count(None), remembered.counts['failed'] > 0, remembered.counts['stored'])\n"
        "asyncio.run(main())\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'controller'}:{ROOT}"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(tmp_path / "x.sqlite"), stdout=asyncio.subprocess.PIPE, env=environment
    )
    out, _ = await process.communicate()

    assert out.decode().splitlines()[-1] == "0 True 0"


async def test_a_row_that_is_too_large_is_not_read(file: Path) -> None:
    await put(file, row(key(), b"x" * MOST_ROW_BYTES))
    store = SqliteStore(file)
    found = await store.get(key().id)
    await store.close()

    assert found is None


async def test_rows_of_another_version_go_after_a_week(file: Path) -> None:
    now = time.time()
    young = row(key("acme/a", version="v0"), observed=now - 60)
    old = row(key("acme/b", version="v0"), observed=now - OLD_VERSION_SECONDS - 60)
    store = SqliteStore(file)
    await store.put([young, old, row(key(), observed=now - OLD_VERSION_SECONDS - 60)])
    newest = await store.newest({"v1", "v2"}, 10_000)
    found = [await store.get(one.id) for one in (young, old)]
    await store.close()

    assert [one.name for one in newest] == ["acme/model"]
    assert found == [young, None]


async def test_the_newest_come_first_and_no_more_than_fit(file: Path) -> None:
    store = SqliteStore(file)
    await store.put([row(key(f"acme/m{number}"), b"x" * 84, observed=float(number)) for number in range(20)])
    newest = await store.newest({"v1"}, 350)
    await store.close()

    assert [one.name for one in newest] == ["acme/m19", "acme/m18", "acme/m17"]


async def test_a_file_outlives_a_pod_only_where_somebody_says_so(file: Path) -> None:
    plain, kept = SqliteStore(file), SqliteStore(file, outlives=True)
    why = await plain.survives(), await kept.survives()
    await plain.close()
    await kept.close()

    assert why == (f"{file} is not said to outlive this Pod (--accept-single-replica)", None)


async def test_two_processes_may_use_one_file(file: Path) -> None:
    first, second = SqliteStore(file), SqliteStore(file)
    await first.put([row(key("acme/a"))])
    await second.put([row(key("acme/b"))])
    found = await first.get(key("acme/b").id), await second.get(key("acme/a").id)
    await first.close()
    await second.close()

    assert None not in found
