"""The engines whose command lines are understood; a new one is a table in `tables/engines` and a word in `programs.toml`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from weighbridge.model.refs import Role
from weighbridge.workloads.engines.engine import Engine, Entry, engine
from weighbridge.workloads.tables import table

_PROGRAMS = table("programs")

ENGINES: tuple[Engine, ...] = tuple(map(engine, _PROGRAMS["engines"]))
"""In the order in which their images are tried."""

GENERIC = engine("generic")
"""Stands in where nobody can tell the engine."""

LIKELY = engine("likely")
"""What variables say that only count beside an accelerator or on the image of an engine."""

_BY_ID = {one.id: one for one in ENGINES}
_INERT = frozenset[str](_PROGRAMS["inert"])
_WRAPPERS = frozenset[str](_PROGRAMS["wrappers"])
_HELPERS = frozenset[str](_PROGRAMS["helpers"])
_MODULE_OPTION = re.compile(r"-[A-Za-z]{0,9}m")
_IMAGE = 512
"""Characters of an image name that are looked at."""
IMAGES = 1_000
"""Image names of which what was found out is kept."""


@dataclass(frozen=True, slots=True)
class Started:
    """What a command starts."""

    engine: Engine | None
    """`None` for a program that is known to serve nothing."""
    arguments: tuple[str, ...]
    positional: bool = False
    role: Role | None = None
    """What its model is to it, where it is not the model it serves."""


def _index() -> dict[str, list[tuple[Engine | None, Entry]]]:
    found: dict[str, list[tuple[Engine | None, Entry]]] = {}
    for one in ENGINES:
        for entry in one.entries:
            found.setdefault(entry.words[0], []).append((one, entry))
    for raw in _PROGRAMS["not_serving"]["entries"]:
        entry = Entry.read(raw)
        found.setdefault(entry.words[0], []).append((None, entry))
    for entries in found.values():
        entries.sort(key=lambda pair: -len(pair[1].words))
    return found


_ENTRIES = _index()
_NOT_SERVING = re.compile("|".join(f"(?:.*/)?{one}" for one in _PROGRAMS["not_serving"]["images"]))
_CARRYING = re.compile("|".join(f"(?:.*/)?(?:{one})" for one in _PROGRAMS["carrying"]["images"]))
_EMPTY = re.compile("|".join(f"(?:.*/)?(?:{one})" for one in _PROGRAMS["carrying"]["empty"]))


def engine_named(name: str | None) -> Engine | None:
    """Return an engine by its id."""
    return _BY_ID.get(name) if name else None


def started(argv: Sequence[str]) -> Started | None:
    """
    Return what a command line starts, told by its shape.

    Programs that only start another one (`numactl`, `mpirun`) are stepped over.
    `None` when nothing is recognized.
    """
    if argv and is_inert(argv[0]) and argv[0].rpartition("/")[2] not in _WRAPPERS:
        return None
    for position, word in enumerate(argv):
        entries = _ENTRIES.get(word.rpartition("/")[2])
        for known, entry in entries or ():
            words = entry.words
            if len(words) > 1 and tuple(argv[position + 1 : position + len(words)]) != words[1:]:
                continue
            if entry.module and not (position and _MODULE_OPTION.fullmatch(argv[position - 1])):
                continue
            return Started(known, tuple(argv[position + len(words) :]), entry.positional, entry.role)
    return None


def engine_of_image(image: str, *, accelerated: bool = False) -> Engine | None:
    """Return the engine an image carries; with an accelerator beside it, a hint in the name is enough."""
    return _engine_of(repository_of(image), accelerated)


@lru_cache(IMAGES)
def _engine_of(repository: str, accelerated: bool) -> Engine | None:  # a cache has no keywords
    for one in ENGINES:
        if one.images.fullmatch(repository):
            return one
    for one in ENGINES if accelerated else ():
        if any(hint in repository.rpartition("/")[2] for hint in one.hints):
            return one
    return None


def serves_nothing(image: str) -> bool:
    """Return whether an image is that of a router, an endpoint picker or a client."""
    return _serves_nothing(repository_of(image))


@lru_cache(IMAGES)
def _serves_nothing(repository: str) -> bool:
    return _NOT_SERVING.fullmatch(repository) is not None


def carries_model(image: str) -> bool:
    """Return whether an image is known to hold the model it is named after."""
    return _carries_model(repository_of(image))


@lru_cache(IMAGES)
def _carries_model(repository: str) -> bool:
    return _CARRYING.fullmatch(repository) is not None and not is_empty(repository)


def is_empty(image: str) -> bool:
    """Return whether an image is one that gets its model elsewhere, although its relatives carry theirs."""
    return _EMPTY.fullmatch(repository_of(image)) is not None


def is_inert(program: str) -> bool:
    """Return whether a program loads no model."""
    return program.rpartition("/")[2] in _INERT


def is_helper(argv: Sequence[str]) -> str | None:
    """Return the path of a script that ships with an engine image and starts no server."""
    return next((word for word in argv[:3] if word in _HELPERS), None)


def repository_of(image: str) -> str:
    """Return an image name in lower case without tag and digest."""
    name = image[:_IMAGE].partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}".lower()
