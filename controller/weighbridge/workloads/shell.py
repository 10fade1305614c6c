"""
The programs a command line of a shell starts, with the variables each would see.

Commands are followed in the order they stand, without asking which branch is taken:
a variable that branches set differently is one nobody knows.
No input or output.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from weighbridge.workloads.environment import Environment
from weighbridge.workloads.files import Files
from weighbridge.workloads.naming import clean
from weighbridge.workloads.reading import TEXT
from weighbridge.workloads.shell_assignments import ASSIGNMENT, assignment, is_array, plain, replaced
from weighbridge.workloads.shell_calls import file_of, is_shell, script_of
from weighbridge.workloads.shell_variables import Variables
from weighbridge.workloads.shell_words import REDIRECTIONS, Operator, Token, Unreadable, Word, words

COMMANDS = 500
"""Commands that are read of one container."""
TURNS = 20
"""Values of a loop that are followed."""
NESTING = 5
"""Scripts within scripts."""

_OPENING = frozenset({"if", "while", "until", "for", "case"})
_CLOSING = frozenset({"fi", "done", "esac"})
_KEYWORDS = frozenset({"then", "elif", "else", "do", "!", "{", "}", "time", "exec", "nohup"}) | _CLOSING
_DECLARING = frozenset({"export", "declare", "local", "readonly", "typeset"})
_PRINTING = frozenset({"cat", "echo", "printf", "tee"})


@dataclass(frozen=True, slots=True)
class Command:
    """One program and what it sees."""

    argv: tuple[str, ...]
    environment: Environment
    directory: str | None
    """Its working directory; `None` when only the image knows it."""
    given: str | None = None
    """What it reads from its standard input, as far as a here-document says."""


@dataclass(slots=True)
class Script:
    """What came of a command line; grows while it is read."""

    commands: list[Command] = field(default_factory=list)
    problem: str | None = None
    """Why it could not be read to its end."""
    words: int = 0
    """Words and operators that were read."""


def commands(
    argv: Sequence[str], environment: Environment, directory: str | None, files: Files | None = None
) -> Script:
    """Return the programs that `argv` starts; only shells start more than one."""
    script = Script()
    run = _Run(script, Variables.of(environment), directory, files or Files())
    try:
        run.command(tuple(argv), NESTING)
    except Unreadable as problem:
        script.problem = str(problem)
    return script


@dataclass(slots=True)
class _Run:
    """A shell that starts nothing."""

    script: Script
    variables: Variables
    directory: str | None
    files: Files
    conditions: int = 0

    def text(self, script: str, depth: int) -> None:
        """Follow a script."""
        if depth <= 0:
            raise Unreadable(f"scripts stand in scripts, more than {NESTING} deep")
        line: list[Word] = []
        array: list[str] | None = None
        target: Word | None = None
        redirection, previous, begun = "", "\n", len(self.script.commands)
        for token in chain(words(script), (Operator("\n"),)):
            self.script.words += 1
            if array is not None:
                array = self._element(array, token, line)
                continue
            match token:
                case Operator(text="(") if line and is_array(line[-1]):
                    array = []
                case Word() if redirection:
                    target = token if redirection in (">", ">>", ">|") else target
                    redirection = ""
                case Word():
                    line.append(token)
                case Operator(text="<<", body=lines):
                    self._input(lines or "", depth, begun, verbatim=token.verbatim)
                case Operator(text=operator) if operator in REDIRECTIONS:
                    redirection = operator
                case Operator(text=operator):
                    begun = len(self.script.commands)
                    self._simple(line, depth, after=previous)
                    self._redirected(target, begun)
                    line, target, previous, redirection = [], None, operator, ""

    def _element(self, array: list[str], token: Token, line: list[Word]) -> list[str] | None:
        """Take one element of `NAME=(…)`; `None` at its end, when the array is set and its word is gone."""
        match token:
            case Word():
                array.extend(self.variables.expand(token))
            case Operator(text=")") if (found := assignment(line.pop())) is not None:
                self.variables.array(found[0], array, appends=found[1], conditional=self.conditions > 0)
                return None
            case Operator():
                pass
        return array

    def _input(self, lines: str, depth: int, begun: int, *, verbatim: bool) -> None:
        """Follow a here-document where a bare shell reads it; keep it for every other program."""
        if len(self.script.commands) <= begun:
            return
        body = lines if verbatim else self.variables.written_out(lines)
        last = self.script.commands[-1]
        if is_shell(last.argv[0]) and all(part.startswith("-") for part in last.argv[1:]):
            self.script.commands.pop()
            self.text(body, depth - 1)
            return
        self.script.commands[-1] = replace(last, given=body)
        target = self.files.written.get("")
        if target is not None:
            self.files.write(target, last.directory, body)

    def _redirected(self, target: Word | None, begun: int) -> None:
        """Remember the file that `cat`, `echo` or `tee` writes; a here-document fills it later."""
        self.files.written.pop("", None)
        if len(self.script.commands) <= begun or (last := self.script.commands[-1]).argv[0] not in _PRINTING:
            return
        program, *rest = last.argv
        paths = self.variables.expand(target) if target is not None else []
        if program == "tee":
            paths = [part for part in rest if not part.startswith("-")]
        if not paths:
            return
        if program in ("echo", "printf"):
            content = " ".join(part for part in rest if part not in ("-e", "-n"))
            escapes = program == "printf" or "-e" in rest
            self.files.write(paths[0], last.directory, content.replace("\\n", "\n") if escapes else content)
        else:
            self.files.written[""] = paths[0]

    def _simple(self, line: Sequence[Word], depth: int, *, after: str) -> None:
        """Follow one command: keywords and assignments first."""
        position = 0
        while position < len(line) and (word := plain(line[position])) in _KEYWORDS | _OPENING:
            self.conditions += (word in _OPENING) - (word in _CLOSING)
            position += 1
            if word == "for":
                self._loop(line[position:])
                return
            if word == "case":
                return
        rest = line[position:]
        conditional = self.conditions > 0 or after == "||"
        assignments = 0
        while assignments < len(rest) and (found := assignment(rest[assignments])) is not None:
            name, append, value = found
            text = " ".join(self.variables.expand(value))
            before = self.variables.known.get(name, "") if append else ""
            self.variables.set(name, before + text, conditional=conditional)
            assignments += 1
        argv = tuple(part for word in rest[assignments:] for part in self.variables.expand(word))
        if argv:
            self.command(argv, depth, conditional=conditional)

    def _loop(self, line: Sequence[Word]) -> None:
        """Follow the head of `for NAME in WORD…`: with one word its value is known."""
        name = plain(line[0]) if line else ""
        values = [part for word in line[2:] for part in self.variables.expand(word)]
        self.variables.loops.pop(name, None)
        if len(values) == 1 and "$" not in values[0]:
            self.variables.set(name, values[0])
        else:
            if name and 0 < len(values) <= TURNS and not any("$" in value for value in values):
                self.variables.loops[name] = tuple(values)
            self.variables.forget(name, f"a loop over {' '.join(values)[:100]}" if values else "a loop")

    def command(self, argv: tuple[str, ...], depth: int, *, conditional: bool = False) -> None:
        """Follow one command with its words written out."""
        program = argv[0].rpartition("/")[2]
        if self.variables.loops and (turn := self._turn(argv)):
            for one in turn:
                self.command(one, depth, conditional=conditional)
            return
        if self._sets(program, argv, depth, conditional=conditional):
            return
        if program == "env":
            self._env(argv, depth)
        elif program == "eval":
            self.text(" ".join(argv[1:]), depth - 1)
        elif is_shell(program) and (inner := script_of(argv)) is not None:
            self._inner(inner[0], inner[1], depth)
        elif (found := self._file(argv)) is not None:
            self._inner(*found, depth)
        else:
            self._start(argv)

    def _turn(self, argv: tuple[str, ...]) -> list[tuple[str, ...]]:
        """Return a command once for each value of the loop whose variable stands in it."""
        for name, values in self.variables.loops.items():
            forms = (f"${{{name}}}", f"${name}")
            if name in self.variables.unknown and any(form in part for part in argv for form in forms):
                return [tuple(replaced(part, forms, value) for part in argv) for value in values]
        return []

    def _inner(self, script: str, parameters: tuple[str, ...], depth: int) -> None:
        """Follow a script that has parameters of its own."""
        outer, self.variables.parameters = self.variables.parameters, parameters
        self.text(script, depth - 1)
        self.variables.parameters = outer

    def _file(self, argv: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
        """Return the script a command runs and its `$0 $1 …`, where the file is at hand and a script of a shell."""
        path, parameters = file_of(argv)
        if "/" not in path and not is_shell(argv[0]):
            return None
        text = self.files.read(path, self.directory).text if path else None
        if text is None or (not is_shell(argv[0]) and _is_other_language(text, path)):
            return None
        return text, parameters

    def _sets(self, program: str, argv: tuple[str, ...], depth: int, *, conditional: bool) -> bool:
        """Follow a command that only changes what later ones see; return whether it is one."""
        if program in _DECLARING:
            for part in argv[1:]:
                if found := ASSIGNMENT.fullmatch(part):
                    self.variables.set(found.group(1), found.group(3)[:TEXT], conditional=conditional)
        elif program == "unset":
            for part in argv[1:]:
                self.variables.unset(part)
        elif program == "cd" and len(argv) > 1:
            start = "" if argv[1].startswith("/") else self.directory
            self.directory = None if start is None or "$" in argv[1] else clean(f"{start}/{argv[1]}")
        elif program == "read":
            for part in argv[1:]:
                self.variables.forget(part, "what the container reads")
        elif program in ("source", ".") and len(argv) > 1:
            text = self.files.read(argv[1], self.directory).text
            if text is None:
                self.variables.sourced(argv[1])
            else:
                self.text(text, depth - 1)
        else:
            return False
        return True

    def _env(self, argv: tuple[str, ...], depth: int) -> None:
        """Follow `env [-i] [-u NAME] NAME=VALUE… PROGRAM`."""
        position = 1
        while position < len(argv):
            if found := ASSIGNMENT.fullmatch(argv[position]):
                self.variables.set(found.group(1), found.group(3))
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
        self.script.commands.append(Command(argv, self.variables.environment(), self.directory))


def _is_other_language(text: str, path: str) -> bool:
    """Return whether a file is no script of a shell, told by its first line or its name."""
    first = text.partition("\n")[0]
    if first.startswith("#!"):
        return not any(is_shell(part.rpartition("/")[2]) for part in first[2:].split())
    return not path.endswith((".sh", ".bash"))
