"""
A Python text, cut into words.

Every pass is linear; nothing is run, and nothing compiled. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

TOKENS = 20_000
"""Words that are read of one text."""
ARGUMENTS = 100
"""Arguments that are read of one call."""
WINDOW = 1_000
"""Words that the arguments of one call may have."""

_TOKEN = re.compile(
    r"#[^\n]*|(?P<prefix>[rRbBuUfF]{0,2})(?P<string>\"\"\"(?:[^\\\"]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^\\']|\\.|'(?!''))*'''"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)|(?P<number>\d[\w.]*)|(?P<op>[^\s\w])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of Python."""

    kind: str
    """`string`, `name`, `number` or `op`; `computed` for a formatted string."""
    text: str


def tokens_of(source: str) -> Sequence[Token]:
    """Return the words of a text, at most `TOKENS`."""
    found: list[Token] = []
    for match in _TOKEN.finditer(source):
        kind = match.lastgroup
        if kind == "string":
            raw = match.group("string")
            width = 3 if raw[:3] in ('"""', "'''") else 1
            inner = raw[width:-width]
            computed = "f" in match.group("prefix").lower() and "{" in inner
            found.append(Token("computed" if computed else "string", _ESCAPE.sub(_unescaped, inner)))
        elif kind in ("name", "number", "op"):
            found.append(Token(kind, match.group(kind)))
        if len(found) >= TOKENS:
            break
    return found


def _unescaped(match: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t", "\n": ""}.get(match.group(1), match.group(1))


def arguments_of(tokens: Sequence[Token], start: int) -> list[tuple[str, Sequence[Token]]]:
    """Return the arguments of a call, each with its keyword, empty for positional ones."""
    found: list[tuple[str, Sequence[Token]]] = []
    depth, begun, position = 0, start, start
    while position < min(len(tokens), start + WINDOW) and len(found) < ARGUMENTS:
        one = tokens[position]
        if one.kind == "op":
            closes = one.text in _CLOSE
            if (depth == 0 and closes) or (depth == 0 and one.text == ","):
                part = tokens[begun:position]
                if part:
                    found.append(_keyword(part))
                begun = position + 1
                if closes:
                    break
            else:
                depth += (one.text in _OPEN) - closes
        position += 1
    return found


def _keyword(part: Sequence[Token]) -> tuple[str, Sequence[Token]]:
    if len(part) > 2 and part[0].kind == "name" and part[1].text == "=" and part[2].text != "=":
        return part[0].text, part[2:]
    return "", part
