"""
What the sections of a card are called.

Headings, bold labels, `key: value` lines and table keys are compared with a table beside this file. No input or output.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files

from weighbridge.cards.blocks import visible
from weighbridge.cards.tongues import TONGUES, folded, tongue

_BOLD = re.compile(r"\s*(?:\*\*|__)([^*_\n]{2,70})(?:\*\*|__)\s*[:\uff1a]?\s*(.*)", re.DOTALL)
_KEY = re.compile(r"\s*([A-Z][A-Za-z ()/&,-]{2,60}):(?:\s+(.*))?", re.DOTALL)
_PLAIN = re.compile(r"\s{0,3}([^\W\d_][\w ()/&,'-]{1,60})(?:\uff1a\s*(.*)|:(?:\s+(.*))?)?", re.DOTALL)
_MARKS = re.compile(r"[*_`#]+")
_LEADING = re.compile(r"^[\W\d_]+")
_SPACE = re.compile(r"\s+")
_ORDINAL = re.compile(r"^\s*[\uff08(]?[一二三四五六七八九十]{1,3}[、.\uff09)]")


@dataclass(frozen=True, slots=True)
class Labels:
    """The table of labels."""

    exact: Mapping[str, tuple[str, ...]]
    begins: tuple[tuple[str, str], ...]
    beginnings: tuple[str, ...]
    """Those of `begins`: few labels have any, which one look tells."""
    never: frozenset[str]
    """Labels that only look like a section, and end the one above them."""
    content: frozenset[str]
    """Labels so general that what stands under them has to say what it is."""
    sections: tuple[str, ...]
    required: frozenset[str]


@cache
def labels() -> Labels:
    """Read the table."""
    document = tomllib.loads(package_files("weighbridge.cards").joinpath("sections.toml").read_text(encoding="utf-8"))
    exact: dict[str, tuple[str, ...]] = {}
    begins: list[tuple[str, str]] = []
    for section, entry in document["sections"].items():
        others = [tongue(one).sections[section] for one in TONGUES]
        for label in dict.fromkeys([*entry["labels"], *(label for one in others for label in one.labels)]):
            exact[label] = (*exact.get(label, ()), section)
        begins += [(begin, section) for begin in (*entry["begins"], *(begin for one in others for begin in one.begins))]
    return Labels(
        exact=exact,
        begins=tuple(begins),
        beginnings=tuple(begin for begin, _ in begins),
        never=frozenset(document["not_sections"]["labels"]),
        content=frozenset(document["general"]["labels"]),
        sections=tuple(document["sections"]),
        required=frozenset(name for name, entry in document["sections"].items() if entry["required"]),
    )


def normal(label: str) -> str:
    """Return a label without case, markup, numbering, emoji and `[optional]`, spelled the American way."""
    text = _MARKS.sub(" ", visible(label)).lower().replace("licence", "license").replace("[optional]", "")
    text = text.replace("‑", "-").replace("–", "-").replace("’", "'")  # noqa: RUF001  # as cards write them
    if not text.isascii():
        text = _ORDINAL.sub("", folded(text, "zh"))
    return _SPACE.sub(" ", _LEADING.sub("", text)).strip(" :.\uff1a")


def sections_of(label: str) -> tuple[str, ...]:
    """Return the sections a heading or key names; none for a label no table knows."""
    table, text = labels(), normal(label)
    if text in table.never:
        return ()
    known = table.exact.get(text)
    if known is not None:
        return known
    if not text.startswith(table.beginnings):
        return ()
    return tuple(dict.fromkeys(name for begin, name in table.begins if text.startswith(begin)))


def key_and_value(line: str, *, listed: bool) -> tuple[str, str] | None:
    """Split `**Key:** value`, a line that is bold throughout, and in a list also `Key: value`."""
    bold = _BOLD.fullmatch(line)
    if bold is not None and (
        bold[1].rstrip().endswith(":")
        or not bold[2]
        or any(colon in line.strip()[len(bold[1]) :] for colon in ":\uff1a")
    ):
        return bold[1].rstrip(" :\uff1a"), bold[2].lstrip(" :\uff1a")
    plain = _KEY.fullmatch(line) if listed else None
    return (plain[1], plain[2] or "") if plain is not None else None


def known_lead(line: str) -> tuple[str, str] | None:
    """Split a line that begins with a label the table knows to the letter: `**License** MIT`, `License: MIT`, `Limitations`."""
    bold = _BOLD.fullmatch(line)
    split = bold or _PLAIN.fullmatch(line)
    if split is None:
        return None
    text = normal(split[1])
    value = next((one for one in split.groups()[1:] if one), "")
    whole = bold is not None or ":" in line or "\uff1a" in line or " " in text
    return (split[1], value) if whole and text in labels().exact else None
