"""Text in columns of a terminal, where a character of Chinese or an emoji takes two and an accent none."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from weighbridge.model.text import printable

WIDTH = 100
"""Columns of a report that nobody says more about."""
CELL = 120
"""Columns of one cell of a table that are shown."""


def cells(text: str) -> int:
    """Return how many columns a text takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def clipped(text: str, width: int) -> str:
    """Return a text of others on one line, in at most `width` columns."""
    shown = printable(text, 400)
    if cells(shown) <= width:
        return shown
    return _head(shown, width - 1) + "…"


def padded(text: str, width: int) -> str:
    """Return a text of others in exactly `width` columns."""
    shown = clipped(text, width)
    return shown + " " * (width - cells(shown))


def wrapped(text: str, width: int, indent: str, limit: int = 1000) -> Iterator[str]:
    """Return a text of others in lines of at most `width` columns, broken between words where there are any."""
    room = width - len(indent)
    line = ""
    for word in printable(text, limit).split(" "):
        rest = word
        if line and cells(line) + 1 + cells(rest) > room:
            yield f"{indent}{line}"
            line = ""
        while cells(rest) > room:
            head = _head(rest, room)
            yield f"{indent}{head}"
            rest = rest[len(head) :]
        line = f"{line} {rest}" if line else rest
    if line:
        yield f"{indent}{line}"


def _head(text: str, width: int) -> str:
    """Return as much of a text as fits into `width` columns."""
    return text[: bisect_right(list(accumulate(map(_cells, text))), width)]


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return lines with aligned cells under upper-case titles; the last column is as long as it is."""
    lines = [[one.upper() for one in head], *([clipped(cell, CELL) for cell in row] for row in rows)]
    widths = [max(cells(line[index]) for line in lines) for index in range(len(head))]
    return "".join(
        "  ".join(cell + " " * (width - cells(cell)) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
        for line in lines
    )
