"""
A license text → the license it is, how near it is, and where it differs. No input or output.

A text counts as that of a license only if nothing in it can change what the license says: a few other words, such as the
name of a holder, are no change; a word that turns a permission, a longer addition, or words taken away are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from weighbridge.licenses.fingerprints import Fingerprint, Fingerprints
from weighbridge.licenses.shingles import Words, shingles_of, words_of
from weighbridge.model.text import printable

SAME = 0.95
"""Share in common from which on a text is that of the license (source: rules.md §6, license.text_score)."""
NEAR = 0.80
"""Share from which on it is a modified text of the license."""
LONGEST_ADDITION = 12
"""Words in a row that a holder's name may take."""
MOST_DIFFERENCES = 20
"""Differences that are shown."""
_COVERED = 0.5
"""Share of a section below which it counts as left out."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where a text departs from the known one."""

    line: int | None
    """Of the text that was looked at; `None` for what it leaves out."""
    what: str
    """In words, with what was added or the first words of what is left out."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """The known text that another resembles most."""

    key: str
    score: float
    """Sequences in common, twice, over those of both (Dice), 0 to 1."""
    same: bool
    """Whether it says the same."""
    differences: tuple[Difference, ...]


def likeness(text: str, known: Fingerprints, turning: Collection[str]) -> Likeness | None:
    """Compare a text with all known ones; `None` when it has nothing in common with any. Linear in the text."""
    words = words_of(text, turning)
    shingles = shingles_of(words.words)
    distinct = set(shingles)
    common = [0] * len(known.texts)
    for shingle in distinct:
        for number in known.index.get(shingle, ()):
            common[number] += 1
    if not any(common):
        return None
    scores = [2 * count / (len(distinct) + len(one.shingles)) for count, one in zip(common, known.texts, strict=True)]
    best = max(range(len(scores)), key=scores.__getitem__)
    nearest, score = known.texts[best], scores[best]
    if score < NEAR:
        return Likeness(nearest.key, score, same=False, differences=())
    added = list(_added(words, [one in nearest.shingles for one in shingles], turning))
    left_out = list(_left_out(nearest, distinct))
    turned = any(one.turns for one in added) or bool(left_out)
    shown = sorted((one.difference for one in added), key=lambda one: one.line or 0)
    return Likeness(
        nearest.key,
        score,
        same=score >= SAME and not turned,
        differences=(*shown, *left_out)[:MOST_DIFFERENCES],
    )


@dataclass(frozen=True, slots=True)
class _Addition:
    difference: Difference
    turns: bool


def _added(words: Words, matched: Sequence[bool], turning: Collection[str]) -> Iterator[_Addition]:
    """Yield each run of words between two stretches that the known text has too."""
    start = 0
    while start < len(matched):
        if matched[start]:
            start += 1
            continue
        end = start
        while end < len(matched) and not matched[end]:
            end += 1
        # The stretch before ends with word start+1, the one behind begins with word end: what lies between is new.
        first = start + 2 if start else 0
        last = end if end < len(matched) else len(words.words)
        yield _addition(words, first, last, turning)
        start = end


def _addition(words: Words, first: int, last: int, turning: Collection[str]) -> _Addition:
    new = words.words[first:last]
    line = words.lines[min(first, len(words.lines) - 1)]
    if not new:
        return _Addition(Difference(line, "words are left out here"), turns=True)
    turns = len(new) > LONGEST_ADDITION or any(word in turning for word in new)
    more = f" and {len(new) - LONGEST_ADDITION} words more" if len(new) > LONGEST_ADDITION else ""
    return _Addition(Difference(line, f"other words: {printable(' '.join(new[:LONGEST_ADDITION]), 160)}{more}"), turns)


def _left_out(nearest: Fingerprint, distinct: Collection[int]) -> Iterator[Difference]:
    for section in nearest.sections:
        here = sum(1 for one in section.shingles if one in distinct)
        if section.shingles and here < _COVERED * len(section.shingles):
            yield Difference(None, f"left out: {section.title} …")
