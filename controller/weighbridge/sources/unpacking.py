"""Walks archives: those in memory, as they are or compressed, and those at a registry, of which only headers are fetched."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from weighbridge.sources.tar import BadArchive, Skip, Steps, Take, Walked

MOST_EXPANDED = 256 * 1024 * 1024
"""Bytes that a compressed archive may unpack to before we stop."""
MOST_PIECES = 256
"""Pieces that are fetched of one archive."""
PIECE = 64 * 1024

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class _Stream(Protocol):
    def take(self, length: int) -> bytes:
        """Return the next bytes, fewer at the end."""

    def skip(self, length: int) -> None:
        """Go on."""


@dataclass(slots=True)
class _Plain:
    content: bytes
    at: int = 0

    def take(self, length: int) -> bytes:
        piece = self.content[self.at : self.at + length]
        self.at += len(piece)
        return piece

    def skip(self, length: int) -> None:
        self.at += length


class _Gzip:
    """Unpacks piece by piece; a file of many members, as seekable images are, is one stream."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0
        self._member = zlib.decompressobj(wbits=31)
        self._ready = bytearray()
        self._expanded = 0

    def take(self, length: int) -> bytes:
        while len(self._ready) < length and (piece := self._next()):
            self._ready += piece
        found = bytes(self._ready[:length])
        del self._ready[:length]
        return found

    def skip(self, length: int) -> None:
        while length > 0:
            if not self._ready:
                self._ready += self._next()
            if not self._ready:
                return
            gone = min(length, len(self._ready))
            length -= gone
            del self._ready[:gone]

    def _next(self) -> bytes:
        """Return some more bytes; none at the end."""
        piece = b""
        while not piece:
            if self._member.eof:
                self._at -= len(self._member.unused_data)
                self._member = zlib.decompressobj(wbits=31)
                if self._content[self._at : self._at + 1] == b"\0":
                    return b""  # padding behind the last member
            feed = self._member.unconsumed_tail
            if not feed:
                feed = self._content[self._at : self._at + PIECE]
                self._at += len(feed)
            if not feed:
                return b""
            try:
                piece = self._member.decompress(feed, PIECE)
            except zlib.error as error:
                raise BadArchive("is compressed and cannot be unpacked") from error
        self._expanded += len(piece)
        if self._expanded > MOST_EXPANDED:
            raise BadArchive(f"unpacks to more than {MOST_EXPANDED // 1024 // 1024} MiB")
        return piece


def walk_in_memory(content: bytes, steps: Steps) -> Walked:
    """Walk an archive of which the start, or all, is at hand; raises `BadArchive`."""
    if content.startswith(ZSTD):
        raise BadArchive("is compressed with zstd, which nothing here unpacks")
    stream: _Stream = _Gzip(content) if content.startswith(GZIP) else _Plain(content)
    answer: bytes | None = None
    try:
        while True:
            step = steps.send(answer) if answer is not None else next(steps)
            answer = b""
            match step:
                case Take(length=length):
                    answer = stream.take(length)
                case Skip(length=length):
                    stream.skip(length)
    except StopIteration as end:
        return _walked(end)


async def walk_from_afar(fetch: Callable[[int, int], Awaitable[bytes]], steps: Steps) -> Walked:
    """Walk an archive that is not compressed, by `fetch(start, length)`; raises `BadArchive`, and what `fetch` raises."""
    at, window, begin, pieces = 0, b"", 0, 0
    answer: bytes | None = None
    try:
        while True:
            step = steps.send(answer) if answer is not None else next(steps)
            answer = b""
            match step:
                case Skip(length=length):
                    at += length
                case Take(length=length):
                    if not begin <= at <= at + length <= begin + len(window):
                        if pieces == MOST_PIECES:
                            raise BadArchive(f"would take more than {MOST_PIECES} questions to read")
                        pieces += 1
                        window, begin = await fetch(at, max(PIECE, length)), at
                    answer = window[at - begin : at - begin + length]
                    at += length
    except StopIteration as end:
        return _walked(end)


def _walked(end: StopIteration) -> Walked:
    value = end.value
    if not isinstance(value, Walked):
        raise TypeError("a walk ends with what was walked") from end
    return value
