"""
Outcomes as bytes, and back.

Only values whose type is known beforehand come out again: what does not fit it is `Damaged`, and no bytes can name a class or run code.
Fields are written in order and without names, and what is long enough is compressed.
"""

from __future__ import annotations

import zlib
from typing import Any, Generic, TypeVar

import msgspec

from weighbridge.model.outcomes import Found, Missing, Unreadable

T = TypeVar("T")

MOST_BYTES = 16 * 1024 * 1024
"""Of one outcome, so that a few stored bytes do not become gigabytes."""
WORTH_COMPRESSING = 300
"""Bytes; less than that gains nothing."""
_PLAIN, _COMPRESSED = b"\0", b"\1"


class Damaged(Exception):
    """Bytes that are not what they should be."""


class Unwritable(Exception):
    """A value that cannot be written down: text that is no Unicode, or a number nobody counts to."""


class _Written(msgspec.Struct, Generic[T], array_like=True, omit_defaults=True):
    found: T | None = None
    unreadable: str | None = None
    missing: str | None = None


class Encoding(Generic[T]):
    """Writes outcomes of one kind of value."""

    def __init__(self, kind: Any) -> None:
        """
        Write found values of `kind` and `Unreadable` ones.

        Raises `TypeError` for a type that cannot be told from its bytes, such as a union of two dataclasses.
        """
        self._decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(_Written[kind])

    def encode(self, outcome: Found[T] | Missing) -> bytes:
        """Return the bytes of an outcome. Raises `Unwritable`."""
        match outcome:
            case Missing(looked_at=looked_at):
                written = _Written[object](missing=looked_at)
            case Found(value=Unreadable(unreadable=why)):
                written = _Written[object](unreadable=why)
            case Found(value=value):
                written = _Written[object](found=value)
        try:
            plain = msgspec.msgpack.encode(written)
        except (UnicodeEncodeError, OverflowError, TypeError) as error:
            raise Unwritable(str(error)) from error
        if len(plain) > MOST_BYTES:
            raise Unwritable(f"{len(plain)} bytes")
        return _PLAIN + plain if len(plain) < WORTH_COMPRESSING else _COMPRESSED + zlib.compress(plain, 6)

    def decode(self, body: bytes) -> Found[T] | Missing:
        """Return the outcome that was written. Raises `Damaged`."""
        try:
            written = self._decoder.decode(_plain(body))
        except (msgspec.MsgspecError, UnicodeDecodeError, zlib.error, RecursionError) as error:
            raise Damaged(str(error)) from error
        if written.missing is not None:
            return Missing(written.missing)
        if written.unreadable is not None:
            # The type of what is found holds `Unreadable` wherever one was written.
            unreadable: Any = Unreadable(written.unreadable)
            return Found(unreadable)
        if written.found is None:
            raise Damaged("nothing was written")
        return Found(written.found)


def _plain(body: bytes) -> bytes:
    kind, content = body[:1], body[1:]
    if kind == _PLAIN:
        return content
    if kind != _COMPRESSED:
        raise Damaged("written in a way nobody knows")
    unpacking = zlib.decompressobj()
    plain = unpacking.decompress(content, MOST_BYTES)
    if not unpacking.eof:
        raise Damaged("compressed bytes without an end")
    return plain
