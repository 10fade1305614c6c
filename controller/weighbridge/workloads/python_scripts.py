"""
Models that a Python text loads or downloads, told by the calls it makes.

The text is cut into words, never run and never compiled; what a call is given may be a literal, a name that is
bound to one, a variable of the environment, or an element of a list that a loop walks. Everything else is computed.
No input or output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from weighbridge.model.refs import Role
from weighbridge.workloads.environment import Environment
from weighbridge.workloads.flags import Flag
from weighbridge.workloads.mentions import Mention
from weighbridge.workloads.naming import LENGTH
from weighbridge.workloads.python_words import ARGUMENTS, Token, arguments_of, tokens_of
from weighbridge.workloads.tables import table

CALLS = 200
"""Calls, and names that are bound, that are read of one text."""

_CALLS: Mapping[str, Mapping[str, str]] = table("python")["call"]
_SETTINGS: Mapping[str, str] = table("python")["settings"]
_SHELLS = frozenset[str](table("python")["runs"])


@dataclass(slots=True)
class Told:
    """What a Python text says."""

    mentions: list[Mention] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    """Settings that stand in its calls, as flags."""
    commands: list[str] = field(default_factory=list)
    """Command lines that it hands to a shell."""


Values: TypeAlias = tuple[str, ...]
Given: TypeAlias = tuple[str, Sequence[Token]]
_SLOTS: tuple[tuple[str, Role], ...] = (("model", "base"), ("adapter", "adapter"), ("draft", "draft"))


def read_python(source: str, environment: Environment, via: str) -> Told:
    """Return what the calls of a Python text name."""
    tokens = tokens_of(source)
    names = _bound(tokens, environment)
    told = Told()
    modelscope = any(one.kind == "name" and one.text.partition(".")[0] == "modelscope" for one in tokens)
    reader = _Reader(names, environment, via, modelscope)
    count = 0
    for position in range(len(tokens) - 1):
        here = tokens[position]
        if here.kind != "name" or tokens[position + 1].text != "(" or tokens[position + 1].kind != "op":
            continue
        last = here.text.rpartition(".")[2]
        if here.text in _SHELLS or last in _CALLS or here.text in _CALLS:
            count += 1
            if count > CALLS:
                because = f"{via}: it makes more than {CALLS} calls, not all were read"
                told.mentions.append(Mention("", "base", via, because=because))
                break
            given = arguments_of(tokens, position + 2)
            if here.text in _SHELLS:
                told.commands.extend(_command(given, names, environment))
            else:
                call = _CALLS.get(here.text) or _CALLS[last]
                reader.call(here.text, call, given, told)
    return told


def _bound(tokens: Sequence[Token], environment: Environment) -> Mapping[str, Values]:
    """Return the literals that names are bound to, by assignments and loops; a name may have several."""
    names: dict[str, Values] = {}
    loops = 0
    for position, here in enumerate(tokens):
        if here.kind != "name":
            continue
        after = tokens[position + 1] if position + 1 < len(tokens) else None
        if after is not None and after.text == "=" and after.kind == "op" and tokens[position + 2 : position + 3]:
            if tokens[position + 2].text != "=":
                values = _value(tokens[position + 2 : position + 14], names, environment)
                if values:
                    names[here.text] = (*names.get(here.text, ()), *values)[:ARGUMENTS]
        elif here.text == "for" and loops < CALLS:
            loops += 1
            _loop(tokens, position + 1, names)
    return names


def _loop(tokens: Sequence[Token], start: int, names: dict[str, Values]) -> None:
    """Bind the names of `for a, b in [...]:`; elements that are tuples go to their names in order."""
    targets: list[str] = []
    position = start
    while position < len(tokens) and position < start + 20 and tokens[position].text != "in":
        if tokens[position].kind == "name":
            targets.append(tokens[position].text)
        position += 1
    if position + 1 >= len(tokens) or not targets or tokens[position].text != "in":
        return
    source = tokens[position + 1]
    if source.kind == "name" and source.text in names and len(targets) == 1:
        names[targets[0]] = names[source.text]
    if source.text not in ("[", "("):
        return
    elements = [part for _, part in arguments_of(tokens, position + 2)]
    for index, target in enumerate(targets):
        values: list[str] = []
        for element in elements:
            parts = [element] if len(targets) == 1 else [part for _, part in arguments_of(element, 1)]
            if index < len(parts) and len(parts[index]) == 1 and parts[index][0].kind == "string":
                values.append(parts[index][0].text)
        if values:
            names[target] = tuple(values)


def _value(part: Sequence[Token], names: Mapping[str, Values], environment: Environment) -> Values:
    """Return what an expression may be, nothing when it is computed."""
    first = part[0]
    if first.kind == "string" and (len(part) < 2 or part[1].text not in ("%", ".", "+", "[")):
        return (first.text,)
    if first.text == "[" and first.kind == "op":
        elements = [one for _, one in arguments_of(part, 1)]
        return tuple(one[0].text for one in elements if len(one) == 1 and one[0].kind == "string")
    if first.kind == "name" and first.text in (
        "os.environ.get",
        "os.getenv",
        "environ.get",
        "getenv",
        "os.environ",
        "environ",
    ):
        return _variable(part, names, environment)
    if first.kind == "name" and first.text in ("str", "int") and len(part) > 2:
        return _value(part[2:], names, environment)
    if first.kind in ("number", "name") and (len(part) < 2 or part[1].text not in ("(", "+", "[", "/")):
        return names.get(first.text, (first.text,) if first.kind == "number" or first.text in ("True", "False") else ())
    return ()


def _variable(part: Sequence[Token], names: Mapping[str, Values], environment: Environment) -> Values:
    """Return the value of a variable of the environment, or what the program takes instead."""
    given = arguments_of(part, 2)
    name = given[0][1][0].text if given and given[0][1] else ""
    if name in environment.known:
        return (environment.known[name],)
    if environment.why(name) is not None:
        return (f"$({name})",)
    return _value(given[1][1], names, environment) if len(given) > 1 else ()


@dataclass(frozen=True, slots=True)
class _Reader:
    """What surrounds the calls of one text."""

    names: Mapping[str, Values]
    environment: Environment
    via: str
    modelscope: bool
    """Whether its hub is ModelScope."""

    def call(self, name: str, call: Mapping[str, str], given: Sequence[Given], told: Told) -> None:
        """Add what one call names."""
        keywords = {key: part for key, part in given if key}
        positional = [part for key, part in given if not key]
        told.flags.extend(
            Flag(_SETTINGS[key], f"{self.via}: {key}", values[-1:])
            for key, part in keywords.items()
            if key in _SETTINGS and (values := _value(part, self.names, self.environment))
        )
        prefix = "modelscope://" if self.modelscope and call.get("hub") else call.get("prefix", "")
        revision = _slot(call.get("revision", ""), keywords, ())
        revisions = _value(revision, self.names, self.environment) if revision is not None else ()
        for slot, role in _SLOTS:
            part = _slot(call.get(slot, ""), keywords, positional)
            if part is not None:
                role = "tokenizer" if role == "base" and "Tokenizer" in name else role  # noqa: PLW2901
                shown = f"{self.via}: {name.rpartition('.')[2]}"[:200]
                told.mentions.extend(self._mentions(part, role, shown, prefix, revisions))

    def _mentions(
        self, part: Sequence[Token], role: Role, shown: str, prefix: str, revisions: Values
    ) -> Iterator[Mention]:
        values = _value(part, self.names, self.environment)
        if not values and part and not _is_parameter(part):
            yield Mention("", role, shown, because=f"{shown}: its argument is computed when the script runs")
        for index, value in enumerate(values[:ARGUMENTS]):
            stated = revisions[index] if len(revisions) == len(values) else revisions[-1] if revisions else None
            text = f"{prefix}{value}" if prefix and "://" not in value else value
            yield Mention(text[: LENGTH + 1], role, shown, revision=stated)


def _slot(
    where: str, keywords: Mapping[str, Sequence[Token]], positional: Sequence[Sequence[Token]]
) -> Sequence[Token] | None:
    """Return the argument that `0|repo_id|model` means."""
    for one in where.split("|") if where else ():
        if one.isdigit():
            if int(one) < len(positional):
                return positional[int(one)]
        elif one in keywords:
            return keywords[one]
    return None


def _is_parameter(part: Sequence[Token]) -> bool:
    """Return whether an argument is a bare lower-case name: most often the parameter of a function around the call."""
    return len(part) == 1 and part[0].kind == "name" and not part[0].text.isupper()


def _command(
    given: Sequence[tuple[str, Sequence[Token]]], names: Mapping[str, Values], environment: Environment
) -> Iterator[str]:
    """Yield the command line that `subprocess.run` or `os.system` is given."""
    part = given[0][1] if given else ()
    if not part:
        return
    if part[0].text in ("[", "(") and part[0].kind == "op":
        words = [_value(one, names, environment) for _, one in arguments_of(part, 1)]
        yield " ".join(_quoted(one[0]) if one else "$COMPUTED" for one in words)
        return
    yield from _value(part, names, environment)[:1]


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"
