"""
Arguments of a program, read as argparse and its relatives read them.

`--flag value`, `--flag=value`, one element with a space, underscores for dashes, unambiguous beginnings,
dotted JSON keys.
No input or output.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_NUMBER = re.compile(r"-\d+(?:\.\d+)?|-\.\d+")
_ONE_ELEMENT = re.compile(r"(--?[A-Za-z][\w.+-]*)\s+(\S.*)", re.DOTALL)
_SAID = ("true", "false")
"""What people write behind switches, although most programs would not take it."""

ARGUMENTS = 5_000
"""Arguments that are read of one program."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """The flags a program knows, without leading dashes."""

    takes: Mapping[str, int]
    """Flag → 0 for a switch, 1 for a value, 2 for as many values as follow."""
    short: Mapping[str, str]
    aliases: Mapping[str, str]
    ordered: tuple[str, ...]
    """All long names and aliases in order, for beginnings; empty when the program takes none."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag of a command line."""

    name: str
    """Canonical: dashes, no leading ones, abbreviations written out; `speculative-config.model` for a dotted one."""
    written: str
    """As it stands, with leading dashes."""
    values: tuple[str, ...]
    known: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A command line in parts."""

    flags: tuple[Flag, ...]
    positionals: tuple[str, ...]
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...]
    """Beginnings that fit several flags: as written, and what they may mean."""


def read_line(tokens: Sequence[str], syntax: Syntax) -> Line:
    """Cut a command line, without its program, into flags and positionals."""
    flags: list[Flag] = []
    positionals: list[str] = []
    ambiguous: list[tuple[str, tuple[str, ...]]] = []
    position, count = 0, min(len(tokens), ARGUMENTS)
    while position < count:
        argument = tokens[position]
        position += 1
        if argument == "--":
            positionals.extend(tokens[position:count])
            break
        if not _is_flag(argument):
            positionals.append(argument)
            continue
        written, value = _halves(argument)
        name, candidates = _canonical(written, syntax)
        if candidates:
            ambiguous.append((written, candidates))
        takes = syntax.takes.get(name)
        known = takes is not None or "." in name
        values: list[str] = [] if value is None else [unquoted(value)]
        wants = (2 if takes == 2 else 0) if values else (1 if takes is None else takes)
        if takes == 0 and not values and position < count and tokens[position].lower() in _SAID:
            wants = 1
        while wants and position < count and not _is_flag(tokens[position]) and tokens[position] != "--":
            values.append(unquoted(tokens[position]))
            position += 1
            wants -= wants == 1
        if name.startswith("no-") and takes is None and syntax.takes.get(name[3:]) == 0:
            flags.append(Flag(name[3:], written, ("false",)))
            positionals.extend(values)
            continue
        flags.append(Flag(name, written, tuple(values), known))
    return Line(tuple(flags), tuple(positionals), tuple(ambiguous))


def _is_flag(argument: str) -> bool:
    return argument[:1] == "-" and argument not in ("-", "--") and not _NUMBER.fullmatch(argument)


def _halves(argument: str) -> tuple[str, str | None]:
    """Return the flag as written and the value that stands in the same element."""
    equals = argument.find("=")
    if (found := _ONE_ELEMENT.fullmatch(argument)) and (equals < 0 or found.end(1) < equals):
        return found.group(1), found.group(2).rstrip()
    if equals < 0:
        return argument, None
    return argument[:equals], argument[equals + 1 :]


def _canonical(written: str, syntax: Syntax) -> tuple[str, tuple[str, ...]]:
    """Return the canonical name of a flag, and what it may mean when it is ambiguous."""
    bare = written.lstrip("-")
    if not written.startswith("--") and (short := syntax.short.get(bare)) is not None:
        return short, ()
    head, dot, rest = bare.partition(".")
    name = head.replace("_", "-")
    tail = f"{dot}{rest.rstrip('+')}" if dot else ""
    if name in syntax.takes:
        return name + tail, ()
    if name in syntax.aliases:
        return syntax.aliases[name] + tail, ()
    if dot and not written.startswith("--") and head in syntax.short:
        return syntax.short[head] + tail, ()
    meanings = _beginning(name, syntax)
    if len(meanings) == 1:
        return meanings[0] + tail, ()
    return name + tail, meanings


def _beginning(name: str, syntax: Syntax) -> tuple[str, ...]:
    """Return the flags that begin with `name`."""
    if len(name) < 2:
        return ()
    found: dict[str, None] = {}
    for candidate in syntax.ordered[bisect_left(syntax.ordered, name) :]:
        if not candidate.startswith(name):
            break
        found[syntax.aliases.get(candidate, candidate)] = None
    return tuple(found)


def unquoted(text: str) -> str:
    """Return a text without the quotes that somebody wrote around all of it, as if a shell would take them away."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text
