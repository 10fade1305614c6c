"""
Parts → sentences, as a reader sees them, each with its line.

Only so much of a card is read as any card that people read holds; who hides a statement behind that has not made it.
No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from weighbridge.cards.blocks import visible
from weighbridge.cards.parts import Part, Piece, PieceKind
from weighbridge.cards.placeholders import is_empty_value, without_template, words_of
from weighbridge.cards.tongues import spaced

MOST_CHARACTERS = 256 * 1024
"""Text that is judged; the longest known cards hold 120,000 characters."""
LONGEST = 600
"""Characters of a sentence; a longer one is judged in pieces."""

_END = re.compile(
    r"([.!?][\"')\]*_]{0,4})\s+(?=[\"'(\[*_`]{0,3}[^\W\d_a-z])|[ ]{2}[ ]{0,20}\n|\\\n|<br\s?/?>|\n(?=\s{0,8}[-*•+]\s)|[。\uff01\uff1f]"
)
_MARKS = str.maketrans("", "", "*`#\\")
_EMPHASIS = re.compile(r"(?<!\w)_+|_+(?!\w)")
_NONE = re.compile(
    r"\W*(?:none|n/a|not applicable|nothing|keine?|ningun[oa]|aucune?|无|暂无)(?:[.,;]|\W*$)", re.IGNORECASE
)
"""The answer under a label that denies what the label names."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, a table row, or a block of code."""

    line: int
    text: str
    """Without markup, on one line, without template text."""
    raw: str
    """As written: addresses behind links are in here."""
    kind: PieceKind
    words: int
    part: int
    """The number of its part."""
    head: str = ""
    """The header of the table it is a row of."""


def passages(parts: Iterable[Part], references: frozenset[str]) -> list[Passage]:
    """Return what there is to judge, in order."""
    found: list[Passage] = []
    left = MOST_CHARACTERS
    for number, part in enumerate(parts):
        body = [piece.text for piece in part.pieces[:4] if piece.kind in ("text", "row")]
        if is_empty_value(" ".join(body), part.sections) or (part.labelled and _NONE.match(" ".join(body))):
            continue
        head = ""
        for _, group in groupby(part.pieces, key=lambda piece: (piece.block, piece.kind)):
            pieces = list(group)
            head = _plain(pieces[0].text) if pieces[0].kind == "head" else head if pieces[0].kind == "row" else ""
            for one in _of(pieces, number, head, references):
                left -= len(one.raw)
                if left < 0:
                    return found
                found.append(one)
    return found


def _of(pieces: list[Piece], part: int, head: str, references: frozenset[str]) -> Iterator[Passage]:
    first = pieces[0]
    if first.kind == "code":
        yield Passage(first.line, first.text[: LONGEST * 8], first.text[: LONGEST * 8], "code", 0, part)
        return
    text = spaced("\n".join(piece.text for piece in pieces))
    at = row = 0
    for start, end in _sentences(text):
        row, at = row + text.count("\n", at, start), start
        raw = text[start:end]
        left = without_template(raw, references)
        shown = _plain(raw if left is None else left)
        if shown:
            line = pieces[min(row, len(pieces) - 1)].line
            count = 0 if first.kind in ("label", "head") else words_of(raw, shown)
            yield Passage(line, shown, raw, first.kind, count, part, head)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        yield from _pieces(start, match.end(1) if match[1] else match.start())
        start = match.end()
    yield from _pieces(start, len(text))


def _pieces(start: int, end: int) -> Iterator[tuple[int, int]]:
    for at in range(start, end, LONGEST):
        yield at, min(at + LONGEST, end)


def _plain(raw: str) -> str:
    text = visible(raw).translate(_MARKS)
    return " ".join((_EMPHASIS.sub("", text) if "_" in text else text).split())
