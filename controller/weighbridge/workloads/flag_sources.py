"""
Every place one engine takes flags from: its command line, variables, configuration files, JSON inside arguments.

No input or output.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from weighbridge.workloads.documents import document, dotted, flags_of
from weighbridge.workloads.engines.engine import Engine
from weighbridge.workloads.engines.notations import parsed
from weighbridge.workloads.environment import Environment, expand
from weighbridge.workloads.files import Files
from weighbridge.workloads.flags import Flag, Line, read_line
from weighbridge.workloads.formats import FORMATS
from weighbridge.workloads.mentions import Mention
from weighbridge.workloads.naming import LENGTH

_VARIABLE = re.compile(r"\$(?:\((\w+)\)|\{(\w+)[^}]{0,499}\}|(\w+))")


@dataclass(frozen=True, slots=True)
class Sources:
    """The flags of one command, and what could not be read."""

    line: Line
    flags: tuple[Flag, ...]
    unreadable: tuple[Mention, ...]


def collect(
    engine: Engine,
    arguments: Sequence[str],
    environment: Environment,
    files: Files,
    directory: str | None,
    *,
    named: bool = False,
) -> Sources:
    """Return the flags of a command in the order in which later ones win; `named` says the model is an argument."""
    unreadable: list[Mention] = []
    line = read_line((*arguments, *_further(engine, environment, unreadable)), engine.syntax)
    stated = {flag.name for flag in line.flags}
    if named and line.positionals:
        stated.add(engine.first)
    from_environment = tuple(_from_environment(engine, line, environment))
    configured = (*line.flags, *from_environment) if engine.config_files else ()
    configured = (*configured, *_unwritten(engine, configured, files))
    from_files = tuple(
        flag
        for flag in _from_files(engine, configured, environment, files, directory, unreadable)
        if flag.name not in stated
    )
    inline = tuple(_inline(engine, line, unreadable, environment))
    flags = (*from_files, *line.flags, *inline, *from_environment)
    flags = (*flags, *(Flag(name, "default", (value,)) for name, value in _defaults(engine, flags)))
    every = tuple(one for flag in flags for one in spread(engine, flag, environment, unreadable))
    return Sources(line, every, tuple(unreadable))


def _unwritten(engine: Engine, flags: Sequence[Flag], files: Files) -> Iterator[Flag]:
    """Yield the flags that stand for the configuration files of default paths, where the object holds such a file."""
    stated = {flag.name for flag in flags} if engine.default_files else ()
    for name, path in engine.default_files.items():
        if name not in stated and files.mounts.under(path) is not None:
            yield Flag(name, "default path", (path,))


def _defaults(engine: Engine, flags: Sequence[Flag]) -> Iterator[tuple[str, str]]:
    stated = {flag.name for flag in flags} if engine.defaults else ()
    yield from ((name, value) for name, value in engine.defaults.items() if name not in stated)


def _further(engine: Engine, environment: Environment, unreadable: list[Mention]) -> list[str]:
    """Return arguments that stand in a variable."""
    found: list[str] = []
    for name in engine.argument_variables:
        why = environment.unknown.get(name)
        if why is not None:
            unreadable.append(Mention(f"$({name})", "base", f"env {name}", because=f"{name} comes from {why}"))
        given = environment.known.get(name)
        if not given:
            continue
        try:
            found.extend(shlex.split(given))
        except ValueError:
            unreadable.append(Mention("", "base", f"env {name}", because=f"{name}: its quotes are not closed"))
    return found


def _from_files(
    engine: Engine,
    flags: Sequence[Flag],
    environment: Environment,
    files: Files,
    directory: str | None,
    unreadable: list[Mention],
) -> Iterator[Flag]:
    """Yield the flags that stand in configuration files; a flag of the command line wins over them."""
    for flag in flags:
        if flag.name not in engine.config_files or not flag.values:
            continue
        path = flag.values[0]
        file = files.read(path, directory)
        values = FORMATS[engine.config_files[flag.name]](file.text) if file.text is not None else None
        if values is not None:
            yield from (renamed(engine, one) for one in flags_of(values, f"{flag.written} {path}"))
            continue
        is_judged = file.of_image and engine.files_in_image and "$" not in path
        if is_judged or not engine.decides.isdisjoint(one.name for one in flags):
            continue
        because = f"{flag.written} {path}: the file may name a model and "
        because += unknown_variable(path, environment) or file.because or "cannot be read"
        unreadable.append(Mention(path, "base", flag.written, because=because))


def renamed(engine: Engine, flag: Flag) -> Flag:
    """Return a flag of a file by the name it has on the command line."""
    name = engine.syntax.aliases.get(flag.name)
    return flag if name is None else replace(flag, name=name)


def _inline(engine: Engine, line: Line, unreadable: list[Mention], environment: Environment) -> Iterator[Flag]:
    """Yield the flags that stand as JSON in an argument."""
    for flag in line.flags:
        top = flag.name.partition(".")[0]
        if top not in engine.documents:
            continue
        if top != flag.name:
            yield Flag(flag.name.partition(".")[2].replace("_", "-"), flag.written, flag.values)
            continue
        for value in flag.values:
            values = document(value)
            if values is not None:
                yield from flags_of(values, flag.written)
            else:
                why = unknown_variable(value, environment) or "its value is no JSON object"
                unreadable.append(Mention(value, "base", flag.written, because=f"{flag.written}: {why}"))


def _from_environment(engine: Engine, line: Line, environment: Environment) -> Iterator[Flag]:
    """Yield the flags that variables stand for; a flag of the command line wins over its variable."""
    names = engine.environment.keys()
    if (
        not engine.environment_prefixes
        and names.isdisjoint(environment.known)
        and names.isdisjoint(environment.unknown)
    ):
        return
    stated = {flag.name for flag in line.flags}
    for name in (*environment.known, *environment.unknown):
        flag = engine.environment.get(name)
        for prefix in engine.environment_prefixes if flag is None else ():
            candidate = name[len(prefix) :].lower().replace("_", "-") if name.startswith(prefix) else ""
            flag = candidate if candidate in engine.syntax.takes else flag
        if flag is not None and flag not in stated:
            value = environment.known.get(name, f"$({name})")
            if name in engine.values and value:
                value = expand(engine.values[name], environment.known)
            yield Flag(flag, f"env {name}", (value,))


def spread(engine: Engine, flag: Flag, environment: Environment, unreadable: list[Mention]) -> Iterator[Flag]:
    """Yield the keys of a JSON value as dotted flags."""
    yield flag
    if flag.name not in engine.json:
        return
    role = next((one.role for name, one in engine.references.items() if name.startswith(f"{flag.name}.")), None)
    for value in flag.values:
        found = _object(value)
        if found is not None:
            yield from dotted(found, flag.name, flag.written)
        elif role is not None:
            why = unknown_variable(value, environment) or "its value is no JSON object"
            unreadable.append(Mention(value, role, flag.written, because=f"{flag.written}: {why}"))


def _object(value: str) -> Mapping[str, object] | None:
    try:
        found = parsed(value)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def is_variable(token: str) -> bool:
    """Return whether a text is a variable and nothing else."""
    return _VARIABLE.fullmatch(token) is not None


def why_unknown(token: str, environment: Environment) -> str | None:
    """Return why the variable that a text is has no value, `None` when it is plainly not set."""
    found = _VARIABLE.fullmatch(token)
    return environment.why(next(filter(None, found.groups()), "")) if found else None


def unknown_variable(text: str, environment: Environment) -> str | None:
    """Return why the first variable in a text has no known value, `None` when none stands in it."""
    found = _VARIABLE.search(text[:LENGTH])
    if found is None:
        return None
    name = next(filter(None, found.groups()), "")
    return environment.why(name) or f"{name} is not set in the object"
