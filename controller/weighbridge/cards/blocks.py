"""
Markdown → the pieces a reader sees, with line numbers.

Only the block structure is parsed, by markdown-it, so that the cost stays linear whatever the text holds;
within a line, tags, images and links are taken apart here. Nothing is ever rendered. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

Kind = Literal["heading", "text", "head", "row", "code", "comment"]

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HIDDEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_HTML_HEADING = re.compile(
    r"<(?:h([1-6])|summary)\b[^<>]*>(.*?)(?:</(?:h[1-6]|summary)\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_ROW = re.compile(r"</?t(?:r|able)\b[^<>]*>", re.IGNORECASE)
_CELL = re.compile(r"<t[dh]\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,500}\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,200}\])")
_LINK = re.compile(r"\[([^\[\]\n]{0,500})\]\([^()\n]{0,2000}\)")
_SUMMARY_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a card: a heading, a paragraph, a table row, code, or a comment nobody sees."""

    kind: Kind
    line: int
    """Where it begins in the file, counted from 1."""
    text: str
    """As written, with markup; lines of a paragraph are kept apart."""
    level: int = 0
    """1 to 6 for a heading."""
    item: bool = False
    """Whether it stands in a list."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """All pieces in order, and the labels of its reference links."""

    blocks: tuple[Block, ...]
    references: frozenset[str]
    """Upper-case labels of link definitions: `[label]` in the text is then a link."""


def blocks(text: str, first_line: int) -> Blocks:
    """Take a card's text apart; `first_line` is where it begins in the file."""
    markdown = MarkdownIt("commonmark", {"html": True, "maxNesting": 20}).enable("table")
    markdown.core.ruler.enableOnly(["normalize", "block"])
    env: dict[str, Any] = {}
    found = tuple(_walk(markdown.parse(text, env), first_line))
    references = env.get("references")
    labels = references if isinstance(references, Mapping) else {}
    return Blocks(found, frozenset(str(label) for label in labels))


def visible(text: str) -> str:
    """Return what a reader sees of a line of markup: no tags, no images, the words of links only."""
    if "<" in text:
        text = _TAG.sub(" ", text)
    return _LINK.sub(r"\1", _IMAGE.sub(" ", text)) if "[" in text else text


def _walk(tokens: Sequence[Token], first_line: int) -> Iterator[Block]:
    level, lists, line = 0, 0, first_line
    row: list[str] | None = None
    kind: Kind = "row"
    for token in tokens:
        if token.map is not None:
            line = token.map[0] + first_line
        match token.type:
            case "heading_open" | "heading_close":
                level = int(token.tag[1]) if token.nesting == 1 else 0
            case "bullet_list_open" | "ordered_list_open" | "bullet_list_close" | "ordered_list_close":
                lists += token.nesting
            case "thead_open" | "tbody_open":
                kind = "head" if token.type == "thead_open" else "row"
            case "tr_open":
                row = []
            case "tr_close":
                yield Block(kind, line, " | ".join(row or ()))
                row = None
            case "inline" if row is not None:
                row.append(_COMMENT.sub(" ", token.content).strip())
            case "inline":
                yield from _without_comments(
                    Block("heading" if level else "text", line, token.content, level, item=lists > 0)
                )
            case "fence" | "code_block":
                yield Block("code", line, token.content)
            case "html_block":
                yield from _html(Block("text", line, token.content, item=lists > 0))
            case _:
                pass


def _without_comments(block: Block) -> Iterator[Block]:
    count = _Count(block.text, block.line)
    for match in _COMMENT.finditer(block.text):
        yield Block("comment", count.line(match.start()), match[0])
    left = _COMMENT.sub(_blank, block.text)
    if left.strip():
        yield replace(block, text=left)


def _html(block: Block) -> Iterator[Block]:
    text = _HIDDEN.sub(_blank, block.text)
    count = _Count(text, block.line)
    for match in _COMMENT.finditer(text):
        yield Block("comment", count.line(match.start()), match[0])
    text = _COMMENT.sub(_blank, text)
    count, at = _Count(text, block.line), 0
    for match in _HTML_HEADING.finditer(text):
        yield from _piece(block, count, at, match.start())
        yield Block("heading", count.line(match.start()), " ".join(match[2].split()), int(match[1] or _SUMMARY_LEVEL))
        at = match.end()
    yield from _piece(block, count, at, len(text))


def _piece(block: Block, count: _Count, start: int, end: int) -> Iterator[Block]:
    """Yield text between headings; what stands between `<tr>` tags is a row."""
    text = count.text
    bounds = [start, *(at for row in _ROW.finditer(text, start, end) for at in row.span()), end]
    for number in range(0, len(bounds), 2):
        begin = bounds[number]
        part = text[begin : bounds[number + 1]]
        if not part.strip():
            continue
        cells = [" ".join(visible(cell).split()) for cell in _CELL.split(part)[1:]] if number else []
        if cells:
            line = count.line(begin + len(part) - len(part.lstrip()))
            yield Block("row" if "<td" in part.lower() else "head", line, " | ".join(cell for cell in cells if cell))
        else:
            yield replace(block, line=count.line(begin), text=part)


class _Count:
    """Counts lines up to places that are asked for in order, so that a text of many places is walked once."""

    def __init__(self, text: str, line: int) -> None:
        self.text = text
        self._line = line
        self._at = 0

    def line(self, at: int) -> int:
        """Return the line of a place that is not before the one asked for last."""
        self._line += self.text.count("\n", self._at, at)
        self._at = at
        return self._line


def _blank(match: re.Match[str]) -> str:
    """Keep the line breaks of what is taken out, so that lines below keep their numbers."""
    return " " + "\n" * match[0].count("\n")
