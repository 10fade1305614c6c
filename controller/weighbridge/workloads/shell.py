"""
The programs a command line of a shell starts, with the variables each would see.

Commands are followed in the order they stand, without asking which branch is taken:
a variable that branches set differently is one nobody knows.
No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from weighbridge.workloads.environment import Environment
from weighbridge.workloads.naming import clean
from weighbridge.workloads.reading import TEXT
from weighbridge.workloads.shell_calls import is_shell, script_of
from weighbridge.workloads.shell_words import REDIRECTIONS, Operator, Piece, Unreadable, Word, quoted, words

COMMANDS = 500
"""Commands that are read of one container."""
CHARACTERS = 500_000
"""Characters all words together may have once variables are written out."""
NESTING = 5
"""Scripts within scripts."""

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=(.*)", re.DOTALL)
_OPENING = frozenset({"if", "while", "until", "for", "case"})
_CLOSING = frozenset({"fi", "done", "esac"})
_KEYWORDS = frozenset({"then", "elif", "else", "do", "!", "{", "}", "time", "exec", "nohup"}) | _CLOSING
_DECLARING = frozenset({"export", "declare", "local", "readonly", "typeset"})


@dataclass(frozen=True, slots=True)
class Command:
    """One program and what it sees."""

    argv: tuple[str, ...]
    environment: Environment
    directory: str | None
    """Its working directory; `None` when only the image knows it."""


@dataclass(slots=True)
class Script:
    """What came of a command line; grows while it is read."""

    commands: list[Command] = field(default_factory=list)
    problem: str | None = None
    """Why it could not be read to its end."""
    words: int = 0
    """Words and operators that were read."""


def commands(argv: Sequence[str], environment: Environment, directory: str | None) -> Script:
    """Return the programs that `argv` starts; only shells start more than one."""
    script = Script()
    run = _Run(script, dict(environment.known), dict(environment.unknown), environment, directory)
    try:
        run.command(tuple(argv), NESTING)
    except Unreadable as problem:
        script.problem = str(problem)
    return script


@dataclass(slots=True)
class _Run:
    """A shell that starts nothing."""

    script: Script
    known: dict[str, str]
    unknown: dict[str, str]
    outside: Environment
    directory: str | None
    parameters: tuple[str, ...] = ()
    conditions: int = 0
    left: int = CHARACTERS
    elsewhere: str | None = None
    snapshot: Environment | None = None

    def text(self, script: str, depth: int) -> None:
        """Follow a script."""
        if depth == 0:
            raise Unreadable(f"scripts stand in scripts, more than {NESTING} deep")
        line: list[Word] = []
        skip, previous = False, "\n"
        for token in chain(words(script), (Operator("\n"),)):
            self.script.words += 1
            match token:
                case Word() if skip:
                    skip = False
                case Word():
                    line.append(token)
                case Operator(text="<<", body=lines):
                    self._input(lines or "", depth)
                case Operator(text=operator) if operator in REDIRECTIONS:
                    skip = True
                case Operator(text=operator):
                    self._simple(line, depth, after=previous)
                    line, previous, skip = [], operator, False

    def _input(self, lines: str, depth: int) -> None:
        """Follow a here-document where a bare shell reads it."""
        last = self.script.commands[-1].argv if self.script.commands else ("",)
        if is_shell(last[0]) and all(part.startswith("-") for part in last[1:]):
            self.script.commands.pop()
            self.text(lines, depth - 1)

    def _simple(self, line: Sequence[Word], depth: int, *, after: str) -> None:
        """Follow one command: keywords and assignments first."""
        position = 0
        while position < len(line) and (word := _plain(line[position])) in _KEYWORDS | _OPENING:
            self.conditions += (word in _OPENING) - (word in _CLOSING)
            position += 1
            if word == "for":
                self._forget(_plain(line[position]) if position < len(line) else "", "a loop")
                return
            if word == "case":
                return
        rest = line[position:]
        assignments = 0
        while assignments < len(rest) and (found := _assignment(rest[assignments])) is not None:
            self._assign(*found, conditional=self.conditions > 0 or after == "||")
            assignments += 1
        argv = tuple(part for word in rest[assignments:] for part in self._expand(word))
        if argv:
            self.command(argv, depth, conditional=self.conditions > 0 or after == "||")

    def command(self, argv: tuple[str, ...], depth: int, *, conditional: bool = False) -> None:
        """Follow one command with its words written out."""
        program = argv[0].rpartition("/")[2]
        if self._sets(program, argv, conditional=conditional):
            return
        if program == "env":
            self._env(argv, depth)
        elif program == "eval":
            self.text(" ".join(argv[1:]), depth - 1)
        elif is_shell(program) and (inner := script_of(argv)) is not None:
            outer, self.parameters = self.parameters, inner[1]
            self.text(inner[0], depth - 1)
            self.parameters = outer
        else:
            self._start(argv)

    def _sets(self, program: str, argv: tuple[str, ...], *, conditional: bool) -> bool:
        """Follow a command that only changes what later ones see; return whether it is one."""
        if program in _DECLARING:
            for part in argv[1:]:
                if found := _ASSIGNMENT.fullmatch(part):
                    self._set(found.group(1), found.group(3), conditional=conditional)
        elif program == "unset":
            for part in argv[1:]:
                self.known.pop(part, None)
            self.snapshot = None
        elif program == "cd" and len(argv) > 1:
            start = "" if argv[1].startswith("/") else self.directory
            self.directory = None if start is None else clean(f"{start}/{argv[1]}")
        elif program == "read":
            for part in argv[1:]:
                self._forget(part, "what the container reads")
        elif program in ("source", ".") and len(argv) > 1:
            self.elsewhere = f"the script {argv[1]}"
            self.snapshot = None
        else:
            return False
        return True

    def _env(self, argv: tuple[str, ...], depth: int) -> None:
        """Follow `env [-i] [-u NAME] NAME=VALUE… PROGRAM`."""
        position = 1
        while position < len(argv):
            if found := _ASSIGNMENT.fullmatch(argv[position]):
                self._set(found.group(1), found.group(3), conditional=False)
            elif argv[position] in ("-u", "--unset", "-C", "--chdir"):
                position += 1
            elif argv[position] in ("-S", "--split-string"):
                self.text(" ".join(argv[position + 1 :]), depth - 1)
                return
            elif not argv[position].startswith("-"):
                self.command(argv[position:], depth)
                return
            position += 1

    def _start(self, argv: tuple[str, ...]) -> None:
        if len(self.script.commands) >= COMMANDS:
            raise Unreadable(f"it starts more than {COMMANDS} programs")
        if self.snapshot is None:
            elsewhere = " or ".join(filter(None, (self.outside.elsewhere, self.elsewhere))) or None
            self.snapshot = Environment(dict(self.known), dict(self.unknown), elsewhere)
        self.script.commands.append(Command(argv, self.snapshot, self.directory))

    def _assign(self, name: str, append: bool, value: Word, *, conditional: bool) -> None:
        text = " ".join(self._expand(value))
        self._set(name, self.known.get(name, "") + text if append else text, conditional=conditional)

    def _set(self, name: str, value: str, *, conditional: bool) -> None:
        before = self.known.get(name)
        if conditional and (name in self.unknown or (before is not None and before != value)):
            self._forget(name, "a branch of the script")
            return
        self.unknown.pop(name, None)
        self.known[name] = value[:TEXT]
        self.snapshot = None

    def _forget(self, name: str, why: str) -> None:
        self.known.pop(name, None)
        self.unknown[name] = why
        self.snapshot = None

    def _expand(self, word: Word) -> list[str]:
        """Write out the variables of a word, which may become several or none."""
        fields: list[str] = [""]
        empty = True
        for piece in word.pieces:
            parts, glue = self._piece(piece)
            empty = empty and not parts
            if parts:
                fields[-1] += parts[0]
                fields.extend(parts[1:])
            if glue:
                fields.append("")
        self.left -= sum(map(len, fields)) + 1
        if self.left < 0:
            raise Unreadable(f"its words have more than {CHARACTERS} characters")
        return [] if empty else [part for part in fields if part or len(fields) == 1]

    def _piece(self, piece: Piece) -> tuple[list[str], bool]:
        """Return the parts a piece becomes, and whether white space follows the last."""
        if piece.kind != "variable":
            return [piece.text], False
        if piece.name in ("@", "*"):
            return list(self.parameters[1:]), False
        value = self._value(piece)
        if not piece.split:
            return [value], False
        parts = value.split()
        return (["", *parts] if parts and value[0].isspace() else parts), bool(parts) and value[-1].isspace()

    def _value(self, piece: Piece) -> str:
        """Return the value of a variable, or its source text when nobody knows it."""
        name = piece.name
        if name.isdigit():
            value = self.parameters[int(name)] if len(name) < 3 and int(name) < len(self.parameters) else None
        elif name in self.unknown or not (name[0].isalpha() or name[0] == "_"):
            return piece.text
        else:
            value = self.known.get(name)
        absent = value is None or (piece.operator.startswith(":") and not value)
        match piece.operator[-1:]:
            case "-" | "=" if absent and not (value is None and (self.outside.elsewhere or self.elsewhere)):
                alternative = "".join(
                    self._piece(part)[0][0] for part in quoted(piece.alternative) if self._piece(part)[0]
                )
                if piece.operator[-1] == "=":
                    self._set(name, alternative, conditional=False)
                return alternative
            case "+":
                return "" if absent else piece.alternative
            case _:
                return piece.text if value is None else value


def _plain(word: Word) -> str:
    """Return a word that is written without quotes and variables."""
    return word.pieces[0].text if len(word.pieces) == 1 and word.pieces[0].kind == "plain" else ""


def _assignment(word: Word) -> tuple[str, bool, Word] | None:
    """Return name, whether it appends, and value of `NAME=VALUE`."""
    first = word.pieces[0]
    found = _ASSIGNMENT.fullmatch(first.text) if first.kind == "plain" else None
    if found is None:
        return None
    name, plus, rest = found.groups()
    pieces = [piece if piece.kind != "variable" else _unsplit(piece) for piece in word.pieces[1:]]
    return name, bool(plus), Word((Piece(rest, "plain"), *pieces))


def _unsplit(piece: Piece) -> Piece:
    return Piece(piece.text, piece.kind, piece.name, piece.operator, piece.alternative)
