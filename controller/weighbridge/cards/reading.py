"""
README.md → `Card`, and what the readers of licenses and lineage need of it.

Every function is total: no bytes raise. No input or output.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from weighbridge.cards.blocks import Block, Blocks, blocks, visible
from weighbridge.cards.claims import claims
from weighbridge.cards.datasets import about, datasets, pins
from weighbridge.cards.front_matter import FrontMatter, read_front_matter
from weighbridge.cards.labels import key_and_value, sections_of
from weighbridge.cards.languages import spoken
from weighbridge.cards.placeholders import is_empty_value
from weighbridge.cards.results import has_results
from weighbridge.cards.sections import Mark, Statement, read_sections
from weighbridge.model.evidence import Card, Place
from weighbridge.model.outcomes import Unreadable
from weighbridge.model.text import printable

CARD = "README.md"
MOST_LINES = 20_000
"""The longest known cards have 3,000."""
_QUOTED = 2
"""Lines of a section that findings point at."""

_INLINE_CODE = re.compile(r"(`{1,3})[^`\n]{1,2000}\1")
_CODE_HEADING = re.compile(
    r"\W*(?:(?:folder|project|directory|repository|code) structure|installation|install|set-?up|requirements|dependencies"
    r"|api(?: endpoints?| reference)?|endpoints|build(?:ing)?|docker|running|run|development|contributing|testing|tests"
    r"|getting started|quick ?start|deployment|configuration|environment variables|troubleshooting|pre-?training|tokenization"
    r"|scripts?|commands?)\W*",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    r"^[ \t]{0,8}\$?[ \t]{0,8}(?:git clone|pip install|python3? \S{1,200}\.py|conda |docker |curl |npm |make |bash |sh |deepspeed )",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a card as a reader sees it."""

    number: int
    text: str
    key: str | None = None
    """The key of `**Key:** value`; then `text` is the value."""
    heading: bool = False


@dataclass(frozen=True, slots=True)
class ReadCard:
    """A card, its metadata, and its visible text."""

    card: Card
    front_matter: Mapping[str, object]
    lines: tuple[Line, ...]
    images: tuple[Line, ...]
    """Lines that hold images, as written: badges."""
    places: Mapping[str, Place]
    """`card`, and `card.line:N` for every placeholder and claim, and for the first lines of every section."""
    key_lines: Mapping[str, int]
    """The line each key of the metadata stands on."""
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """What a reviewer notes beside each section."""


def read_card(content: bytes) -> ReadCard | Unreadable:
    """Read a model card; one of absurdly many lines is `Unreadable`, so that no card can buy time."""
    text = content.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    source = text.split("\n")
    if len(source) > MOST_LINES:
        return Unreadable(f"{CARD} has {len(source)} lines, at most {MOST_LINES} are read")
    front = read_front_matter(source)
    body = blocks("\n".join(source[front.body_line - 1 :]), front.body_line)
    key_lines = _key_lines(source[: front.body_line - 1])
    tongue = spoken(body.blocks)
    found = read_sections(body, _stated(front.values, key_lines), tongue.tongues)
    about_data = about(found.sections, "training_data", source, front.body_line)
    card = Card(
        sha256=hashlib.sha256(content).hexdigest(),
        letters=sum(_letters(block) for block in body.blocks),
        front_matter=front.state,
        front_matter_problem=front.problem,
        code_readme=_code_readme(front, body),
        sections=found.sections,
        placeholders=found.placeholders,
        datasets=datasets(front.values, about_data),
        data_pins=pins(about_data),
        language=tongue.language,
        skipped=tongue.skipped,
        claims=claims(found.passages, found.labels, found.answers, front.values, key_lines),
    )
    return ReadCard(
        card=card,
        front_matter=front.values,
        lines=tuple(_lines(body)),
        images=tuple(
            Line(block.line, block.text) for block in body.blocks if "![" in block.text or "<img" in block.text.lower()
        ),
        places=_places(card, source),
        key_lines=key_lines,
        marks=found.marks,
    )


def _places(card: Card, source: Sequence[str]) -> Mapping[str, Place]:
    """Return the lines that findings quote."""
    numbers = {one.line for one in card.placeholders} | {one.line for one in card.claims}
    numbers.update(line for section in card.sections.values() for line in section.lines[:_QUOTED])
    lines = {
        f"card.line:{number}": Place(CARD, number, printable(source[number - 1].strip(), 200)) for number in numbers
    }
    return {"card": Place(CARD), **lines}


def _stated(front_matter: Mapping[str, object], key_lines: Mapping[str, int]) -> Mapping[str, Statement]:
    """Return what metadata answers by itself."""
    stated: dict[str, Statement] = {}
    for key, section in (("license", "license"), ("base_model", "base_model"), ("datasets", "training_data")):
        values = [one for one in _texts(front_matter.get(key)) if not is_empty_value(one, ())]
        if key == "license" and values == ["other"]:
            values = [one for key in ("license_name", "license_link") for one in _texts(front_matter.get(key))]
        if values:
            stated[section] = Statement(key_lines.get(key, 1), " ".join(values))
    if has_results(front_matter.get("model-index")):
        stated["evaluation_results"] = Statement(key_lines.get("model-index", 1), "model-index 1")
    return stated


def _texts(value: object) -> list[str]:
    """Return the texts of a value that may be one text or a list of them, at most 50."""
    values = value[:50] if isinstance(value, list) else [value]
    return [one.strip() for one in values if isinstance(one, str) and one.strip()]


def _letters(block: Block) -> int:
    if block.kind in ("code", "comment"):
        return 0
    text = _INLINE_CODE.sub(" ", block.text) if "`" in block.text else block.text
    return sum(map(str.isalpha, visible(text)))


def _lines(body: Blocks) -> Iterator[Line]:
    for block in body.blocks:
        if block.kind in ("code", "comment"):
            continue
        if block.kind in ("row", "head"):
            key, bar, value = block.text.partition(" | ")
            keyed = bool(bar) and " | " not in value
            yield Line(block.line, visible(value if keyed else block.text), visible(key).strip() if keyed else None)
            continue
        for offset, text in enumerate(block.text.split("\n")):
            split = key_and_value(text, listed=block.item) if block.kind == "text" else None
            if split is None:
                yield Line(block.line + offset, visible(text), heading=block.kind == "heading")
            else:
                yield Line(block.line + offset, visible(split[1]), visible(split[0]).strip())


def _code_readme(front: FrontMatter, body: Blocks) -> bool:
    """
    Tell the README of a program from a model card.

    It has no metadata, headings about installing and running, and none that a model card would have.
    """
    headings = [block.text for block in body.blocks if block.kind == "heading"]
    if (
        front.state == "ok"
        or any(sections_of(heading) for heading in headings)
        or "model card" in " ".join(headings).lower()
    ):
        return False
    about_code = sum(_CODE_HEADING.fullmatch(visible(heading)) is not None for heading in headings)
    commands = sum(len(_COMMAND.findall(block.text)) for block in body.blocks if block.kind == "code")
    return about_code >= 2 or (about_code >= 1 and commands >= 2) or commands >= 4


def _key_lines(head: list[str]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(head, 1):
        key, colon, _ = line.partition(":")
        if colon and key and not key[0].isspace() and len(key) <= 80:
            found.setdefault(key.strip("\"'"), number)
    return found
