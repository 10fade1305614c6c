"""What a card's text and a license file say about the license, each by itself. No input or output."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from weighbridge.licenses.fingerprints import shipped
from weighbridge.licenses.recognition import NEAR, Difference, Likeness, likeness
from weighbridge.licenses.table import LicenseTable
from weighbridge.model.terms import LicenseText, TextState
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
    badge: tuple[str, str, int] | None = None
    """The license of a badge: as written, key, line."""
    notices: tuple[str, ...] = ()
    """Licenses whose notice sentence stands in the text."""
    displays: tuple[str, ...] = ()
    """Licenses whose display text stands in it."""


@dataclass(frozen=True, slots=True)
class FileStatement:
    """What a license file is."""

    title: str
    named: tuple[str, ...]
    text: LicenseText
    differences: tuple[Difference, ...] = ()
    """Where it departs from the license it resembles."""
    notices: tuple[str, ...] = ()
    """Licenses whose notice sentence stands in it."""


def card_statement(lines: Sequence[Line], images: Iterable[Line], table: LicenseTable) -> CardStatement:
    """Read the license out of running text: a line `License: …`, a section, a sentence, a badge, in this order."""
    text = "\n".join(line.text for line in lines)
    notices, displays = table.shown_in(text)
    badge = next((one for image in images if (one := _badge(image, table)) is not None), None)
    declared, known, custom, at = _stated_in(lines, badge, table)
    return CardStatement(declared, known, custom, at, table.named_in(text), badge, notices, displays)


def _stated_in(
    lines: Sequence[Line], badge: tuple[str, str, int] | None, table: LicenseTable
) -> tuple[str | None, str | None, bool, int | None]:
    """Return what is stated, the key it means, whether the terms are the publisher's own, and the line."""
    candidates = [*_labelled(lines), *_below_heading(lines), *_sentences(lines)]
    for line, text in candidates[:MOST_STATEMENTS]:
        known = table.key_of(text) or next(iter(table.named_in(text)), None)
        custom = known is None and is_custom(text)
        if known is not None or custom:
            return printable(text, LONGEST), known, custom, line
    if badge is not None:
        return badge[0], badge[1], False, badge[2]
    unread = next(iter(_labelled(lines)), None)
    return (None, None, False, None) if unread is None else (printable(unread[1], LONGEST), None, False, unread[0])


def file_statement(path: str, content: bytes, table: LicenseTable) -> FileStatement:
    """Recognize a license file by its text; a file with zero bytes in it is no text."""
    notice = path.rpartition("/")[2].lower().startswith("notice")
    if b"\0" in content:
        unreadable = LicenseText(printable(path, LONGEST), "unreadable", None, None, None, 0, notice)
        return FileStatement("", (), unreadable)
    text = content.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    title = next((line.strip() for line in text.split("\n") if line.strip()), "")
    like = None if notice else likeness(text, shipped(), table.turning)
    titled = None if notice or (like is not None and like.same) else table.titled(text)
    return FileStatement(
        printable(title, LONGEST),
        table.named_in(text),
        LicenseText(
            path=printable(path, LONGEST),
            state=_state(like, titled),
            id=like.key if like is not None and like.same else titled,
            nearest=like.key if like is not None and like.score >= NEAR else titled,
            score=round(like.score, 3) if like is not None and titled is None and like.score >= NEAR else None,
            letters=sum(map(str.isalpha, text)),
            notice=notice,
        ),
        () if like is None or titled is not None else like.differences,
        table.shown_in(text)[0],
    )


def _state(like: Likeness | None, titled: str | None) -> TextState:
    if like is not None and like.same:
        return "match"
    if titled is not None:
        return "named"
    return "modified" if like is not None and like.score >= NEAR else "unknown"


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


def _badge(image: Line, table: LicenseTable) -> tuple[str, str, int] | None:
    for match in _BADGE.finditer(unquote(image.text)):
        text = _BADGE_COLOR.sub("", match[1].strip(" .()")).replace("--", "-").replace("_", " ")
        known = table.key_of(text) or next(iter(table.named_in(text)), None)
        if known is not None:
            return printable(text, LONGEST), known, image.number
    return None
