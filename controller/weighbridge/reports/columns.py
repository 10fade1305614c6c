"""Columns of plain text."""

from __future__ import annotations

from collections.abc import Sequence

from weighbridge.model.text import printable

CELL = 120
"""Characters of one cell that are shown."""


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return lines with aligned cells under upper-case titles; the last column is as long as it is."""
    lines = [[one.upper() for one in head], *([printable(cell, CELL) for cell in row] for row in rows)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(head))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )
