"""
Files that name models of their own: those of a model repository, and the sections of a file of presets.

Each is told by itself, so that the revision or the settings of one never count for another. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from weighbridge.workloads.documents import document, flags_of
from weighbridge.workloads.engines import engine_named
from weighbridge.workloads.engines.engine import Engine
from weighbridge.workloads.environment import Environment
from weighbridge.workloads.files import Files
from weighbridge.workloads.flag_sources import renamed, spread
from weighbridge.workloads.flags import Flag, read_line
from weighbridge.workloads.formats import FORMATS, sections
from weighbridge.workloads.mentions import Mention
from weighbridge.workloads.reading import at, text

GROUPS = 100
"""Files, and sections of files, that are read of one command."""
LINES = 20
"""Command lines of one file that are read."""
MACROS = 50
"""Texts that stand for parts of command lines."""
_LINE = 16_384
"""Characters a command line may have once its macros are written out."""
_EVERY = "*"
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+(?::[\w.-]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Group:
    """The flags of one model."""

    engine: Engine
    """Whose flags they are."""
    flags: tuple[Flag, ...]
    named_by: str = ""
    """The flag whose folder holds the file."""
    folder: str | None = None
    """Where relative paths of the file begin."""


@dataclass(frozen=True, slots=True)
class Groups:
    """What the files of one command say."""

    groups: tuple[Group, ...] = ()
    unreadable: tuple[Mention, ...] = ()


def groups_of(engine: Engine, flags: Sequence[Flag], files: Files, directory: str | None) -> Groups:
    """Return what stands in the folders and files that the flags name."""
    if engine.folder is None and not engine.sections:
        return Groups()
    unreadable: list[Mention] = []
    found: list[Group] = []
    for flag in flags:
        if engine.folder is not None and flag.name in engine.folder.flags:
            for folder in flag.values:
                found.extend(_below(engine, flag, folder, files, directory, unreadable))
        elif flag.name in engine.sections and flag.values:
            found.extend(_sections(engine, flag, files, directory, unreadable))
    if len(found) > GROUPS:
        because = f"more than {GROUPS} models are configured, not all were read"
        unreadable.append(Mention("", "base", "command", because=because))
    return Groups(tuple(found[:GROUPS]), tuple(unreadable))


def _below(
    engine: Engine, flag: Flag, folder: str, files: Files, directory: str | None, unreadable: list[Mention]
) -> Iterator[Group]:
    """Yield what the files of a folder of models name."""
    absent = files.unknown_below(folder, directory)
    if absent is not None:
        because = f"{flag.written} {folder}: its files come from {absent}"
        unreadable.append(Mention(folder, "base", flag.written, because=because))
    for pattern, form, named in engine.folder.files if engine.folder is not None else ():
        for path, file in files.below(folder, directory, pattern):
            values = FORMATS[form](file.text) if file.text is not None else None
            if values is None:
                because = f"{path}: the file may name a model and {file.because or 'cannot be read'}"
                unreadable.append(Mention(path, "base", flag.written, because=because))
                continue
            reader = engine_named(named) or engine
            given = (renamed(reader, one) for one in flags_of(values, path))
            every = tuple(one for each in given for one in spread(reader, each, Environment(), unreadable))
            yield Group(reader, every, folder, path.rpartition("/")[0])


def _sections(
    engine: Engine,
    flag: Flag,
    files: Files,
    directory: str | None,
    unreadable: list[Mention],
) -> Iterator[Group]:
    """Yield the sections of a file of presets; a section that names no model is named after one of the hub."""
    path = flag.values[0]
    file = files.read(path, directory)
    if file.text is None:
        because = f"{flag.written} {path}: the file may name models and {file.because}"
        unreadable.append(Mention(path, "base", flag.written, because=because))
        return
    for name, keys in sections(file.text):
        via = f"{flag.written} {path} [{name}]"
        flags = tuple(_preset(engine, keys, via))
        stated = {one.name for one in flags}
        hub = _REPOSITORY.fullmatch(name) is not None and stated.isdisjoint(engine.references)
        if hub:
            flags = (*flags, Flag("hf-repo", via, (name,)))
        if hub or (name and name != _EVERY):
            yield Group(engine, flags)


def _preset(engine: Engine, keys: Mapping[str, str], via: str) -> Iterator[Flag]:
    """Yield the keys of a section: a flag with or without dashes, a short one, or the variable that stands for it."""
    for key, value in keys.items():
        named = engine.environment.get(key)
        for prefix in engine.environment_prefixes if named is None else ():
            named = key[len(prefix) :].lower().replace("_", "-") if prefix and key.startswith(prefix) else named
        bare = named or key.lstrip("-")
        dashes = "-" if bare in engine.syntax.short else "--"
        yield from (
            Flag(one.name, via, one.values) for one in read_line((f"{dashes}{bare}={value}",), engine.syntax).flags
        )


def launched(engine: Engine, flags: Sequence[Flag], files: Files, directory: str | None) -> tuple[tuple[str, ...], str]:
    """Return the command lines that a configuration file holds, and why they cannot be read."""
    launches = engine.launches
    if launches is None:
        return (), ""
    stated = [value for flag in flags if flag.name in launches.flags for value in flag.values[:1]]
    path = stated[-1] if stated else launches.default
    file = files.read(path, directory)
    values = document(file.text) if file.text is not None else None
    models = at(values, launches.models)
    if not isinstance(models, dict):
        return (), f"{path}: the file names the models and {file.because or 'cannot be read'}"
    lines = (text(at(one, launches.line)) for one in list(models.values())[:LINES])
    macros = at(values, launches.macros)
    return tuple(_written_out(one, macros) for one in lines if one), ""


def _written_out(line: str, macros: object) -> str:
    for name, value in list(macros.items())[:MACROS] if isinstance(macros, dict) else ():
        line = line.replace(f"${{{name}}}", text(value) or "")[:_LINE]
    return line
