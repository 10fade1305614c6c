"""
A store in one SQLite file, for one machine: the command line, or a controller with one replica.

The file is used by one thread of this process; other processes may use it at the same time (write-ahead log).
A file of ours that is damaged is set aside and begun anew; a file that is not ours is left alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import structlog

from weighbridge.errors import StoreError
from weighbridge.store.interface import MOST_ROW_BYTES, OLD_VERSION_SECONDS, Kept, Row

MOST_BYTES = 1024 * 1024 * 1024
"""Of the file; when it is full, the oldest tenth goes."""
BUSY_SECONDS = 1.0
"""For which another process may hold the file."""

_APPLICATION = 0x57425247
"""`WBRG`, at byte 68 of every file of ours."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
  id BLOB PRIMARY KEY, version TEXT NOT NULL, kind TEXT NOT NULL, host TEXT NOT NULL, name TEXT NOT NULL,
  observed REAL NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS by_age ON answers (observed);
"""
_COLUMNS = "id, version, kind, host, name, observed, body"

T = TypeVar("T")

_log = structlog.get_logger("weighbridge.store")


class SqliteStore:
    """Rows in a file."""

    def __init__(self, file: Path, *, most_bytes: int = MOST_BYTES, outlives: bool = False) -> None:
        """
        Keep rows in `file`, which is made when it is not there, of at most `most_bytes`.

        `outlives` says that the file lies on a volume that outlives this Pod, and that no other replica is to share it.
        """
        self._file = file
        self._most_bytes = most_bytes
        self._outlives = outlives
        self._connection: sqlite3.Connection | None = None
        # One thread, so that a connection is never used by two; of its own, because a volume that hangs must not take others' threads.
        self._thread = ThreadPoolExecutor(1, "sqlite")

    @property
    def name(self) -> str:
        """The file."""
        return str(self._file)

    async def get(self, key: bytes) -> Row | None:
        """Return the row under a digest."""
        return await self._run(lambda base: _first(base, key))

    async def put(self, rows: Sequence[Row]) -> None:
        """Keep rows; when the file is full, the oldest go."""
        await self._run(lambda base: _put(base, rows))

    async def newest(self, versions: AbstractSet[str], most_bytes: int) -> Sequence[Row]:
        """Return the newest rows of these versions, of at most so many bytes; those of others go when they are old."""
        return await self._run(lambda base: _newest(base, sorted(versions), most_bytes))

    async def contents(self) -> Sequence[Kept]:
        """Return what it holds, by kind."""
        query = "SELECT kind, count(*), sum(length(body)), min(observed), max(observed) FROM answers GROUP BY kind ORDER BY kind"
        return await self._run(lambda base: [Kept(*found) for found in base.execute(query)])

    async def purge(self, host: str | None, name: str | None) -> int:
        """Forget rows."""
        return await self._run(lambda base: _purge(base, host, name))

    async def survives(self) -> str | None:
        """Return why the file would not outlive this Pod."""
        if not self._outlives:
            return f"{self.name} is not said to outlive this Pod (--accept-single-replica)"
        return None

    async def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(StoreError):
            await self._in_thread(self._close)
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self._in_thread(lambda: self._with(work))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (sqlite3.Error, OSError, RuntimeError) as error:
            raise StoreError(f"{self.name}: {error}") from error

    def _with(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            with self._open() as base:
                return work(base)
        except sqlite3.DatabaseError as error:
            if _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                self._set_aside()
            raise

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            if not self._file.exists():
                self._file.touch(0o600)
            base = sqlite3.connect(self._file, timeout=BUSY_SECONDS)
            try:
                self._prepare(base)
            except BaseException:
                base.close()
                raise
            self._connection = base
        return self._connection

    def _prepare(self, base: sqlite3.Connection) -> None:
        (owner,) = base.execute("PRAGMA application_id").fetchone()
        (tables,) = base.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if owner != _APPLICATION and tables:
            raise OSError(None, "a database of something else, and no store of weighbridge")
        (page,) = base.execute("PRAGMA page_size").fetchone()
        base.execute(f"PRAGMA max_page_count = {max(self._most_bytes // page, 16)}")
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = NORMAL")
        base.execute(f"PRAGMA application_id = {_APPLICATION}")
        base.executescript(_SCHEMA)

    def _set_aside(self) -> None:
        """Begin anew where the file is one of ours."""
        self._close()
        with self._file.open("rb") as opened:
            opened.seek(68)
            ours = opened.read(4) == _APPLICATION.to_bytes(4, "big")
        if ours:
            aside = self._file.with_name(self._file.name + ".damaged")
            self._file.replace(aside)
            for tail in ("-wal", "-shm"):
                self._file.with_name(self._file.name + tail).unlink(missing_ok=True)
            _log.warning("a damaged store was set aside", store=self.name, aside=str(aside))

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _first(base: sqlite3.Connection, key: bytes) -> Row | None:
    query = f"SELECT {_COLUMNS} FROM answers WHERE id = ? AND length(body) <= {MOST_ROW_BYTES}"  # noqa: S608  constants only
    found = base.execute(query, (key,)).fetchone()
    return _row(found) if found is not None else None


def _row(values: tuple[object, ...]) -> Row | None:
    """Return a row whose values have their types; those of a damaged file may not."""
    match values:
        case (
            bytes() as id_,
            str() as version,
            str() as kind,
            str() as host,
            str() as name,
            float() as at,
            bytes() as body,
        ):
            return Row(id_, version, kind, host, name, at, body)
        case _:
            return None


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's own number for what went wrong; 0 where Python found it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _put(base: sqlite3.Connection, rows: Sequence[Row]) -> None:
    query = (
        f"INSERT INTO answers ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "  # noqa: S608
        "observed = excluded.observed, body = excluded.body WHERE excluded.observed >= observed"
    )
    values = [(one.id, one.version, one.kind, one.host, one.name, one.observed, one.body) for one in rows]
    try:
        base.executemany(query, values)
    except sqlite3.OperationalError as error:
        if _code(error) != sqlite3.SQLITE_FULL:
            raise
        base.rollback()
        _make_room(base)
        base.executemany(query, values)


def _make_room(base: sqlite3.Connection) -> None:
    """Let the oldest tenth go; rows of other versions are older than any of ours."""
    base.execute(
        "DELETE FROM answers WHERE id IN (SELECT id FROM answers ORDER BY observed LIMIT 1 + (SELECT count(*) FROM answers) / 10)"
    )
    base.commit()


def _newest(base: sqlite3.Connection, versions: Sequence[str], most_bytes: int) -> list[Row]:
    marks = ", ".join("?" * len(versions))
    old = time.time() - OLD_VERSION_SECONDS
    base.execute(f"DELETE FROM answers WHERE version NOT IN ({marks}) AND observed < ?", (*versions, old))  # noqa: S608
    rows: list[Row] = []
    query = f"SELECT {_COLUMNS} FROM answers WHERE version IN ({marks}) ORDER BY observed DESC"  # noqa: S608
    for found in base.execute(query, versions):
        row = _row(found)
        most_bytes -= len(row.body) if row is not None else 0
        if most_bytes < 0:
            break
        rows += [row] if row is not None else []
    return rows


def _purge(base: sqlite3.Connection, host: str | None, name: str | None) -> int:
    done = base.execute(
        "DELETE FROM answers WHERE (?1 IS NULL OR host = ?1) AND (?2 IS NULL OR name = ?2)", (host, name)
    )
    return done.rowcount
