"""
Reads the headers of a tar archive without doing any input or output itself (POSIX.1-2001 pax, ustar, GNU names).

The reader asks for bytes and is given them, so the same code walks an archive in memory, one that is being unpacked, and
one at a registry of which only the headers are fetched. All of it is an attacker's: names, sizes, counts and links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from weighbridge.model.text import printable

MOST_ENTRIES = 50_000
"""Of one archive."""
LONGEST_NAME = 1_024
LARGEST_EXTENSION = 64 * 1024
"""Bytes of a name or of attributes that stand before a header."""

_BLOCK = 512
_OCTAL = re.compile(rb"[ \0]*([0-7]*)[ \0]*")
_PAX_RECORD = re.compile(rb"(\d{1,6}) ([^=\n]{1,200})=")

Kind: TypeAlias = Literal["file", "folder", "link", "hard_link"]
_KINDS: dict[bytes, Kind] = {
    b"0": "file", b"\0": "file", b"7": "file", b"5": "folder", b"2": "link", b"1": "hard_link",
}  # fmt: skip
_NO_CONTENT = (b"3", b"4", b"6")
"""Devices and pipes: nothing anybody loads."""


class BadArchive(Exception):
    """What is wrong with an archive, as the end of a sentence about it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in an archive."""

    path: str
    kind: Kind
    size: int
    offset: int
    """Of its content in the archive."""
    target: str = ""
    """Where a link leads."""
    start: bytes = b""
    """The first bytes of its content, as many as were to be kept."""


@dataclass(slots=True)
class Walked:
    """What was read of an archive."""

    entries: list[Entry] = field(default_factory=list)
    complete: bool = False
    """Whether its end was reached."""


@dataclass(frozen=True, slots=True)
class Take:
    """The reader wants the next `length` bytes; fewer mean that there are no more."""

    length: int


@dataclass(frozen=True, slots=True)
class Skip:
    """The reader does not want the next `length` bytes."""

    length: int


Steps: TypeAlias = Generator[Take | Skip, bytes, Walked]


@dataclass(slots=True)
class _Extensions:
    """What stands before the header it is about."""

    name: str | None = None
    target: str | None = None
    size: int | None = None


def walk(keep: Callable[[str, int], int], most: int = MOST_ENTRIES) -> Steps:
    """
    Read an archive of at most `most` entries from its start.

    `keep` says how many bytes of a file's content to keep, by its name and size.

    Raises `BadArchive` for what is no archive or one that nobody should unpack.
    """
    walked, at, extensions = Walked(), 0, _Extensions()
    while True:
        header = yield Take(_BLOCK)
        at += _BLOCK
        if len(header) < _BLOCK:
            return walked
        if not any(header):
            walked.complete = True
            return walked
        _check(header)
        size, kind = _number(header[124:136]), header[156:157]
        if kind in (b"x", b"g", b"L", b"K"):
            content = yield Take(_extension_size(size))
            at += len(content)
            _extend(extensions, kind, content[:size])
            continue
        size = extensions.size if extensions.size is not None else size
        entry = _entry(header, kind, size, at, extensions)
        extensions = _Extensions()
        length = 0 if entry is not None and entry.kind != "file" else size
        wanted = min(keep(entry.path, size), size) if entry is not None and entry.kind == "file" else 0
        start = (yield Take(wanted)) if wanted else b""
        if len(start) < wanted:
            return walked
        if entry is not None:
            _add(walked, entry, start, most)
        padded = -(-length // _BLOCK) * _BLOCK
        at += padded
        if padded > wanted:
            yield Skip(padded - wanted)


def _add(walked: Walked, entry: Entry, start: bytes, most: int) -> None:
    if len(walked.entries) >= most:
        raise BadArchive(f"holds more than the {most} files that are read")
    walked.entries.append(Entry(entry.path, entry.kind, entry.size, entry.offset, entry.target, start))


def _check(header: bytes) -> None:
    total = sum(header[:148]) + 8 * 0x20 + sum(header[156:])
    told = _OCTAL.fullmatch(header[148:156])
    if told is None or int(told[1] or b"0", 8) != total:
        raise BadArchive("is no tar archive")


def _number(text: bytes) -> int:
    """Read octal digits, or the base-256 form that GNU uses for large numbers."""
    if text[0] == 0x80:
        return int.from_bytes(text[1:], "big")
    found = _OCTAL.fullmatch(text)
    if found is None:
        raise BadArchive("has a header with a number that is none")
    return int(found[1] or b"0", 8)


def _extension_size(size: int) -> int:
    if size > LARGEST_EXTENSION:
        raise BadArchive(f"has a header of {size} bytes, at most {LARGEST_EXTENSION} are read")
    return -(-size // _BLOCK) * _BLOCK


def _extend(extensions: _Extensions, kind: bytes, content: bytes) -> None:
    match kind:
        case b"L":
            extensions.name = _string(content)
        case b"K":
            extensions.target = _string(content)
        case b"x":
            _pax(extensions, content)
        case _:
            pass  # what holds for all entries: times and comments


def _pax(extensions: _Extensions, content: bytes) -> None:
    at = 0
    while at < len(content):
        record = _PAX_RECORD.match(content, at)
        length = int(record[1]) if record is not None else 0
        if record is None or length <= len(record[0]) or at + length > len(content):
            raise BadArchive("has attributes nobody can read")
        value = content[at + len(record[0]) : at + length - 1]
        match record[2]:
            case b"path":
                extensions.name = _string(value)
            case b"linkpath":
                extensions.target = _string(value)
            case b"size" if value.isdigit() and len(value) < 19:
                extensions.size = int(value)
            case key if key.startswith(b"GNU.sparse") or key == b"size":
                raise BadArchive("holds a file with holes")
            case _:
                pass
        at += length


def _entry(header: bytes, kind: bytes, size: int, at: int, extensions: _Extensions) -> Entry | None:
    """Return what a header describes; `None` for devices and pipes."""
    if size >= 2**53:
        raise BadArchive("holds a file larger than any disk")
    if kind in _NO_CONTENT:
        return None
    known = _KINDS.get(kind)
    if known is None:
        raise BadArchive(f"holds something of kind {printable(repr(kind), 20)}, which nothing here reads")
    name = extensions.name if extensions.name is not None else _ustar_name(header)
    target = extensions.target if extensions.target is not None else _string(header[157:257])
    path = inside(name)
    if known == "file" and name.endswith("/"):
        known = "folder"  # as archives older than ustar say it
    return Entry(path, known, size if known == "file" else 0, at, target if known in ("link", "hard_link") else "")


def _ustar_name(header: bytes) -> str:
    name, prefix = _string(header[:100]), _string(header[345:500])
    return f"{prefix}/{name}" if header[257:263] == b"ustar\0" and prefix else name


def _string(content: bytes) -> str:
    return content.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def inside(name: str) -> str:
    """Return a name relative to the root, without `.`; raises `BadArchive` for one that leads elsewhere."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts:
        raise BadArchive(f"holds {printable(name, 80)}, which leads out of it")
    if len(name) > LONGEST_NAME:
        raise BadArchive(f"holds a name of {len(name)} characters, at most {LONGEST_NAME} are read")
    return "/".join(parts)
