"""
The way out for a client that is not ours: a proxy on loopback that connects to listed hosts only.

Libraries for object stores follow redirects and resolve names by themselves. Whatever they are told, every connection
they make comes through here, and the address that is checked is the one that is connected to.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
from collections.abc import Coroutine
from types import TracebackType
from typing import Self

from weighbridge.sources.object_stores import is_address

MOST_HEAD = 32 * 1024
"""Bytes of a request's head."""
CONNECTIONS = 64
"""Open at the same time."""

_HEAD_SECONDS = 10.0
_CONNECT_SECONDS = 10.0
_CHUNK = 64 * 1024
_REQUEST = re.compile(
    rb"(?:CONNECT (?P<tunnel>[^\s/]{1,300})|[A-Z]{3,7} http://(?P<plain>[^\s/?#@]{1,300})\S{0,16000}) HTTP/1\.[01]\r\n"
)


class Egress:
    """Lets one client out to some hosts."""

    def __init__(self, hosts: frozenset[tuple[str, int]]) -> None:
        """
        Connect to `hosts` (name or address, port) and to nobody else.

        A host that is listed by name may lie in a private network, as stores inside a cluster do, but its name must not
        lead to this machine or to a link-local address: those must be listed as the addresses they are.
        """
        self._hosts = hosts
        self._server: asyncio.Server | None = None
        self._room = asyncio.Semaphore(CONNECTIONS)
        self._open: set[asyncio.Task[None]] = set()
        self.refused: list[str] = []
        """Hosts that were asked for and not connected to, the last few."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", 0, limit=MOST_HEAD)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    @property
    def url(self) -> str:
        """Where the client finds the proxy."""
        if self._server is None:
            raise RuntimeError("the way out is not open")
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._served(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with self._room:
                await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass  # either side hung up: the client says so to whoever asked
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_HEAD_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        asked = _REQUEST.match(head)
        if asked is None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        tunnel = asked["tunnel"] is not None
        host, port = _authority((asked["tunnel"] or asked["plain"]).decode("ascii", "replace"), 443 if tunnel else 80)
        address = await self._address(host, port)
        if address is None:
            self.refused = [*self.refused[-15:], host]
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        async with asyncio.timeout(_CONNECT_SECONDS):
            far_reader, far_writer = await asyncio.open_connection(address, port)
        try:
            if tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                far_writer.write(head)
            await _both(_copied(reader, far_writer), _copied(far_reader, writer))
        finally:
            far_writer.close()

    async def _address(self, host: str, port: int) -> str | None:
        """Return the address to connect to; `None` when the host is not listed or its name leads where it must not."""
        if (host, port) not in self._hosts:
            return None
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        allowed = [one for one in addresses if is_address(host) or not _own(one)]
        return next(iter(allowed), None)


def _own(address: str) -> bool:
    """Tell whether an address is this machine's, or one that only its own link knows."""
    known = ipaddress.ip_address(address.partition("%")[0])
    mapped = known.ipv4_mapped if isinstance(known, ipaddress.IPv6Address) else None
    one = mapped or known
    return one.is_loopback or one.is_link_local or one.is_unspecified or one.is_multicast


def _authority(text: str, port: int) -> tuple[str, int]:
    host, colon, digits = text.rpartition(":")
    if colon and digits.isascii() and digits.isdigit() and len(digits) < 6 and not host.endswith(":"):
        return host.strip("[]").lower(), int(digits)
    return text.strip("[]").lower(), port


async def _both(one: Coroutine[None, None, None], other: Coroutine[None, None, None]) -> None:
    """Run both until either side hangs up."""
    tasks = [asyncio.ensure_future(one), asyncio.ensure_future(other)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()
