"""
What one command line of an engine says about models.

Every occurrence counts: where an engine would take the first or the last of two, both are mentioned.
No input or output.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from weighbridge.model.serving import Settings
from weighbridge.workloads.engines.engine import Engine, Reference
from weighbridge.workloads.engines.notations import parsed
from weighbridge.workloads.environment import Environment
from weighbridge.workloads.flags import Flag, Line, read_line
from weighbridge.workloads.mentions import Mention
from weighbridge.workloads.naming import LENGTH, telling
from weighbridge.workloads.serving_settings import settings

MENTIONS = 300
"""Models that are read of one command."""

_VARIABLE = re.compile(r"\$(?:\((\w+)\)|\{(\w+)[^}]{0,499}\}|(\w+))")
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Told:
    """What a command line says."""

    mentions: tuple[Mention, ...]
    settings: Settings


def told(
    engine: Engine,
    arguments: Sequence[str],
    environment: Environment,
    *,
    positional: bool,
    controller_starts: bool = False,
) -> Told:
    """Read the arguments of an engine and the variables it takes for arguments."""
    mentions: list[Mention] = []
    unreadable: list[Mention] = []
    arguments = (*arguments, *_further(engine, environment, mentions))
    line = read_line(arguments, engine.syntax)
    flags = (*line.flags, *_from_environment(engine, line, environment))
    flags = tuple(one for flag in flags for one in _spread(engine, flag, environment, unreadable))
    first = next((name for name, one in engine.references.items() if one.role == "base"), "model")
    said = _said(flags)
    if positional:
        mentions.extend(_positional(engine, first, line, flags, said, environment))
    named = (mention for flag in flags for mention in _mentions(engine, flag, said))
    mentions.extend(islice(named, MENTIONS))
    if next(named, None) is not None:
        because = f"one command names more than {MENTIONS} models, not all were read"
        mentions.append(Mention("", "base", "command", because=because))
    mentions.extend(unreadable)
    mentions.extend(_hidden(engine, line, flags, environment))
    if not any(mention.role in ("base", "image") for mention in mentions):
        mentions.extend(_default(engine, first, environment, controller_starts=controller_starts))
    return Told(tuple(mentions), settings(engine, flags, environment))


def _said(flags: Sequence[Flag]) -> Mapping[str, list[str]]:
    """Return the first value of every occurrence of a flag, by name."""
    said: dict[str, list[str]] = {}
    for flag in flags:
        said.setdefault(flag.name, []).extend(flag.values[:1])
    return said


def _further(engine: Engine, environment: Environment, mentions: list[Mention]) -> list[str]:
    """Return arguments that stand in a variable."""
    found: list[str] = []
    for name in engine.argument_variables:
        why = environment.unknown.get(name)
        if why is not None:
            mentions.append(Mention(f"$({name})", "base", f"env {name}", because=f"{name} comes from {why}"))
        try:
            found.extend(shlex.split(environment.known.get(name, "")))
        except ValueError:
            mentions.append(Mention("", "base", f"env {name}", because=f"{name}: its quotes are not closed"))
    return found


def _from_environment(engine: Engine, line: Line, environment: Environment) -> Iterator[Flag]:
    """Yield the flags that variables stand for; a flag of the command line wins over its variable."""
    if not (engine.environment or engine.environment_prefixes):
        return
    stated = {flag.name for flag in line.flags}
    for name in (*environment.known, *environment.unknown):
        flag = engine.environment.get(name)
        for prefix in engine.environment_prefixes if flag is None else ():
            candidate = name[len(prefix) :].lower().replace("_", "-") if name.startswith(prefix) else ""
            flag = candidate if candidate in engine.syntax.takes else flag
        if flag is not None and flag not in stated:
            yield Flag(flag, f"env {name}", (environment.known.get(name, f"$({name})"),))


def _spread(engine: Engine, flag: Flag, environment: Environment, mentions: list[Mention]) -> Iterator[Flag]:
    """Yield the keys of a JSON value as dotted flags."""
    yield flag
    if flag.name not in engine.json:
        return
    role = next(one.role for name, one in engine.references.items() if name.startswith(f"{flag.name}."))
    for value in flag.values:
        try:
            found = parsed(value)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            why = unknown_variable(value, environment) or "its value is no JSON object"
            mentions.append(Mention(value, role, flag.written, because=f"{flag.written}: {why}"))
            continue
        for key, inner in found.items():
            name = f"{flag.name}.{str(key).replace('_', '-')}"
            if isinstance(inner, str):
                yield Flag(name, flag.written, (inner,))


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
        yield replace(mention, revision=revision)
    if not stated:
        yield mention


def _positional(
    engine: Engine,
    first: str,
    line: Line,
    flags: Sequence[Flag],
    said: Mapping[str, list[str]],
    environment: Environment,
) -> Iterator[Mention]:
    """Yield the model that stands without a flag; behind a flag nobody knows it may look like its value."""
    found = [one for one in line.positionals if not (_is_variable(one) and _why(one, environment) is None)][:1]
    if not found and first not in said:
        found = [value for flag in flags if not flag.known for value in flag.values if _HUB_ID.fullmatch(value)]
        found = found or list(line.positionals[:1])
    if found and len(line.positionals) > 1 and not telling(found[0]):
        because = f"{' '.join(line.positionals[:3])[:100]}: it is not clear what starts here"
        yield Mention(found[0], "base", "argument", because=because)
        return
    for text in found:
        yield from _with_revisions(Mention(text, "base", "argument"), engine.references[first], said)


def _hidden(engine: Engine, line: Line, flags: Sequence[Flag], environment: Environment) -> Iterator[Mention]:
    """Yield what may name a model where nobody can read it."""
    for token in line.positionals:
        why = _why(token, environment) if _is_variable(token) else None
        if why is not None and token not in line.positionals[:1]:
            yield Mention(token, "base", token, because=f"{token}: {why}")
    for flag in flags:
        if flag.name in engine.config_files and flag.values:
            because = f"{flag.written} {flag.values[0]}: the file may name a model and is not in the object"
            yield Mention(flag.values[0], "base", flag.written, because=because)
        if flag.name in engine.presets:
            yield Mention("", "base", flag.written, because=f"{flag.written} {engine.presets_because}")
    for written, meanings in line.ambiguous:
        roles = [one.role for name in meanings if (one := engine.references.get(name)) is not None]
        if roles:
            because = f"{written} may mean --{' or --'.join(meanings[:4])}"
            yield Mention("", roles[0], written, because=because)


def _default(engine: Engine, first: str, environment: Environment, *, controller_starts: bool) -> Iterator[Mention]:
    if engine.default_path is not None:
        yield Mention(engine.default_path, "base", "default path", form="path")
    elif engine.missing is not None and not controller_starts:
        because = (
            f"no model is named, and it may come from {environment.elsewhere}"
            if environment.elsewhere
            else engine.missing
        )
        yield Mention("", "base", f"--{first}", because=because)


def _is_variable(token: str) -> bool:
    return _VARIABLE.fullmatch(token) is not None


def _why(token: str, environment: Environment) -> str | None:
    found = _VARIABLE.fullmatch(token)
    return environment.why(next(filter(None, found.groups()), "")) if found else None


def unknown_variable(text: str, environment: Environment) -> str | None:
    """Return why the first variable in a text has no known value, `None` when none stands in it."""
    found = _VARIABLE.search(text[:LENGTH])
    if found is None:
        return None
    name = next(filter(None, found.groups()), "")
    return environment.why(name) or f"{name} is not set in the object"
