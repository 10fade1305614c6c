"""
The variables of a shell, and words with their variables written out.

What is not known stays as it is written, so that nobody takes it for a value. No input or output.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from weighbridge.workloads.environment import Environment
from weighbridge.workloads.reading import ITEMS, TEXT
from weighbridge.workloads.shell_words import Piece, Unreadable, Word, quoted

CHARACTERS = 500_000
"""Characters all words together may have once variables are written out."""


@dataclass(slots=True)
class Variables:
    """What a shell knows; changes while its script is followed."""

    known: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    elsewhere: str | None = None
    """Where further names may come from."""
    parameters: tuple[str, ...] = ()
    arrays: dict[str, list[str]] = field(default_factory=dict)
    loops: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The values that the variable of a loop takes in turn."""
    left: int = CHARACTERS
    _snapshot: Environment | None = None
    _outside: Environment = field(default_factory=Environment)

    @classmethod
    def of(cls, environment: Environment) -> Variables:
        """Return the variables a container starts with."""
        return cls(dict(environment.known), dict(environment.unknown), environment.elsewhere, _outside=environment)

    def environment(self) -> Environment:
        """Return what a program sees that starts now."""
        if self._snapshot is None:
            self._snapshot = Environment(dict(self.known), dict(self.unknown), self.elsewhere)
        return self._snapshot

    def set(self, name: str, value: str, *, conditional: bool = False) -> None:
        """Give a variable a value; one that branches set differently is one nobody knows."""
        before = self.known.get(name)
        if conditional and (name in self.unknown or (before is not None and before != value)):
            self.forget(name, "a branch of the script")
            return
        self.unknown.pop(name, None)
        self.known[name] = value[:TEXT]
        self._snapshot = None

    def array(self, name: str, values: Sequence[str], *, appends: bool, conditional: bool) -> None:
        """Give an array its elements; what a branch adds counts, what a branch replaces is one nobody knows."""
        before = self.arrays.get(name)
        if conditional and not appends and before not in (None, list(values)):
            self.arrays.pop(name)
            self.forget(name, "a branch of the script")
            return
        self.arrays[name] = [*(before or ()), *values][:ITEMS] if appends else list(values[:ITEMS])

    def forget(self, name: str, why: str) -> None:
        """Make a variable one that nobody knows."""
        self.known.pop(name, None)
        self.unknown[name] = why
        self._snapshot = None

    def unset(self, name: str) -> None:
        """Take a variable away."""
        self.known.pop(name, None)
        self._snapshot = None

    def sourced(self, script: str) -> None:
        """Take note of a script that may set anything."""
        self.elsewhere = " or ".join(filter(None, (self._outside.elsewhere, f"the script {script}")))
        self._snapshot = None

    def written_out(self, text: str) -> str:
        """Return a text as if it stood between double quotes. Raises `Unreadable`."""
        return self._joined(quoted(text))

    def expand(self, word: Word) -> list[str]:
        """Write out the variables of a word, which may become several or none. Raises `Unreadable`."""
        if len(word.pieces) == 1 and (only := word.pieces[0]).kind == "plain" and len(only.text) < self.left:
            self.left -= len(only.text) + 1
            return [only.text]
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

    def _joined(self, pieces: Sequence[Piece]) -> str:
        text = "".join(parts[0] for piece in pieces if (parts := self._piece(piece)[0]))
        self.left -= len(text)
        if self.left < 0:
            raise Unreadable(f"its words have more than {CHARACTERS} characters")
        return text

    def _piece(self, piece: Piece) -> tuple[list[str], bool]:
        """Return the parts a piece becomes, and whether white space follows the last."""
        if piece.kind != "variable":
            return [piece.text], False
        if piece.name in ("@", "*"):
            return list(self.parameters[1:]), False
        if piece.name.endswith("]"):
            return list(self.arrays.get(piece.name[:-3], (piece.text,))), False
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
            case "-" | "=" if absent and not (value is None and self.elsewhere):
                alternative = self._joined(quoted(piece.alternative))
                if piece.operator[-1] == "=":
                    self.set(name, alternative)
                return alternative
            case "+":
                return "" if absent else piece.alternative
            case _:
                return piece.text if value is None else value
