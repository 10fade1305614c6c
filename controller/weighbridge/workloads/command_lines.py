"""
What one command line of an engine says about models.

Every occurrence counts: where an engine would take the first or the last of two, both are mentioned.
No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from weighbridge.model.serving import Settings
from weighbridge.workloads.config_folders import Group, groups_of, launched
from weighbridge.workloads.engines.engine import Engine, Reference
from weighbridge.workloads.environment import Environment, expand
from weighbridge.workloads.files import Files
from weighbridge.workloads.flag_sources import Sources, collect, is_variable, why_unknown
from weighbridge.workloads.flags import Flag
from weighbridge.workloads.mentions import Mention
from weighbridge.workloads.naming import clean, telling
from weighbridge.workloads.serving_settings import settings
from weighbridge.workloads.volumes import SMALL

MENTIONS = 300
"""Models that are read of one command."""

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Told:
    """What a command line says."""

    mentions: tuple[Mention, ...]
    settings: Settings
    further: tuple[Told, ...] = ()
    """What its files say, each for a model of its own."""
    lines: tuple[str, ...] = ()
    """Command lines that its configuration file makes it run."""


@dataclass(frozen=True, slots=True)
class Start:
    """What surrounds a command line."""

    environment: Environment = field(default_factory=Environment)
    files: Files = field(default_factory=Files)
    directory: str | None = None
    controller_starts: bool = False
    """Whether a controller fills in the command."""


def told(engine: Engine, arguments: Sequence[str], start: Start, *, positional: bool) -> Told:
    """Read the arguments of an engine, the variables it takes for arguments and the files it reads them from."""
    sources = collect(engine, arguments, start.environment, start.files, start.directory, named=positional)
    flags = sources.flags
    said: dict[str, list[str]] = {}
    for flag in flags:
        said.setdefault(flag.name, []).extend(flag.values[:1])
    mentions: list[Mention] = []
    if positional and engine.references:
        mentions.extend(_positional(engine, sources, said, start.environment))
    places = [Flag(engine.first, one.via, (one.text,)) for one in mentions]
    cache = said.get(engine.cache or "", [])
    named = (mention for flag in flags for mention in _mentions(engine, flag, said))
    mentions.extend(islice(named, MENTIONS))
    if next(named, None) is not None:
        because = f"one command names more than {MENTIONS} models, not all were read"
        mentions.append(Mention("", "base", "command", because=because))
    mentions = [replace(one, cache=cache[-1]) for one in mentions] if cache else mentions
    mentions.extend(sources.unreadable)
    mentions.extend(_hidden(engine, sources, start.environment))
    mentions.extend(_elsewhere(engine, start.environment))
    is_named = any(mention.role in ("base", "image") for mention in mentions)
    defaults = () if is_named else tuple(_default(engine, start))
    places.extend(Flag(engine.first, one.via, (one.text,)) for one in defaults if one.because is None)
    grouped = groups_of(engine, (*flags, *places), start.files, start.directory)
    further = tuple(map(_of_group, grouped.groups))
    lines, problem = launched(engine, flags, start.files, start.directory)
    if problem:
        mentions.append(Mention("", "base", f"--{engine.first}", because=problem))
    if not (grouped.groups or grouped.unreadable or lines or problem):
        return Told((*mentions, *defaults), settings(engine, flags, start.environment))
    mentions.extend((*grouped.unreadable, *(one for one in defaults if one.because is None)))
    known = _read_whole(grouped.groups, further, start)
    mentions = [one for one in mentions if one.text not in known or one.role != "base"]
    return Told(tuple(mentions), settings(engine, flags, start.environment), further, lines)


def _of_group(group: Group) -> Told:
    """Return what one file of a folder, or one section of a file, says."""
    said: dict[str, list[str]] = {}
    for flag in group.flags:
        said.setdefault(flag.name, []).extend(flag.values[:1])
    named = (one for flag in group.flags for one in _mentions(group.engine, flag, said))
    mentions = (_placed(one, group.folder) for one in islice(named, MENTIONS))
    return Told(tuple(mentions), settings(group.engine, group.flags, Environment()))


def _placed(mention: Mention, folder: str | None) -> Mention:
    """Return a mention whose relative path begins at the folder of the file that it stands in."""
    is_relative = mention.form == "path" and "://" not in mention.text and not mention.text.startswith(("/", "$"))
    return replace(mention, text=clean(f"{folder}/{mention.text}")) if folder is not None and is_relative else mention


def _read_whole(groups: Sequence[Group], further: Sequence[Told], start: Start) -> frozenset[str]:
    """Return the folders whose files were read and that can hold nothing else: no volume with weights lies there."""
    named = {group.named_by for group, one in zip(groups, further, strict=True) if group.named_by and one.mentions}
    mounts = {folder: start.files.mounts.under(clean(folder)) for folder in named if folder.startswith("/")}
    return frozenset(folder for folder, mount in mounts.items() if mount is None or SMALL & mount.volume.keys())


def _reference(engine: Engine, name: str) -> Reference | None:
    return engine.references.get(name) or (
        engine.references.get(name.partition(".")[0] + ".*") if "." in name else None
    )


def _mentions(engine: Engine, flag: Flag, said: Mapping[str, list[str]]) -> Iterator[Mention]:
    """Yield what one flag names, once for each revision that is stated."""
    reference = _reference(engine, flag.name)
    if reference is None or reference.unless in said:
        return
    for value in flag.values or ("",):
        if value.lower() in reference.words or (engine.telling and not telling(value)):
            continue
        plain = (Mention(value, reference.role, flag.written),)
        for mention in reference.notation(value, reference.role, flag.written) if reference.notation else plain:
            yield from _with_revisions(mention, reference, said)


def _with_revisions(mention: Mention, reference: Reference, said: Mapping[str, list[str]]) -> Iterator[Mention]:
    files = said.get(reference.file or "", [])
    mention = replace(mention, file=files[-1]) if files else mention
    stated = said.get(reference.revision or "", []) if mention.revision is None else []
    for revision in dict.fromkeys(stated):
        yield mention.at(revision)
    if not stated:
        yield mention


def _positional(
    engine: Engine, sources: Sources, said: Mapping[str, list[str]], environment: Environment
) -> Iterator[Mention]:
    """Yield the model that stands without a flag; behind a flag nobody knows it may look like its value."""
    given = [one for one in sources.line.positionals if not one.startswith(engine.skip_positionals or ("\0",))]
    absent = [one for one in given if not (is_variable(one) and why_unknown(one, environment) is None)]
    found = absent if engine.every_positional else absent[:1]
    if not found and engine.first not in said:
        found = [value for flag in sources.flags if not flag.known for value in flag.values if _HUB_ID.fullmatch(value)]
        found = found or given[:1]
    if found and len(given) > 1 and not (engine.every_positional or telling(found[0])):
        because = f"{' '.join(given[:3])[:100]}: it is not clear what starts here"
        yield Mention(found[0], "base", "argument", because=because)
        return
    reference = engine.references[engine.first]
    notation = engine.positional_notation or (reference.notation if engine.every_positional else None)
    for text in found[:MENTIONS]:
        for mention in notation(text, "base", "argument") if notation else (Mention(text, "base", "argument"),):
            yield from _with_revisions(mention, reference, said)


def _hidden(engine: Engine, sources: Sources, environment: Environment) -> Iterator[Mention]:
    """Yield what may name a model where nobody can read it."""
    positionals = sources.line.positionals
    for token in positionals:
        why = why_unknown(token, environment) if is_variable(token) else None
        if why is not None and token not in positionals[:1]:
            yield Mention(token, "base", token, because=f"{token}: {why}")
    for flag in sources.flags:
        if flag.name in engine.presets:
            yield Mention("", "base", flag.written, because=f"{flag.written} {engine.presets_because}")
    for written, meanings in sources.line.ambiguous:
        roles = [one.role for name in meanings if (one := engine.references.get(name)) is not None]
        if roles:
            because = f"{written} may mean --{' or --'.join(meanings[:4])}"
            yield Mention("", roles[0], written, because=because)


def _elsewhere(engine: Engine, environment: Environment) -> Iterator[Mention]:
    """Yield the variables that put another model in the place of the one that is named or carried."""
    for name, does in engine.elsewhere.items():
        value = environment.known.get(name) or environment.unknown.get(name)
        if value:
            yield Mention(value, "base", f"env {name}", because=f"{name}={value} {does}")


def _default(engine: Engine, start: Start) -> Iterator[Mention]:
    if engine.default_path is not None:
        yield Mention(engine.default_path, "base", "default path", form="path")
    if engine.default_mount is not None:
        path = clean(expand(engine.default_mount, start.environment.known).partition("/$(")[0])
        if start.files.mounts.under(path) is not None:
            yield Mention(path, "base", "default path", form="path")
    elif engine.missing is not None and not start.controller_starts:
        elsewhere = start.environment.elsewhere
        because = f"no model is named, and it may come from {elsewhere}" if elsewhere else engine.missing
        yield Mention("", "base", f"--{engine.first}", because=because)
