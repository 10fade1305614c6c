"""
A store that several replicas share: Valkey or Redis.

It outlives Pods only where it writes an append-only file, which is asked of the server and not assumed.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from yarl import URL

from weighbridge.errors import StoreError, UserError
from weighbridge.store.interface import MOST_ROW_BYTES, OLD_VERSION_SECONDS, Kept, Row

SECONDS = 0.5
"""For one answer of the server; a review does not wait longer for what memory does not hold."""
SCHEMES = ("redis", "rediss", "unix")

_PREFIX = b"weighbridge:"
_AT_ONCE = 200
_MOST_KEYS = 1_000_000

_PUT = """
local old = redis.call('GETRANGE', KEYS[1], 0, 7)
if #old < 8 or struct.unpack('>d', old) <= struct.unpack('>d', ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1]) end
"""
"""Sets a value unless a newer one is there: two replicas learn at different times and write in any order."""
_OBSERVED = struct.Struct(">d")

_decode = msgspec.msgpack.Decoder(tuple[str, str, str, str, bytes]).decode


class ValkeyStore:
    """Rows on a server."""

    def __init__(self, url: str, *, seconds: float = SECONDS) -> None:
        """Use the server at `url` (`redis://[user:password@]host[:port][/database]`, `rediss://` with TLS, `unix://path`); raises `UserError`."""
        self._seconds = seconds
        try:
            self._name = _without_password(url)
            # Once more at once, because a server that was restarted has closed the connections we kept.
            self._server: Redis = Redis.from_url(
                url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=Retry(NoBackoff(), 1)
            )
        except (ValueError, TypeError) as error:
            raise UserError("--store: not the address of a server, expected redis://HOST:PORT/DATABASE") from error

    @property
    def name(self) -> str:
        """The address without its password."""
        return self._name

    async def get(self, key: bytes) -> Row | None:
        """Return the row under a digest."""
        async with self._translated(), asyncio.timeout(self._seconds):
            return _row(key, await self._server.get(_PREFIX + key))

    async def put(self, rows: Sequence[Row]) -> None:
        """Keep rows, in one go."""
        async with self._translated(), self._server.pipeline(transaction=False) as pipe:
            for one in rows:
                values = (one.version, one.kind, one.host, one.name, one.body)
                pipe.eval(_PUT, 1, _PREFIX + one.id, _OBSERVED.pack(one.observed) + msgspec.msgpack.encode(values))
            await pipe.execute()

    async def newest(self, versions: AbstractSet[str], most_bytes: int) -> Sequence[Row]:
        """Return rows of these versions, in no order; those of others begin to expire."""
        rows: list[Row] = []
        async with self._translated():
            async for some in self._rows():
                for row in some:
                    if row.version not in versions:
                        await self._server.expire(_PREFIX + row.id, OLD_VERSION_SECONDS, nx=True)
                    elif len(row.body) <= most_bytes:
                        most_bytes -= len(row.body)
                        rows.append(row)
        return rows

    async def contents(self) -> Sequence[Kept]:
        """Return what it holds, by kind."""
        found: dict[str, list[Row]] = {}
        async with self._translated():
            async for some in self._rows():
                for row in some:
                    found.setdefault(row.kind, []).append(row)
        return [_kept(kind, rows) for kind, rows in sorted(found.items())]

    async def purge(self, host: str | None, name: str | None) -> int:
        """Forget rows."""
        gone = 0
        async with self._translated():
            async for some in self._rows():
                keys = [_PREFIX + one.id for one in some if host in (None, one.host) and name in (None, one.name)]
                gone += await self._server.delete(*keys) if keys else 0
        return gone

    async def survives(self) -> str | None:
        """Return why the server would forget everything when it starts anew."""
        async with self._translated():
            told: dict[str, Any] = await self._server.info("persistence")
        return None if told.get("aof_enabled") else f"{self.name} writes no append-only file (appendonly yes)"

    async def close(self) -> None:
        """Close all connections."""
        await self._server.aclose()

    async def _rows(self) -> AsyncIterator[list[Row]]:
        keys: list[bytes] = []
        seen = 0
        async for key in self._server.scan_iter(match=_PREFIX + b"*", count=1_000):
            keys.append(key)
            seen += 1
            if len(keys) == _AT_ONCE:
                yield await self._some(keys)
                keys = []
            if seen == _MOST_KEYS:
                break
        if keys:
            yield await self._some(keys)

    async def _some(self, keys: Sequence[bytes]) -> list[Row]:
        values: Iterable[Any] = await self._server.mget(keys)
        rows = (_row(key[len(_PREFIX) :], value) for key, value in zip(keys, values, strict=True))
        return [row for row in rows if row is not None]

    @asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        """Turn the client's errors into ours: the only place that knows them."""
        try:
            yield
        except (RedisError, OSError, TimeoutError) as error:
            raise StoreError(f"{self.name}: {str(error) or type(error).__name__}") from error


def _row(key: bytes, value: object) -> Row | None:
    """Return the row a value holds; a value that nobody of us wrote is none."""
    if not isinstance(value, bytes) or len(value) > 2 * MOST_ROW_BYTES:
        return None
    try:
        (observed,) = _OBSERVED.unpack_from(value)
        version, kind, host, name, body = _decode(value[_OBSERVED.size :])
    except (struct.error, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return Row(key, version, kind, host, name, observed, body)


def _kept(kind: str, rows: Sequence[Row]) -> Kept:
    ages = [row.observed for row in rows]
    return Kept(kind, len(rows), sum(len(row.body) for row in rows), min(ages), max(ages))


def _without_password(url: str) -> str:
    parsed = URL(url)
    return str(parsed.with_user(None).with_query(None)) if parsed.host else f"{parsed.scheme}://{parsed.path}"
