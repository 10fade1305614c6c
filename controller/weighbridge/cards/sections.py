"""
Which section of a card a line belongs to, and whether template text is left in it.

Sections are found by their labels (headings, bold labels, `key: value` lines, two-column table rows);
what labels and template text look like stands in tables beside this file. No input or output.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files as package_files

from weighbridge.cards.blocks import Block, Blocks, visible
from weighbridge.model.evidence import Placeholder, Section

MOST_PLACEHOLDERS = 100
"""Placeholders reported of one card; those in required sections come first."""
MOST_LINES = 50
"""Line numbers kept of one section."""

_BOLD = re.compile(r"\s*(?:\*\*|__)([^*_\n]{2,70})(?:\*\*|__)\s*:?\s*(.*)", re.DOTALL)
_KEY = re.compile(r"\s*([A-Z][A-Za-z ()/&,-]{2,60}):(?:\s+(.*))?", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{2,}")
_ITALIC_LINE = re.compile(r"\s*(?:\*(?!\*)[^*\n]+\*|_(?!_)[^_\n]+_)\s*")
_MARKS = re.compile(r"[*_`#]+")
_LINK_ONLY = re.compile(r"\W*(?:\[[^\[\]\n]{0,500}\]\([^()\n]{0,2000}\)|<?https?://\S+>?)\W*")


@dataclass(frozen=True, slots=True)
class _Labels:
    exact: Mapping[str, tuple[str, ...]]
    begins: tuple[tuple[str, str], ...]
    never: frozenset[str]
    sections: tuple[str, ...]
    required: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Placeholders:
    values: frozenset[str]
    may_be_none: frozenset[str]
    texts: re.Pattern[str]
    exact_texts: re.Pattern[str]
    links: re.Pattern[str]


@dataclass(slots=True)
class _Part:
    """What stands under one label."""

    sections: tuple[str, ...]
    line: int
    labelled: bool
    """Whether its own label names the sections, not that of a heading above."""
    text: list[tuple[int, str]] = field(default_factory=list)
    comment: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class _Hit:
    sections: tuple[str, ...]
    line: int


@cache
def _labels() -> _Labels:
    document = tomllib.loads(package_files("weighbridge.cards").joinpath("sections.toml").read_text(encoding="utf-8"))
    exact: dict[str, tuple[str, ...]] = {}
    for section, entry in document["sections"].items():
        for label in entry["labels"]:
            exact[label] = (*exact.get(label, ()), section)
    return _Labels(
        exact=exact,
        begins=tuple((begin, name) for name, entry in document["sections"].items() for begin in entry["begins"]),
        never=frozenset(document["not_sections"]["labels"]),
        sections=tuple(document["sections"]),
        required=frozenset(name for name, entry in document["sections"].items() if entry["required"]),
    )


@cache
def _placeholders() -> _Placeholders:
    text = package_files("weighbridge.cards").joinpath("placeholders.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    return _Placeholders(
        values=frozenset(document["values"]),
        may_be_none=frozenset(document["may_be_none"]),
        texts=re.compile("|".join(f"(?:{one})" for one in document["texts"]), re.IGNORECASE),
        exact_texts=re.compile("|".join(document["exact_texts"])),
        links=re.compile(document["link_texts"]),
    )


SECTIONS = _labels().sections
"""The eleven sections of a card, those that every card needs first."""
REQUIRED = _labels().required
"""The sections no card should leave as the template has them."""


def read_sections(card: Blocks, stated: Iterable[str]) -> tuple[Mapping[str, Section], tuple[Placeholder, ...]]:
    """Return the eleven sections and the template text left; `stated` are sections the metadata answers by itself."""
    parts = _parts(card.blocks)
    hits = [hit for part in parts for hit in _hits(part, card.references)]
    words = dict.fromkeys(SECTIONS, 0)
    lines: dict[str, list[int]] = {name: [] for name in SECTIONS}
    for part in parts:
        count = sum(_words(text, card.references) for _, text in part.text) + (1 if part.code else 0)
        for name in part.sections:
            words[name] += count
            if part.labelled:
                lines[name].append(part.line)
    hits.extend(
        _Hit((name,), part.line)
        for part in parts
        for name in part.sections
        if part.comment and part.labelled and not words[name] and not any(name in hit.sections for hit in hits)
    )
    answered = set(stated)
    sections = {
        name: Section(
            present=bool(lines[name]) or name in answered,
            words=words[name],
            placeholder=any(name in hit.sections for hit in hits),
            lines=tuple(lines[name][:MOST_LINES]),
        )
        for name in SECTIONS
    }
    return sections, _reported(hits, words, answered)


def sections_of(label: str) -> tuple[str, ...]:
    """Return the sections a heading or key names; none for a label no table knows."""
    table, text = _labels(), _normal(label)
    if text in table.never:
        return ()
    known = table.exact.get(text)
    if known is not None:
        return known
    return tuple(dict.fromkeys(name for begin, name in table.begins if text.startswith(begin)))


def key_and_value(line: str, *, listed: bool) -> tuple[str, str] | None:
    """Split `**Key:** value`, a line that is bold throughout, and in a list also `Key: value`."""
    bold = _BOLD.fullmatch(line)
    if bold is not None and (bold[1].rstrip().endswith(":") or not bold[2] or line.strip()[len(bold[1]) :].count(":")):
        return bold[1].rstrip(" :"), bold[2].lstrip(" :")
    plain = _KEY.fullmatch(line) if listed else None
    return (plain[1], plain[2] or "") if plain is not None else None


def _normal(label: str) -> str:
    text = _MARKS.sub(" ", visible(label)).lower().replace("licence", "license").replace("[optional]", "")
    return re.sub(r"\s+", " ", re.sub(r"^[\W\d_]+", "", text)).strip(" :.")


def _parts(pieces: Iterable[Block]) -> list[_Part]:
    parts = [_Part((), 1, labelled=False)]
    headings: list[tuple[int, _Part]] = []
    for block in pieces:
        current = parts[-1]
        match block.kind:
            case "heading":
                headings = [(level, part) for level, part in headings if level < block.level]
                current = _open(block.text, block.line, headings)
                headings.append((block.level, current))
                parts.append(current)
            case "comment":
                current.comment = True
            case "code":
                current.code = True
            case "row":
                key, bar, value = block.text.partition(" | ")
                named = sections_of(key) if bar and " | " not in value else ()
                _add(parts, headings, named, (block.line, value if named else block.text))
            case "text":
                _add_lines(parts, headings, block)
    return parts


def _open(label: str, line: int, headings: list[tuple[int, _Part]]) -> _Part:
    named = sections_of(label)
    inherited = next((part.sections for _, part in reversed(headings) if part.sections), ())
    part = _Part(named or inherited, line, labelled=bool(named))
    part.text.append((line, f"# {label}"))
    return part


def _add(parts: list[_Part], headings: list[tuple[int, _Part]], named: tuple[str, ...], text: tuple[int, str]) -> None:
    """Put a line where it belongs: under its own key, or into the part that is open."""
    if not named:
        parts[-1].text.append(text)
        return
    following = parts[-1]
    parts.append(_Part(named, text[0], labelled=True, text=[text]))
    # What follows a one-line answer belongs to the heading above it again.
    parts.append(_Part(following.sections if headings or following.sections else (), text[0], labelled=False))


def _add_lines(parts: list[_Part], headings: list[tuple[int, _Part]], block: Block) -> None:
    for offset, line in enumerate(block.text.split("\n")):
        split = key_and_value(line, listed=block.item)
        named = sections_of(split[0]) if split is not None else ()
        number = block.line + offset
        if split is None or not named:
            parts[-1].text.append((number, line))
        elif block.item:
            _add(parts, headings, named, (number, split[1]))
        else:
            parts.append(_Part(named, number, labelled=True, text=[(number, split[1])]))


def _hits(part: _Part, references: frozenset[str]) -> Iterator[_Hit]:
    table = _placeholders()
    body = [(line, text) for line, text in part.text if not text.startswith("# ")]
    value = " ".join(text for _, text in body).strip()
    bare = value if value == "``" else _MARKS.sub("", value).strip().strip("[]").strip().rstrip(".").lower() or value
    if part.labelled and body and bare in table.values and not _may_be_none(part, bare):
        yield _Hit(part.sections, body[0][0])
        return
    for line, text in part.text:
        if _template(text, references) is not None:
            yield _Hit(part.sections, line)


def _may_be_none(part: _Part, value: str) -> bool:
    return value in ("none", "n/a", "na") and bool(_placeholders().may_be_none & set(part.sections))


def _template(text: str, references: frozenset[str]) -> str | None:
    """Return `text` without its template text, or `None` when it has none."""
    table = _placeholders()
    left = table.exact_texts.sub(" ", table.texts.sub(" ", text.removeprefix("# ")))
    left = table.links.sub(lambda match: match[0] if match[1].upper() in references else " ", left)
    return left if left != text.removeprefix("# ") else None


def _words(text: str, references: frozenset[str]) -> int:
    if text.startswith("# ") or _LINK_ONLY.fullmatch(text) or _ITALIC_LINE.fullmatch(text):
        return 0
    left = _template(text, references)
    return len(_WORD.findall(visible(text if left is None else left)))


def _reported(hits: list[_Hit], words: Mapping[str, int], stated: set[str]) -> tuple[Placeholder, ...]:
    """Name the section that matters most for each line; required ones survive the cap."""
    found: dict[int, Placeholder] = {}
    for hit in hits:
        section = next((name for name in SECTIONS if name in hit.sections), None)
        empties = section is not None and not words[section] and section not in stated
        found.setdefault(hit.line, Placeholder(section, hit.line, empties))
    ordered = sorted(found.values(), key=lambda one: (one.section not in REQUIRED, one.line))
    return tuple(sorted(ordered[:MOST_PLACEHOLDERS], key=lambda one: one.line))
