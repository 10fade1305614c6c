"""The engines whose command lines are understood; a new one is a table, a module here and a line below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from weighbridge.model.refs import Role
from weighbridge.workloads.engines import generic, huggingfaceserver, llama_cpp, sglang, tgi, vllm
from weighbridge.workloads.engines.engine import Engine, Entry
from weighbridge.workloads.tables import table

ENGINES: tuple[Engine, ...] = (vllm.ENGINE, sglang.ENGINE, tgi.ENGINE, llama_cpp.ENGINE, huggingfaceserver.ENGINE)
"""In the order in which their images are tried."""

GENERIC = generic.ENGINE
"""Stands in where nobody can tell the engine."""

_BY_ID = {engine.id: engine for engine in ENGINES}
_PROGRAMS = table("programs")
_INERT = frozenset[str](_PROGRAMS["inert"])
_WRAPPERS = frozenset[str](_PROGRAMS["wrappers"])
_HELPERS = frozenset[str](_PROGRAMS["helpers"])
_MODULE_OPTION = re.compile(r"-[A-Za-z]{0,9}m")
_IMAGE = 512
"""Characters of an image name that are looked at."""


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
    for engine in ENGINES:
        for entry in engine.entries:
            found.setdefault(entry.words[0], []).append((engine, entry))
    for raw in _PROGRAMS["not_serving"]["entries"]:
        entry = Entry.read(raw)
        found.setdefault(entry.words[0], []).append((None, entry))
    for entries in found.values():
        entries.sort(key=lambda pair: -len(pair[1].words))
    return found


_ENTRIES = _index()
_NOT_SERVING = re.compile("|".join(f"(?:.*/)?{one}" for one in _PROGRAMS["not_serving"]["images"]))


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
        for engine, entry in entries or ():
            words = entry.words
            if len(words) > 1 and tuple(argv[position + 1 : position + len(words)]) != words[1:]:
                continue
            if entry.module and not (position and _MODULE_OPTION.fullmatch(argv[position - 1])):
                continue
            return Started(engine, tuple(argv[position + len(words) :]), entry.positional, entry.role)
    return None


def engine_of_image(image: str, *, accelerated: bool = False) -> Engine | None:
    """Return the engine an image carries; with an accelerator beside it, a hint in the name is enough."""
    repository = repository_of(image)
    for engine in ENGINES:
        if engine.images.fullmatch(repository):
            return engine
    for engine in ENGINES if accelerated else ():
        if any(hint in repository.rpartition("/")[2] for hint in engine.hints):
            return engine
    return None


def serves_nothing(image: str) -> bool:
    """Return whether an image is that of a router, an endpoint picker or a client."""
    return _NOT_SERVING.fullmatch(repository_of(image)) is not None


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
