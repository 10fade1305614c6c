"""What a card says, as a reviewer marks it; nothing of a card is shown unescaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from weighbridge.cards import SECTIONS, Completeness, Mark, ReadCard, Share
from weighbridge.model.evidence import Section
from weighbridge.model.text import plural, printable

_WIDTH = 28
"""Columns of a section's name."""
_QUOTE = 110
"""Characters of a quoted line."""
_QUOTES = 2
"""Quoted lines of one section."""
_SHOWN = re.compile(r"[`<>&|\[\]\\]")
"""What would end a quote in Markdown, or begin something of its own."""


@dataclass(frozen=True, slots=True)
class CardPage:
    """A card that was asked about."""

    file: str
    """The file, or the reference of the model."""
    because: str | None = None
    """Why there is nothing to mark: no card, or one that cannot be read."""
    present: bool = True
    read: ReadCard | None = None
    lines: Sequence[str] = ()
    """The card as it is written, to quote from."""
    completeness: Completeness | None = None


def json(pages: Sequence[CardPage], problems: Sequence[str]) -> str:
    """Return the document that other programs read."""
    document = {"version": 1, "cards": [_object(page) for page in pages], "problems": list(problems)}
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


def terminal(pages: Sequence[CardPage], problems: Sequence[str]) -> str:
    """Return text for people."""
    lines = [line for page in pages for line in _terminal(page)]
    return "\n".join([*lines, *(f"not read  {printable(one)}" for one in problems)]) + "\n"


def markdown(pages: Sequence[CardPage], problems: Sequence[str]) -> str:
    """Return the same for a pull request or an issue."""
    lines = [line for page in pages for line in _markdown(page)]
    return "\n".join([*lines, *(f"not read: {_code(one)}" for one in problems)]) + "\n"


CARD_FORMATS: Mapping[str, Callable[[Sequence[CardPage], Sequence[str]], str]] = {
    "terminal": terminal,
    "json": json,
    "markdown": markdown,
}
"""By the name that `--output` takes."""


def _object(page: CardPage) -> Mapping[str, object]:
    read = page.read
    sections = {name: _section(read, name) for name in SECTIONS}
    score = page.completeness
    return {
        "file": page.file,
        "present": page.present,
        "because": page.because,
        "sections": sections,
        "score": score.score if score else 0,
        "breakdown": {one.section: {"state": one.state, "points": round(one.points, 1), "of": round(one.of, 1)} for one in score.shares} if score else {},
        "language": read.card.language if read else None,
        "skipped": read.card.skipped if read else None,
        "claims": [{"kind": one.kind, "what": one.what, "line": one.line} for one in read.card.claims] if read else [],
        "placeholders": [{"section": one.section, "line": one.line} for one in read.card.placeholders] if read else [],
    }  # fmt: skip


def _section(read: ReadCard | None, name: str) -> Mapping[str, object]:
    if read is None:
        return {"present": False, "vague": False, "lines": [], "placeholder": False, "phrase": None, "missing": []}
    section, mark = read.card.sections[name], read.marks[name]
    return {
        "present": section.present,
        "vague": section.vague,
        "lines": list(section.lines),
        "placeholder": section.placeholder,
        "phrase": mark.phrase if section.vague else None,
        "missing": list(mark.missing) if section.present else [],
    }


def _terminal(page: CardPage) -> Iterator[str]:
    if page.read is None or page.completeness is None:
        yield f"{printable(page.file, 200)}  {printable(page.because or '')}"
        return
    shares = page.completeness.shares
    yield f"{printable(page.file, 200)}  score {page.completeness.score} of 100"
    yield from (f"  {line}" for line in _skipped(page.read))
    for share in shares:
        section, mark = page.read.card.sections[share.section], page.read.marks[share.section]
        points = f"{share.points:4.1f} of {share.of:4.1f}" if share.of else ""
        yield f"  {share.section:<{_WIDTH}} {_state(share, section):<12} {points}".rstrip()
        for number in _numbers(section, mark):
            yield f"      {number}: {_quoted(page, number)}"
        if section.present and mark.missing:
            yield f"      not said: {'; '.join(mark.missing)}"
    yield from (f"  claims {line}" for line in _claims(page.read))
    yield from (f"  template text left: {line}" for line in _placeholders(page.read))
    yield f"  to add: {', '.join(_wanted(shares)) or 'nothing'}"


def _markdown(page: CardPage) -> Iterator[str]:
    yield f"### {_code(page.file)}"
    yield ""
    if page.read is None or page.completeness is None:
        yield _code(page.because or "")
        yield ""
        return
    yield f"Completeness: {page.completeness.score} of 100. A number for people; nothing is decided on it."
    yield ""
    yield from (line for one in _skipped(page.read) for line in (f"{one}.", ""))
    yield "| section | state | points | where | not said |"
    yield "|---|---|---:|---|---|"
    for share in page.completeness.shares:
        section, mark = page.read.card.sections[share.section], page.read.marks[share.section]
        where = "<br>".join(f"{number}: {_code(_quoted(page, number))}" for number in _numbers(section, mark))
        missing = "; ".join(mark.missing) if section.present else ""
        yield f"| {share.section} | {_state(share, section)} | {share.points:.1f}/{share.of:.1f} | {where} | {missing} |"
    yield ""
    yield f"To add: {', '.join(_wanted(page.completeness.shares)) or 'nothing'}."
    yield from (f"Claims {line}." for line in _claims(page.read))
    yield from (f"Template text left: {line}." for line in _placeholders(page.read))
    yield ""


def _state(share: Share, section: Section) -> str:
    return "template" if share.state == "missing" and section.placeholder else share.state


def _numbers(section: Section, mark: Mark) -> list[int]:
    """Return the lines to quote: the one that says too little, else the first ones."""
    if section.vague and mark.phrase_line is not None:
        return [mark.phrase_line]
    return list(section.lines[:_QUOTES])


def _quoted(page: CardPage, number: int) -> str:
    line = page.lines[number - 1] if number <= len(page.lines) else ""
    return printable(line.strip(), _QUOTE)


def _placeholders(read: ReadCard) -> Iterator[str]:
    numbers = [one.line for one in read.card.placeholders]
    if numbers:
        more = f" and {len(numbers) - 10} more" if len(numbers) > 10 else ""
        yield f"{plural(len(numbers), 'line')}: {', '.join(map(str, numbers[:10]))}{more}"


def _skipped(read: ReadCard) -> Iterator[str]:
    if read.card.skipped is not None:
        yield f"in {read.card.skipped}, which is not read yet: only labels and sentences in other languages count"


def _claims(read: ReadCard) -> Iterator[str]:
    """Yield what else the card says, each kind once."""
    kinds: dict[str, dict[str, int]] = {}
    for one in read.card.claims:
        kinds.setdefault(one.kind, {}).setdefault(one.what, one.line)
    for kind, words in kinds.items():
        said = ", ".join(f"{what.replace('_', ' ')} (line {line})" for what, line in words.items())
        yield f"{kind.replace('_', ' ')}: {said}"


def _wanted(shares: Sequence[Share]) -> list[str]:
    """Name what would raise the score, what weighs most first."""
    lacking = [share for share in shares if share.state in ("missing", "vague")]
    ordered = sorted(lacking, key=lambda share: -share.lacks)
    return [f"{share.section} (+{share.lacks:.0f})" for share in ordered]


def _code(text: str) -> str:
    """Return text of others as a code span in which nothing is markup."""
    return f"`{_SHOWN.sub('·', printable(text, 200)) or ' '}`"
