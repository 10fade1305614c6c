"""How complete a card is, as a number with its breakdown: for people, never a ground to decide on. No input or output."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files
from typing import Literal, TypeAlias

from weighbridge.cards.reading import ReadCard

State: TypeAlias = Literal["missing", "vague", "stated", "not needed"]

_READ = 5_000
"""Lines that are searched for what makes a section necessary."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each section weighs, and what its state is worth."""

    sections: Mapping[str, float]
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Share:
    """What one section adds to the score."""

    section: str
    state: State
    points: float
    """Of 100."""
    of: float
    """The points it could add; 0 where the model does not need the section."""
    lacks: float
    """The points its author could still add; the rest is for others to attest."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """A score of 0 to 100, and where it comes from."""

    score: int
    shares: tuple[Share, ...]


def completeness(read: ReadCard, weights: Weights) -> Completeness:
    """Weigh the sections of a card; a section the model does not need counts neither way."""
    states = {name: _state(name, read) for name in weights.sections}
    total = sum(weight for name, weight in weights.sections.items() if states[name] != "not needed")
    shares = tuple(
        _share(name, states[name], weight * 100 / total, weights) for name, weight in weights.sections.items()
    )
    return Completeness(round(sum(share.points for share in shares)), shares)


def _share(name: str, state: State, of: float, weights: Weights) -> Share:
    if state == "not needed":
        return Share(name, state, 0.0, 0.0, 0.0)
    points = of * weights.values[state]
    return Share(name, state, points, of, of * weights.values["stated"] - points)


def _state(name: str, read: ReadCard) -> State:
    section = read.card.sections[name]
    if section.present:
        return "vague" if section.vague else "stated"
    needed = _needed().get(name)
    if needed is None or any(needed.search(line.text) for line in read.lines[:_READ]):
        return "missing"
    return "not needed"


@cache
def _needed() -> Mapping[str, re.Pattern[str]]:
    text = package_files("weighbridge.cards").joinpath("applies.toml").read_text(encoding="utf-8")
    return {name: re.compile(one, re.IGNORECASE) for name, one in tomllib.loads(text).items()}
