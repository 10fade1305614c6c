"""What a word of a shell says beside its text: an assignment, an array, a keyword. No input or output."""

from __future__ import annotations

import re
from collections.abc import Sequence

from weighbridge.workloads.reading import TEXT
from weighbridge.workloads.shell_words import Piece, Word

ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=(.*)", re.DOTALL)
"""`NAME=VALUE` and `NAME+=VALUE`."""


def is_array(word: Word) -> bool:
    """Return whether a word is `NAME=` or `NAME+=`, behind which an array may begin."""
    return len(word.pieces) == 1 and (found := assignment(word)) is not None and found[2].pieces[0].text == ""


def replaced(part: str, forms: Sequence[str], value: str) -> str:
    """Return a text with a value in the place of each form of its variable."""
    for form in forms:
        part = part.replace(form, value)[:TEXT]
    return part


def plain(word: Word) -> str:
    """Return a word that is written without quotes and variables."""
    return word.pieces[0].text if len(word.pieces) == 1 and word.pieces[0].kind == "plain" else ""


def assignment(word: Word) -> tuple[str, bool, Word] | None:
    """Return name, whether it appends, and value of `NAME=VALUE`."""
    first = word.pieces[0]
    found = ASSIGNMENT.fullmatch(first.text) if first.kind == "plain" else None
    if found is None:
        return None
    name, plus, rest = found.groups()
    pieces = [piece if piece.kind != "variable" else _unsplit(piece) for piece in word.pieces[1:]]
    return name, bool(plus), Word((Piece(rest, "plain"), *pieces))


def _unsplit(piece: Piece) -> Piece:
    return Piece(piece.text, piece.kind, piece.name, piece.operator, piece.alternative)
