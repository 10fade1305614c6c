"""What a card's text and a license file say about the license, each by itself. No input or output."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from weighbridge.licenses.table import LicenseTable
from weighbridge.model.text import Line, printable

_KEY = re.compile(r"(?:model |weights? )?licen[cs]e(?:s|\(s\))?\W*", re.IGNORECASE)
_UNDER = re.compile(
    r"\b(?:licen[cs]ed|released|distributed|available|published|provided)\s(?:\w+\s){0,3}under\s([^\n]{2,160})",
    re.IGNORECASE,
)
_BADGE = re.compile(r"licen[cs]e[-_ :]{1,3}([A-Za-z0-9._%+() -]{2,60})", re.IGNORECASE)
_BADGE_COLOR = re.compile(r"-(?:[a-z]+|[0-9a-f]{6})(?:\.svg)?$", re.IGNORECASE)
_CUSTOM = re.compile(r"\b(?:custom|proprietary|all[ -]rights[ -]reserved)\b", re.IGNORECASE)
_TEMPLATE = re.compile(r"\W*(?:more information needed|tbd|todo|n/?a|none|unknown)\W*", re.IGNORECASE)
LONGEST = 100
"""Characters kept of a statement."""
MOST_STATEMENTS = 50
"""Places in running text that are looked at."""
AFTER_HEADING = 3
"""Lines below a heading "License" that may hold the statement."""


@dataclass(frozen=True, slots=True)
class CardStatement:
    """What the running text of a card says."""

    declared: str | None
    """The statement as written; `None` when the text makes none."""
    id: str | None
    custom: bool
    line: int | None
    named: tuple[str, ...]
    """Keys of all licenses the text names."""


@dataclass(frozen=True, slots=True)
class FileStatement:
    """What a license file is."""

    path: str
    title: str
    id: str | None
    named: tuple[str, ...]
    notice: bool
    """A NOTICE file: it names licenses, and states none."""


def card_statement(lines: Sequence[Line], images: Iterable[Line], table: LicenseTable) -> CardStatement:
    """Read the license out of running text: a line `License: …`, a section, a sentence, a badge, in this order."""
    named = table.named_in("\n".join(line.text for line in lines))
    candidates = [*_labelled(lines), *_below_heading(lines), *_sentences(lines)]
    for line, text in candidates[:MOST_STATEMENTS]:
        known = table.key_of(text) or next(iter(table.named_in(text)), None)
        custom = known is None and _CUSTOM.search(text) is not None
        if known is not None or custom:
            return CardStatement(printable(text, LONGEST), known, custom, line, named)
    for image in images:
        badge = _badge(image.text, table)
        if badge is not None:
            return CardStatement(badge[0], badge[1], custom=False, line=image.number, named=named)
    unread = next(iter(_labelled(lines)), None)
    if unread is not None:
        return CardStatement(printable(unread[1], LONGEST), None, custom=False, line=unread[0], named=named)
    return CardStatement(None, None, custom=False, line=None, named=named)


def file_statement(path: str, content: bytes, table: LicenseTable) -> FileStatement:
    """Recognize a license file by its text."""
    text = content.decode("utf-8", "replace")
    notice = path.rpartition("/")[2].lower().startswith("notice")
    title = next((line.strip() for line in text.split("\n") if line.strip()), "")
    known = None if notice else table.recognized(text)
    return FileStatement(path, printable(title, LONGEST), known, table.named_in(text), notice)


def is_custom(text: str) -> bool:
    """Tell whether a statement says that the terms are the publisher's own."""
    return _CUSTOM.search(text) is not None


def _labelled(lines: Sequence[Line]) -> list[tuple[int, str]]:
    return [
        (line.number, line.text.strip())
        for line in lines
        if line.key is not None
        and _KEY.fullmatch(line.key)
        and line.text.strip()
        and not _TEMPLATE.fullmatch(line.text)
    ]


def _below_heading(lines: Sequence[Line]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    left = 0
    for line in lines:
        if line.heading:
            left = AFTER_HEADING if _KEY.fullmatch(line.text.strip("#*_ ")) else 0
        elif left and line.text.strip():
            left -= 1
            if not _TEMPLATE.fullmatch(line.text):
                found.append((line.number, line.text.strip()))
    return found


def _sentences(lines: Sequence[Line]) -> list[tuple[int, str]]:
    return [(line.number, match[1].strip()) for line in lines for match in _UNDER.finditer(line.text)]


def _badge(markup: str, table: LicenseTable) -> tuple[str, str] | None:
    for match in _BADGE.finditer(unquote(markup)):
        text = _BADGE_COLOR.sub("", match[1].strip(" .()")).replace("--", "-").replace("_", " ")
        known = table.key_of(text) or next(iter(table.named_in(text)), None)
        if known is not None:
            return printable(text, LONGEST), known
    return None
