"""
A command line of a shell, cut into words and operators.

Every pass is linear, and what is not understood is kept as it is written, so that nobody takes it for a value.
No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

TOKENS = 20_000
"""Words and operators that are read of one script."""

_PLAIN = re.compile(r"[^ \t\r\n\\'\"`$;&|()<>#]+|#")
_IN_DOUBLE = re.compile(r"[^\\\"`$]+")
_SPACE = re.compile(r"[ \t\r]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")
_BRACED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*(?:\[[@*]\])?|[0-9]+|[@*])(?:(:?[-=+?])(.*))?", re.DOTALL)
_OPERATOR = re.compile(r"&>>|<<<|<<-|&&|\|\||;;|\|&|&>|>>|<<|>&|<&|>\||<>|[;&|()<>]")
_OPERATING = frozenset(";&|()<>")
"""What an operator begins with."""
_PLACEHOLDER = re.compile(r"<[A-Za-z][\w./ -]{0,80}>(?=[\s;&|]|$)")
"""What somebody has to fill in; a shell would read it as two redirections."""
_COMMENT = re.compile(r"[^\n]*")


class Unreadable(Exception):
    """The text is no command line; says why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a word."""

    text: str
    """The characters themselves, or the source text of an expansion."""
    kind: Literal["plain", "quoted", "variable", "opaque"]
    name: str = ""
    """The variable."""
    operator: str = ""
    """`:-` and its kin."""
    alternative: str = ""
    """What stands behind the operator."""
    split: bool = False
    """Whether the value is cut at white space."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word before expansion."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """`;`, `&&`, a newline and the like; redirections carry what they read."""

    text: str
    body: str | None = None
    """The lines of a here-document."""
    verbatim: bool = True
    """Whether its variables are left as they are: the delimiter was quoted."""


Token: TypeAlias = Word | Operator

REDIRECTIONS = frozenset({"<", ">", ">>", ">&", "<&", "&>", "&>>", ">|", "<>", "<<<"})


@dataclass(slots=True)
class _Reader:
    """A place in a text; only this module sees it move."""

    text: str
    at: int = 0

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match.group()

    def take_until(self, end: str, what: str) -> str:
        """Return the text before `end` and step over both."""
        position = self.text.find(end, self.at)
        if position < 0:
            raise Unreadable(f"{what} is not closed")
        taken = self.text[self.at : position]
        self.at = position + len(end)
        return taken


def words(script: str) -> Iterator[Token]:
    """Yield the words and operators of a script. Raises `Unreadable`."""
    reader = _Reader(script)
    pending: list[tuple[str, bool]] = []
    for _ in range(TOKENS):
        reader.take(_SPACE)
        if reader.at >= len(script):
            return
        here = script[reader.at]
        if here == "\n":
            reader.at += 1
            yield Operator("\n")
            for delimiter, verbatim in pending:
                yield Operator("<<", _here_document(reader, delimiter), verbatim)
            pending.clear()
        elif here == "#":
            reader.take(_COMMENT)
        elif here not in _OPERATING:
            yield from _plain_word(reader)
        elif end := _arithmetic(reader):
            reader.at = end
            yield Word((Piece(":", "plain"),))
        elif placeholder := reader.take(_PLACEHOLDER):
            yield Word((Piece(placeholder, "plain"),))
        elif operator := _operator(reader):
            if operator in ("<<", "<<-"):
                reader.take(_SPACE)
                pieces = _word(reader)
                verbatim = any(piece.kind == "quoted" for piece in pieces)
                pending.append(("".join(piece.text for piece in pieces), verbatim))
            else:
                yield Operator(operator)
        else:
            yield Word(tuple(_word(reader)))
    raise Unreadable(f"it has more than {TOKENS} words")


def _plain_word(reader: _Reader) -> Iterator[Word]:
    """Yield a word, and nothing for the number of a file in front of a redirection."""
    pieces = _word(reader)
    if not _is_descriptor(pieces, reader.text[reader.at : reader.at + 1]):
        yield Word(tuple(pieces))


def quoted(text: str) -> tuple[Piece, ...]:
    """Return the pieces of a text as if it stood between double quotes. Raises `Unreadable`."""
    reader = _Reader(text)
    pieces: list[Piece] = []
    while reader.at < len(text):
        _double(reader, pieces)
        if reader.at < len(text):
            pieces.append(Piece('"', "quoted"))
            reader.at += 1
    return tuple(pieces)


def _arithmetic(reader: _Reader) -> int:
    """Return where `((…))` ends, 0 for everything else; `((a); b)` are two shells."""
    if not reader.text.startswith("((", reader.at):
        return 0
    end = _closing(reader.text, reader.at + 1, "(", ")")
    return end + 1 if reader.text.startswith(")", end) else 0


def _operator(reader: _Reader) -> str:
    """Take an operator; `<(…)` is a word."""
    if reader.text.startswith(("<(", ">("), reader.at):
        return ""
    return reader.take(_OPERATOR)


def _is_descriptor(pieces: list[Piece], following: str) -> bool:
    """Return whether a word is the number of a file in front of a redirection, or nothing at all."""
    if not pieces:
        return True
    return following in ("<", ">") and len(pieces) == 1 and pieces[0].kind == "plain" and pieces[0].text.isdigit()


def _here_document(reader: _Reader, delimiter: str) -> str:
    lines: list[str] = []
    while reader.at < len(reader.text):
        line = reader.take(_COMMENT)
        reader.at += 1
        if line.strip("\t\r ") == delimiter:
            break
        lines.append(line)
    return "\n".join(lines)


def _word(reader: _Reader) -> list[Piece]:
    text = reader.text
    whole = _PLAIN.match(text, reader.at)
    pieces: list[Piece] = []
    if whole is not None:
        pieces.append(Piece(whole.group(), "plain"))
        reader.at = whole.end()
    while reader.at < len(text):
        here = text[reader.at]
        if here in " \n":
            break
        if here == "\\":
            escaped = text[reader.at + 1 : reader.at + 2]
            reader.at += 2
            if escaped == "\n" and not pieces:
                reader.take(_SPACE)
            elif escaped != "\n":
                pieces.append(Piece(escaped, "quoted"))
        elif here == "'":
            reader.at += 1
            pieces.append(Piece(reader.take_until("'", "a quote"), "quoted"))
        elif here == '"':
            reader.at += 1
            pieces.append(Piece("", "quoted"))
            _double(reader, pieces)
            reader.take_until('"', "a quote")
        elif here in "`$" or text.startswith(("<(", ">("), reader.at):
            pieces.append(_expansion(reader, split=True))
        elif plain := reader.take(_PLAIN):
            pieces.append(Piece(plain, "plain"))
        else:
            break
    return pieces


def _double(reader: _Reader, pieces: list[Piece]) -> None:
    """Read what stands between double quotes, up to the closing one or the end."""
    text = reader.text
    while reader.at < len(text) and text[reader.at] != '"':
        if text[reader.at] == "\\":
            escaped = text[reader.at + 1 : reader.at + 2]
            reader.at += 2
            if escaped != "\n":
                pieces.append(Piece(escaped if escaped in '$`"\\' else f"\\{escaped}", "quoted"))
        elif text[reader.at] in "`$":
            pieces.append(_expansion(reader, split=False))
        else:
            pieces.append(Piece(reader.take(_IN_DOUBLE), "quoted"))


def _expansion(reader: _Reader, *, split: bool) -> Piece:
    """Read `$NAME`, `${…}`, `$(…)`, a backquoted command or `<(…)`."""
    start = reader.at
    text = reader.text
    if text[start] == "`":
        reader.at += 1
        reader.take_until("`", "a backquote")
        return Piece(text[start : reader.at], "opaque")
    if text.startswith("(", start + 1):
        reader.at = _closing(text, start + 1, "(", ")")
        return Piece(text[start : reader.at], "opaque")
    if text.startswith("{", start + 1):
        reader.at = _closing(text, start + 1, "{", "}")
        match = _BRACED.fullmatch(text, start + 2, reader.at - 1)
        if match is None:
            return Piece(text[start : reader.at], "opaque")
        name, operator, alternative = match.groups()
        return Piece(text[start : reader.at], "variable", name, operator or "", alternative or "", split)
    reader.at += 1
    name = reader.take(_NAME)
    if not name:
        return Piece("$", "quoted")
    return Piece(text[start : reader.at], "variable", name, split=split)


def _closing(text: str, start: int, opening: str, closing: str) -> int:
    """Return the position behind the bracket that closes the one at `start`; quotes inside are stepped over."""
    depth, quote, position = 0, "", start
    while position < len(text):
        here = text[position]
        if here == "\\":
            position += 1
        elif quote:
            quote = "" if here == quote else quote
        elif here in "'\"":
            quote = here
        elif here == opening:
            depth += 1
        elif here == closing:
            depth -= 1
            if depth == 0:
                return position + 1
        position += 1
    raise Unreadable(f"{opening} is not closed")
