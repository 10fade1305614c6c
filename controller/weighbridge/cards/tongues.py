"""
What sections are called, and how their statements are made, in languages beside English.

One table per language stands beside this file, with the keys of `sections.toml` and `signs.toml`. No input or output.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files

TONGUES = ("de", "es", "fr", "zh")
"""Languages that have a table."""
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_CHINESE = re.compile(f"[{_HAN}]")
_EDGE = re.compile(f"(?<=[{_HAN}])(?=[0-9A-Za-z])|(?<=[0-9A-Za-z%])(?=[{_HAN}])")


@dataclass(frozen=True, slots=True)
class Wordings:
    """One section in one language."""

    labels: tuple[str, ...]
    begins: tuple[str, ...]
    needs: tuple[str, ...]
    says: tuple[str, ...]
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language."""

    sections: Mapping[str, Wordings]
    vague: re.Pattern[str]
    """What says too little to be checked."""
    folds: Mapping[int, int]
    """Letters that are written in two ways, and the one that the table is written in."""


@cache
def tongue(language: str) -> Tongue:
    """Read the table of a language."""
    text = package_files("weighbridge.cards").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    vague, folds = document.pop("vague"), document.pop("fold", "")
    return Tongue(
        sections={
            name: Wordings(*(tuple(entry.get(key, ())) for key in ("labels", "begins", "needs", "says", "unless")))
            for name, entry in document.items()
        },
        vague=re.compile(vague, re.IGNORECASE),
        folds=str.maketrans(folds[::2], folds[1::2]),
    )


def tongues_of(text: str, tongues: tuple[str, ...]) -> tuple[str, ...]:
    """Return the languages, out of those a card holds, that a sentence can be in."""
    if "zh" not in tongues:
        return tongues
    return ("zh",) if characters(text) else tuple(one for one in tongues if one != "zh")


def folded(text: str, language: str) -> str:
    """Write a text with the letters that the table of its language is written in."""
    return text if text.isascii() else text.translate(tongue(language).folds)


def spaced(text: str) -> str:
    """Put spaces between Chinese characters and Latin words or numbers, where Chinese has none."""
    return text if text.isascii() else _EDGE.sub(" ", text)


def characters(text: str) -> int:
    """Count Chinese characters, two of which make a word."""
    return 0 if text.isascii() else len(_CHINESE.findall(text))
