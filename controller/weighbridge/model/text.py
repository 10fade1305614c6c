"""Text of others, made safe to show: names, messages and quotes may all be an attacker's."""

from __future__ import annotations

import unicodedata
from typing import Protocol

_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
"""Unicode categories that move the cursor, hide or reorder text."""


def printable(text: str, limit: int = 400) -> str:
    """Return `text` on one line of at most `limit` characters, with invisible and reordering characters written out."""
    start = text[: limit + 1]
    shown = start if start.isprintable() else "".join(map(_escaped, start))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _escaped(character: str) -> str:
    if character in "\n\r\t":
        return " "
    if unicodedata.category(character) in _HIDDEN:
        return f"\\u{ord(character):04x}"
    return character


def short_ref(ref: str) -> str:
    """Return a reference with its commit or digest cut to seven digits, as people write it."""
    head, at, revision = ref.rpartition("@")
    revision, hash_, file = revision.partition("#")
    bare = revision.removeprefix("sha256:")
    if not at or len(bare) < 40 or any(character not in "0123456789abcdef" for character in bare):
        return ref
    return f"{head}@{bare[:7]}{hash_}{file}"


def plural(count: int, noun: str) -> str:
    """Return `1 note`, `2 notes`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


class Line(Protocol):
    """A line of a card as a reader sees it."""

    @property
    def number(self) -> int:
        """Where it stands, counted from 1."""

    @property
    def text(self) -> str:
        """The line, or the value behind its key."""

    @property
    def key(self) -> str | None:
        """The key of a `key: value` line."""

    @property
    def heading(self) -> bool:
        """Whether it is a heading."""
