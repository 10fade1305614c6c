"""What sentences say about each section; the expressions stand in a table beside this file. No input or output."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files

from weighbridge.cards.passages import Passage
from weighbridge.cards.tongues import folded, tongue, tongues_of

_CASED = "(?-i:"
_NEVER = "(?!)"


@dataclass(frozen=True, slots=True)
class Wording:
    """Expressions over a sentence: most over its lower case, which is quicker, some over what is written."""

    folded: re.Pattern[str]
    cased: re.Pattern[str]

    @classmethod
    def of(cls, expressions: list[str]) -> Wording:
        """Sort expressions by whether the case of letters matters to a part of them."""
        cased = [one for one in expressions if _CASED in one]
        folded = [one for one in expressions if _CASED not in one]
        return cls(_any(folded, re.NOFLAG), _any(cased, re.IGNORECASE))

    def search(self, text: str, lower: str) -> bool:
        """Tell whether one of them is found; `lower` is `text` in lower case."""
        return self.folded.search(lower) is not None or self.cased.search(text) is not None


@dataclass(frozen=True, slots=True)
class Signs:
    """How one section is recognized."""

    needs: tuple[str, ...]
    """Parts of words, one of which is in every sentence worth looking at: a cheap look first."""
    also: re.Pattern[str]
    """What else is in every such sentence; looked for second."""
    says: Wording
    unless: Wording
    least: int
    """Words under a label of the section that make an answer."""
    labelled: re.Pattern[str]
    """What has to stand under a label."""
    strict: bool
    """Even under a label, what makes another statement does not count: advice, a negation."""

    def match(self, text: str, lower: str) -> bool:
        """Tell whether a sentence makes the statement; `lower` is the sentence in lower case."""
        return (
            any(map(lower.__contains__, self.needs))
            and self.also.search(lower) is not None
            and self.says.search(text, lower)
            and not self.unless.search(text, lower)
        )

    def answers(self, passage: Passage) -> bool:
        """Tell whether a passage under a label of the section can be its answer."""
        if self.strict and self.unless.search(passage.text, passage.text.lower()):
            return False
        return self.labelled.search(passage.raw) is not None


@cache
def signs() -> Mapping[str, Signs]:
    """Read the table: section → signs."""
    document = tomllib.loads(package_files("weighbridge.cards").joinpath("signs.toml").read_text(encoding="utf-8"))
    return {
        name: Signs(
            needs=tuple(entry["needs"]),
            also=re.compile(entry.get("also", "")),
            says=Wording.of([_filled(one, entry) for one in entry["says"]]),
            unless=Wording.of([_filled(one, entry) for one in entry["unless"]]),
            least=entry["least"],
            strict=entry.get("strict", False),
            labelled=re.compile(_filled(entry.get("labelled", ""), entry), re.IGNORECASE),
        )
        for name, entry in document.items()
    }


@dataclass(frozen=True, slots=True)
class _Foreign:
    """How one section is recognized in a language beside English."""

    needs: re.Pattern[str]
    says: Wording
    unless: Wording


@cache
def _foreign(language: str) -> Mapping[str, _Foreign]:
    text = package_files("weighbridge.cards").joinpath("signs.toml").read_text(encoding="utf-8")
    name = tomllib.loads(text)["base_model"]["name"]
    return {
        section: _Foreign(
            needs=re.compile("|".join(map(re.escape, one.needs))),
            says=Wording.of([expression.replace("{NAME}", name) for expression in one.says]),
            unless=Wording.of(list(one.unless)),
        )
        for section, one in tongue(language).sections.items()
        if one.says
    }


def said_in(passage: Passage, tongues: tuple[str, ...]) -> set[str]:
    """Return the sections that a sentence speaks of in one of the languages beside English."""
    said: set[str] = set()
    for language in tongues_of(passage.text, tongues):
        text = folded(passage.text, language)
        lower = text.lower()
        said |= {
            section
            for section, one in _foreign(language).items()
            if one.needs.search(lower) and one.says.search(text, lower) and not one.unless.search(text, lower)
        }
    return said


def denied_in(section: str, passage: Passage, tongues: tuple[str, ...]) -> bool:
    """Tell whether a sentence under the label of a section makes another statement in one of the languages."""
    for language in tongues_of(passage.text, tongues):
        text = folded(passage.text, language)
        one = _foreign(language).get(section)
        if one is not None and one.unless.search(text, text.lower()):
            return True
    return False


def _filled(expression: str, entry: Mapping[str, str]) -> str:
    return expression.replace("{NAME}", entry.get("name", "")).replace("{FILLER}", entry.get("filler", ""))


def _any(expressions: list[str], flags: re.RegexFlag) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in expressions) or _NEVER, flags)
