"""
Whether a section says anything that can be held against it, and what a reviewer would still ask for.

The expressions stand in a table beside this file. No input or output.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files

from weighbridge.cards.passages import Passage
from weighbridge.cards.tongues import folded, tongue, tongues_of

_READ = 200
"""Passages of a section that are looked at."""


@dataclass(frozen=True, slots=True)
class Facet:
    """What a reviewer looks for in a section."""

    what: str
    found: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What makes one section concrete."""

    names: re.Pattern[str]
    amounts: re.Pattern[str]
    empty: re.Pattern[str]
    any_empty: bool
    facets: tuple[Facet, ...]


@dataclass(frozen=True, slots=True)
class Vagueness:
    """What a section lacks."""

    phrase: Passage | None
    """The passage that says too little; `None` when the section is not vague."""
    missing: tuple[str, ...]
    """Facets that were not found."""


@cache
def _table() -> tuple[re.Pattern[str], Mapping[str, Wanted]]:
    """Read the table: the lexicon, and section → what makes it concrete."""
    text = package_files("weighbridge.cards").joinpath("vague.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    lexicon = re.compile(document.pop("lexicon"), re.IGNORECASE)
    return lexicon, {
        name: Wanted(
            re.compile(entry["names"], re.IGNORECASE),
            re.compile(entry["amounts"], re.IGNORECASE),
            re.compile(entry["empty"], re.IGNORECASE),
            entry.get("any_empty", False),
            tuple(Facet(what, re.compile(found, re.IGNORECASE)) for what, found in entry["facets"]),
        )
        for name, entry in document.items()
    }


def vagueness(section: str, answer: Sequence[Passage], stated: str | None, tongues: tuple[str, ...]) -> Vagueness:
    """
    Judge what answers a section: its passages, and what the metadata says of it.

    What makes a section concrete is known in English only, so that in another of `tongues` nothing is vague
    but what its own table calls so.
    """
    lexicon, wanted = _table()
    table, answer = wanted[section], answer[:_READ]
    raws = [one.raw for one in answer] + ([stated] if stated else [])
    missing = tuple(facet.what for facet in table.facets if not any(facet.found.search(raw) for raw in raws))
    empty = [
        one
        for one in answer
        if table.empty.search(one.raw) and (table.any_empty or table.names.search(one.raw) is None)
    ]
    concrete = any(table.names.search(raw) for raw in raws)
    hollow_throughout = bool(empty) if table.any_empty else not stated and len(empty) == len(answer)
    if concrete and not hollow_throughout:
        return Vagueness(None, missing)
    foreign = _foreign(answer, tongues)
    hollow = [one for one in answer if lexicon.search(one.text) or _hollow(one, foreign)]
    figures = any(table.amounts.search(raw) for raw in raws)
    if answer and (hollow or empty or not (figures or foreign)):
        return Vagueness((hollow or empty or list(answer))[0], missing)
    return Vagueness(None, missing)


def _foreign(answer: Sequence[Passage], tongues: tuple[str, ...]) -> tuple[str, ...]:
    """Return the languages beside English that an answer is in."""
    return tuple(dict.fromkeys(one for passage in answer for one in tongues_of(passage.text, tongues)))


def _hollow(passage: Passage, tongues: tuple[str, ...]) -> bool:
    return any(tongue(one).vague.search(folded(passage.text, one)) for one in tongues)
