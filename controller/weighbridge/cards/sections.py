"""
Which of the eleven sections a card answers, where, and what is left of its template.

A section is answered under a label of its own, or by a sentence anywhere that says it.
Under a label of several sections each sentence goes where it belongs. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from weighbridge.cards.blocks import Blocks, visible
from weighbridge.cards.labels import labels
from weighbridge.cards.parts import Part, parts_of
from weighbridge.cards.passages import Passage, passages
from weighbridge.cards.placeholders import Hit, hits_of, without_template, words_of
from weighbridge.cards.results import is_result
from weighbridge.cards.signs import denied_in, said_in, signs
from weighbridge.cards.vagueness import vagueness
from weighbridge.model.evidence import Placeholder, Section

MOST_PLACEHOLDERS = 100
"""Placeholders reported of one card; those in required sections come first."""
MOST_LINES = 50
"""Line numbers kept of one section."""

SECTIONS = labels().sections
"""The eleven sections of a card, those that every card needs first."""
REQUIRED = labels().required
"""The sections no card should leave as the template has them."""

_RESULTS = "evaluation_results"
_SORTED = frozenset({"limitations", "bias", "intended_use", "out_of_scope_use"})
"""Sections that share labels and are told apart sentence by sentence."""
_BIAS = re.compile(
    r"\b(?:bias|stereotyp|fairness|unfair|discriminat|prejudic|dispar|sesg|prejuic|biais|préjug|verzerr|vorurteil|voreingenommen|diskriminier)|偏见|歧视|偏差",
    re.IGNORECASE,
)
_SHORT = frozenset({"training_data", "license", "base_model", "contact"})
"""Sections that one word answers, as `key: value`."""
_LINK = re.compile(r"\]\(|https?://")
_LINKS = frozenset({"license", "base_model", "contact"})
"""Sections that a link alone answers."""
_PARENT = re.compile(
    r"^[ \t]{0,12}(?:- ){0,2}model: ?\S|^[ \t]{0,12}[\"']?base_(?:lm_)?model(?:_name|_path|_name_or_path|_id)?[\"']?\s{0,3}[:=]\s{0,3}[\"']?[\w./~-]{3}",
    re.MULTILINE | re.IGNORECASE,
)
"""The parent in a merge configuration or in training settings."""
_CONFIGURED = ("merge_method", "slices:", "models:", "base_model", "base_lm_model")


@dataclass(frozen=True, slots=True)
class Statement:
    """What the metadata says of a section by itself."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reviewer notes beside a section."""

    phrase: str | None
    """The sentence that says too little."""
    phrase_line: int | None
    missing: tuple[str, ...]
    """What a reviewer would still ask for."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The sections of a card."""

    sections: Mapping[str, Section]
    placeholders: tuple[Placeholder, ...]
    marks: Mapping[str, Mark]
    passages: tuple[Passage, ...]
    labels: Mapping[int, str]
    """Of the parts that passages stand in, where those have one of their own."""
    answers: Mapping[str, tuple[Passage, ...]]
    """The passages that answer each section."""


@dataclass(slots=True)
class _Answer:
    """What answers one section."""

    labelled: list[Passage] = field(default_factory=list)
    said: list[Passage] = field(default_factory=list)
    words: int = 0
    keyed: bool = False
    """Whether `key: value` is among it, where one word can be the answer."""

    def passages(self) -> list[Passage]:
        unique = {id(one): one for one in (*self.labelled, *self.said)}
        return sorted(unique.values(), key=lambda one: one.line)


def read_sections(card: Blocks, stated: Mapping[str, Statement], tongues: tuple[str, ...] = ()) -> Reading:
    """
    Return the eleven sections and the template text left.

    `stated` is what the metadata answers by itself, `tongues` the languages beside English that the card is written in.
    """
    parts = parts_of(card.blocks)
    hits = [hit for part in parts for hit in hits_of(part, card.references)]
    words = _words(parts, card.references)
    hits.extend(_commented(parts, words, hits))
    answers = {name: _Answer() for name in SECTIONS}
    read = tuple(passages(parts, card.references))
    for passage in read:
        _sort(passage, parts[passage.part], answers, tongues)
    sections: dict[str, Section] = {}
    marks: dict[str, Mark] = {}
    for name in SECTIONS:
        empty = any(name in hit.sections for hit in hits)
        sections[name], marks[name] = _section(
            name, answers[name], words[name], parts, stated.get(name), tongues, placeholder=empty
        )
    return Reading(
        sections,
        _reported(hits, words, stated),
        marks,
        read,
        {number: part.label for number, part in enumerate(parts) if part.labelled},
        {name: tuple(answer.passages()) for name, answer in answers.items()},
    )


def _sort(passage: Passage, part: Part, answers: Mapping[str, _Answer], tongues: tuple[str, ...]) -> None:
    """Give a passage to the sections it answers."""
    if passage.kind in ("label", "head"):
        return
    results = is_result(passage, part)
    if passage.kind == "code":
        says = {"base_model"} if _names_parent(passage.raw) else set()
    else:
        lower = passage.text.lower()
        says = {name for name, one in signs().items() if one.match(passage.text, lower)}
        if tongues:
            says |= said_in(passage, tongues)
    if results:
        says.add(_RESULTS)
    for name in says:
        answers[name].said.append(passage)
    if part.sections and part.label not in labels().content:
        for name in _shares(part.sections, says, passage.text):
            if name == _RESULTS:
                continue
            link = name in _LINKS and _LINK.search(passage.raw) is not None
            words = passage.words or (signs()[name].least if link else 0)
            if words and signs()[name].answers(passage) and not _denied(name, passage, tongues):
                answers[name].labelled.append(passage)
                answers[name].words += words
                answers[name].keyed |= part.keyed


def _shares(named: tuple[str, ...], says: set[str], text: str) -> tuple[str, ...]:
    """Return which of the sections of a label a sentence under it belongs to."""
    shared = [name for name in named if name in _SORTED]
    if shared == ["limitations"] and "bias" in says and "limitations" not in says:
        return tuple(name for name in named if name not in _SORTED)
    if len(shared) < 2:
        return named
    own = [name for name in shared if name in says]
    if "bias" in shared and "bias" not in own and _BIAS.search(text) is not None:
        own.append("bias")
    own = own or [name for name in shared if name != "bias"][:1]
    return tuple(name for name in named if name not in _SORTED or name in own)


def _denied(name: str, passage: Passage, tongues: tuple[str, ...]) -> bool:
    return bool(tongues) and signs()[name].strict and denied_in(name, passage, tongues)


def _names_parent(code: str) -> bool:
    return any(sign in code.lower() for sign in _CONFIGURED) and _PARENT.search(code) is not None


def _section(
    name: str,
    answer: _Answer,
    words: int,
    parts: list[Part],
    stated: Statement | None,
    tongues: tuple[str, ...],
    *,
    placeholder: bool,
) -> tuple[Section, Mark]:
    least = min(signs()[name].least, 1 if answer.keyed and name in _SHORT else MOST_LINES) if name in signs() else 1
    enough = answer.words >= least
    if not enough:
        answer.labelled = []
    shown = answer.passages()
    present = bool(shown) or stated is not None
    lines = {one.line for one in answer.said}
    lines.update(parts[one.part].line for one in answer.labelled)
    if stated is not None:
        lines.add(stated.line)
    found = vagueness(name, shown, stated.text if stated else None, tongues)
    vague = present and found.phrase is not None
    mark = Mark(
        phrase=found.phrase.text if found.phrase is not None else None,
        phrase_line=found.phrase.line if found.phrase is not None else None,
        missing=found.missing,
    )
    return Section(present, words, placeholder, tuple(sorted(lines)[:MOST_LINES]), vague), mark


def _words(parts: Iterable[Part], references: frozenset[str]) -> Mapping[str, int]:
    """Count the words under the labels of each section, code as one."""
    words = dict.fromkeys(SECTIONS, 0)
    for part in parts:
        if part.sections:
            texts = [piece.text for piece in part.pieces if piece.kind in ("text", "row")]
            count = sum(words_of(text, visible(_left(text, references))) for text in texts)
            count += any(piece.kind == "code" for piece in part.pieces)
            for name in part.sections:
                words[name] += count
    return words


def _left(text: str, references: frozenset[str]) -> str:
    left = without_template(text, references)
    return text if left is None else left


def _commented(parts: Iterable[Part], words: Mapping[str, int], hits: list[Hit]) -> list[Hit]:
    """Name labelled sections that hold nothing but a comment."""
    named = {name for hit in hits for name in hit.sections}
    return [
        Hit((name,), part.line)
        for part in parts
        if part.comment and part.labelled
        for name in part.sections
        if not words[name] and name not in named
    ]


def _reported(hits: list[Hit], words: Mapping[str, int], stated: Mapping[str, Statement]) -> tuple[Placeholder, ...]:
    """Name the section that matters most for each line; required ones survive the cap."""
    found: dict[int, Placeholder] = {}
    for hit in hits:
        section = next((name for name in SECTIONS if name in hit.sections), None)
        empties = section is not None and not words[section] and section not in stated
        found.setdefault(hit.line, Placeholder(section, hit.line, empties))
    ordered = sorted(found.values(), key=lambda one: (one.section not in REQUIRED, one.line))
    return tuple(sorted(ordered[:MOST_PLACEHOLDERS], key=lambda one: one.line))
