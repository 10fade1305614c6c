"""
YAML: what JSON holds, for people and for tools that want YAML.

Written by hand, ten times faster than by a library: a report is mappings, lists, texts and numbers, nothing else.
Every text that is not plainly a text stands in double quotes, with what is invisible written out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from weighbridge.reports.json import document
from weighbridge.reports.run import Run

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./@+,()-]|:(?=[A-Za-z0-9_/])| (?=[A-Za-z0-9_(/]))*")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
"""What YAML 1.1 reads as something else than a text."""


def render(run: Run) -> str:
    """Return one YAML document."""
    return documents([document(run)])


def documents(values: Iterable[Mapping[str, object]]) -> str:
    """Return documents in block style, each with its `---`; values are mappings, lists, texts, whole numbers, booleans and None."""
    lines: list[str] = []
    for value in values:
        lines.append("---")
        _block(lines, value, "", "")
    return "".join(f"{line}\n" for line in lines)


def _block(
    lines: list[str], value: Mapping[str, object] | list[object] | tuple[object, ...], pad: str, lead: str
) -> None:
    """Add the lines of a value that is not empty; `lead` stands before the first one, `pad` before the others."""
    if isinstance(value, Mapping):
        entries = [(f"{_scalar(key)}:", item) for key, item in value.items()]
    else:
        entries = [("-", item) for item in value]
    for head, item in entries:
        start = f"{lead or pad}{head}"
        lead = ""
        if not isinstance(item, Mapping | list | tuple) or not item:
            lines.append(f"{start} {_scalar(item)}")
        elif head == "-":
            _block(lines, item, f"{pad}  ", f"{start} ")
        else:
            lines.append(start)
            _block(lines, item, f"{pad}  ", "")


def _scalar(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return value if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else quoted(value)
        case Mapping():
            return "{}"
        case list() | tuple():
            return "[]"
        case _:
            return str(value)


def quoted(text: str) -> str:
    """Return a text in double quotes, on one line."""
    shown = msgspec.json.encode(text).decode()
    return shown if shown.isprintable() else "".join(map(_escaped, shown))


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"
