"""
The language of a card.

Cheap and without guessing: scripts that belong to one language, and the small words of languages in Latin letters,
both in a table beside this file. No input or output.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files

from weighbridge.cards.blocks import Block
from weighbridge.cards.tongues import TONGUES

_READ = 20_000
"""Characters of a card that tell its language."""
_LEAST = 20
"""Words of prose below which no language is told."""
_FEW = 4
"""Words in another script that are worth a look at their table."""
_DIFFERENT = 5
"""Small words of a language, each different, that are no accident: `de`, `la` and `die` stand in English cards too."""
_PER_HIT = 2.5
"""Words of prose to one small word of the lists."""
_MOSTLY = 3
"""How many times more of an unread language than of any that is read makes a card unreadable."""
_MARKED = 50
_KANA = 10
_ADDRESS = re.compile(r"https?://\S{1,500}|\]\([^()\n]{0,500}\)|</?[a-zA-Z][^<>\n]{0,500}>|`[^`\n]{1,500}`")
_WORD = re.compile(r"[^\W\d_]{2,}")
_BEYOND = re.compile(r"[\u0370-\uD7FF]+")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a card is written in."""

    language: str | None
    """ISO 639-1; `None` where there is too little text to tell."""
    skipped: str | None
    """The English name of the language where none of its sections can be recognized."""
    tongues: tuple[str, ...]
    """The languages beside English whose tables are worth looking at."""


@dataclass(frozen=True, slots=True)
class _Script:
    language: str
    letters: re.Pattern[str]
    to_a_word: int
    takes: str | None
    marked: Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class _Table:
    names: Mapping[str, str]
    read: frozenset[str]
    words: Mapping[str, tuple[str, ...]]
    """Small word → the languages it belongs to."""
    scripts: tuple[_Script, ...]


def spoken(blocks: Iterable[Block]) -> Spoken:
    """Tell the language of a card from its first pages."""
    estimates, table = _estimates(_prose(blocks).lower()), _table()
    language = max(estimates, key=lambda one: estimates[one], default=None)
    if language is not None and estimates[language] < _LEAST:
        language = None
    skipped = None
    if language is not None and language not in table.read:
        read = max((estimates[one] for one in table.read if one in estimates), default=0.0)
        skipped = table.names[language] if read * _MOSTLY < estimates[language] else None
    return Spoken(
        language, skipped, tuple(one for one in TONGUES if estimates.get(one, 0.0) >= (_FEW if one == "zh" else _LEAST))
    )


def _prose(blocks: Iterable[Block]) -> str:
    texts: list[str] = []
    left = _READ
    for block in blocks:
        if block.kind in ("text", "heading") and left > 0:
            texts.append(_ADDRESS.sub(" ", block.text[:left]))
            left -= len(block.text)
    return "\n".join(texts)


def _estimates(text: str) -> Mapping[str, float]:
    """Estimate the words of prose in each language that shows itself by more than an accident."""
    table = _table()
    hits: Counter[str] = Counter()
    different: Counter[str] = Counter()
    for word, count in Counter(_WORD.findall(text)).items():
        for language in table.words.get(word, ()):
            hits[language] += count
            different[language] += 1
    latin = {one: count * _PER_HIT for one, count in hits.items() if different[one] >= _DIFFERENT}
    return latin | _scripts("".join(_BEYOND.findall(text)))


def _scripts(text: str) -> dict[str, float]:
    letters = {one.language: len(one.letters.findall(text)) for one in _table().scripts} if text else {}
    found: dict[str, float] = {}
    for script in _table().scripts:
        count = letters.get(script.language, 0)
        if script.takes is not None and count * _KANA > letters.get(script.takes, 0) > 0:
            count += letters[script.takes]
            found.pop(script.takes, None)
        if count:
            marked = (one for one, marks in script.marked.items() if len(marks.findall(text)) * _MARKED >= count)
            found[next(marked, script.language)] = count / script.to_a_word
    return found


@cache
def _table() -> _Table:
    text = package_files("weighbridge.cards").joinpath("languages.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    words: dict[str, tuple[str, ...]] = {}
    for language, entry in document["languages"].items():
        for word in dict.fromkeys(entry.get("words", "").split()):
            words[word] = (*words.get(word, ()), language)
    return _Table(
        names={language: entry["name"] for language, entry in document["languages"].items()},
        read=frozenset(language for language, entry in document["languages"].items() if entry["read"]),
        words=words,
        scripts=tuple(
            _Script(
                language,
                re.compile(f"[{entry['letters']}]"),
                entry["to_a_word"],
                entry.get("takes"),
                {one: re.compile(f"[{marks}]") for one, marks in entry.get("marked", {}).items()},
            )
            for language, entry in document["scripts"].items()
        ),
    )
