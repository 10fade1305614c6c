"""
What a card claims beside its sections; the expressions stand in a table beside this file.

A claim is known to rules by a word of that table and its line: nothing that the card says goes along. No input or output.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files
from itertools import zip_longest

from weighbridge.cards.passages import Passage
from weighbridge.model.claims import Claim, ClaimKind

MOST = 40
"""Claims kept of one card."""
_OF_A_KIND = 3
"""Claims kept that say the same."""
_KINDS: tuple[ClaimKind, ...] = ("alignment_removed", "personal_data", "data_date", "curation", "superseded")
_NAME = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}", re.ASCII)
_CLASSIFIES = "classification"
_BAR = " | "


@dataclass(frozen=True, slots=True)
class _Wanted:
    kind: ClaimKind
    needs: tuple[str, ...]
    about: str | None
    says: Mapping[str, re.Pattern[str]]
    unless: re.Pattern[str]
    tags: Mapping[str, str]

    def search(self, text: str) -> list[str]:
        """Return what a text in lower case says of this kind."""
        if not any(map(text.__contains__, self.needs)):
            return []
        said = [what for what, expression in self.says.items() if expression.search(text)]
        return [] if said and self.unless.search(text) else said


def claims(
    passages: Iterable[Passage],
    labels: Mapping[int, str],
    answers: Mapping[str, Collection[Passage]],
    front_matter: Mapping[str, object],
    key_lines: Mapping[str, int],
) -> tuple[Claim, ...]:
    """
    Return what a card claims, by line.

    `labels` are the labels of parts, `answers` the passages that answer each section.
    """
    about = {name: {id(one) for one in some} for name, some in answers.items()}
    seen: Counter[tuple[str, str]] = Counter()
    found: list[Claim] = []
    made = (*_stated(front_matter, key_lines), *_said(passages, labels, about, front_matter))
    for claim in dict.fromkeys(made):
        seen[claim.kind, claim.what] += 1
        if seen[claim.kind, claim.what] <= _OF_A_KIND:
            found.append(claim)
    return tuple(sorted(found[:MOST], key=lambda one: one.line))


def _said(
    passages: Iterable[Passage],
    labels: Mapping[int, str],
    about: Mapping[str, Collection[int]],
    front_matter: Mapping[str, object],
) -> Iterator[Claim]:
    """Yield what sentences claim; what a classifier is about is no claim about itself."""
    classifies = _CLASSIFIES in str(front_matter.get("pipeline_tag"))[:100]
    wanted = [one for one in _table() if not (classifies and one.kind == "alignment_removed")]
    for passage in passages:
        if passage.kind in ("code", "label", "head"):
            continue
        texts = [f"{labels.get(passage.part, '')}: {one}".lower() for one in _read_out(passage)]
        for one in wanted:
            if one.about is None or id(passage) in about[one.about]:
                yield from (Claim(one.kind, what, passage.line) for text in texts for what in one.search(text))


def _read_out(passage: Passage) -> list[str]:
    """Return a sentence, or the cells of a row with what its header says of each."""
    if not passage.head:
        return [passage.text]
    cells = zip_longest(passage.head.split(_BAR), passage.text.split(_BAR), fillvalue="")
    return [f"{head}: {cell}" for head, cell in cells if cell]


def _stated(front_matter: Mapping[str, object], key_lines: Mapping[str, int]) -> Iterator[Claim]:
    """Yield what the metadata claims: tags, the successor, and data sets whose names tell what they hold."""
    tags = [one.lower() for one in _texts(front_matter.get("tags"))]
    sets = [one.lower() for one in _texts(front_matter.get("datasets"))]
    for one in _table():
        for what, sign in one.tags.items():
            if any(sign in tag for tag in tags):
                yield Claim(one.kind, what, key_lines.get("tags", 1))
        if one.kind == "personal_data":
            names = " ".join(re.sub(r"[/_-]", " ", name) for name in sets)
            yield from (
                Claim(one.kind, what, key_lines.get("datasets", 1))
                for what, sign in one.says.items()
                if sign.search(names)
            )
    if any(_NAME.fullmatch(one) for one in _texts(front_matter.get("new_version"))):
        yield Claim("superseded", "new_version", key_lines.get("new_version", 1))


def _texts(value: object) -> list[str]:
    values = value[:50] if isinstance(value, list) else [value]
    return [one.strip()[:200] for one in values if isinstance(one, str)]


@cache
def _table() -> tuple[_Wanted, ...]:
    document = tomllib.loads(package_files("weighbridge.cards").joinpath("claims.toml").read_text(encoding="utf-8"))
    return tuple(
        _Wanted(
            kind=kind,
            needs=tuple(document[kind]["needs"]),
            about=document[kind].get("about"),
            says={what: re.compile(one) for what, one in document[kind]["says"].items()},
            unless=re.compile("|".join(f"(?:{one})" for one in document[kind]["unless"])),
            tags=document[kind].get("tags", {}),
        )
        for kind in _KINDS
    )
