"""
A card → its parts: what stands under which label.

A part begins at a heading, a bold label, a `key: value` line or a table row whose first cell is a label. No input or output.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from weighbridge.cards.blocks import Block
from weighbridge.cards.labels import key_and_value, known_lead, labels, normal, sections_of

PieceKind: TypeAlias = Literal["label", "text", "row", "head", "code"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of a part."""

    line: int
    text: str
    kind: PieceKind
    block: int
    """Lines of one paragraph share it."""


@dataclass(slots=True)
class Part:
    """What stands under one label."""

    sections: tuple[str, ...]
    line: int
    labelled: bool
    """Whether its own label names the sections, not that of a heading above."""
    label: str = ""
    """As `normal` gives it; that of the heading above where it has none."""
    bold: bool = False
    """Opened by a bold label within the text, so that the next one ends it."""
    keyed: bool = False
    """`Key: value`, an answer of one line."""
    pieces: list[Piece] = field(default_factory=list)
    comment: bool = False


def parts_of(blocks: Iterable[Block]) -> list[Part]:
    """Return the parts in order; the first is what stands above all labels."""
    builder = _Builder()
    for number, block in enumerate(blocks):
        builder.add(block, number)
    return builder.parts


class _Builder:
    def __init__(self) -> None:
        self.parts = [Part((), 1, labelled=False)]
        self._headings: list[tuple[int, Part]] = []

    def add(self, block: Block, number: int) -> None:
        match block.kind:
            case "heading":
                self._heading(block, number)
            case "comment":
                self.parts[-1].comment = True
            case "code":
                self._say(Piece(block.line, block.text, "code", number))
            case "head":
                self._say(Piece(block.line, block.text, "head", number))
                self._row(block, number)
            case "row":
                self._row(block, number)
            case "text":
                self._text(block, number)

    def _say(self, piece: Piece) -> None:
        self.parts[-1].pieces.append(piece)

    def _heading(self, block: Block, number: int) -> None:
        self._headings = [(level, part) for level, part in self._headings if level < block.level]
        part = self._named(sections_of(block.text), block.text, block.line)
        part.pieces.append(Piece(block.line, block.text, "label", number))
        self._headings.append((block.level, part))
        self.parts.append(part)

    def _named(self, named: tuple[str, ...], label: str, line: int) -> Part:
        text = normal(label)
        if named or text in labels().never:
            return Part(named, line, labelled=bool(named), label=text)
        above = next(
            (part for _, part in reversed(self._headings) if part.sections or part.label in labels().never), None
        )
        return Part(above.sections if above else (), line, labelled=False, label=above.label if above else text)

    def _row(self, block: Block, number: int) -> None:
        key, bar, value = block.text.partition(" | ")
        named = sections_of(key) if bar and " | " not in value else ()
        if named:
            self._answer(named, normal(key), Piece(block.line, value, "text", number))
        elif block.kind == "row":
            self._say(Piece(block.line, block.text, "row", number))

    def _answer(self, named: tuple[str, ...], label: str, piece: Piece) -> None:
        """Put a line under its own key; what follows a one-line answer belongs to the part above it again."""
        above = self.parts[-1]
        self.parts.append(Part(named, piece.line, labelled=True, label=label, keyed=True, pieces=[piece]))
        self.parts.append(Part(above.sections, piece.line, labelled=False, label=above.label, bold=above.bold))

    def _text(self, block: Block, number: int) -> None:
        for offset, line in enumerate(block.text.split("\n")):
            piece_line = block.line + offset
            split = key_and_value(line, listed=block.item)
            named = sections_of(split[0]) if split is not None else ()
            if not named:
                lead = known_lead(line)
                split = lead or split
                named = sections_of(lead[0]) if lead is not None else ()
            if split is None or not named:
                if split is not None and not block.item and self.parts[-1].bold:
                    self.parts.append(self._named((), "", piece_line))
                self._say(Piece(piece_line, line, "text", number))
            elif block.item and split[1].strip():
                self._answer(named, normal(split[0]), Piece(piece_line, split[1], "text", number))
            else:
                piece = Piece(piece_line, split[1], "text", number)
                keyed = bool(split[1].strip())
                part = Part(
                    named, piece_line, labelled=True, label=normal(split[0]), bold=True, keyed=keyed, pieces=[piece]
                )
                self.parts.append(part)
