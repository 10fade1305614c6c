"""
Finds calls in Rego that no engine can answer, before an engine makes them silently undefined.

A reading of the text, not a compiler: it knows the functions of each package, imports,
and the built-in functions a library allows itself (`capabilities.json`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from weighbridge.engine.folder import Module

_TEXT = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|#[^\n]*')
_CALL = re.compile(r"(?<![\w.\])])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\(")
_DEFINED = re.compile(r"^(?:default[ \t]+)?([A-Za-z_]\w*)\(", re.MULTILINE)
_IMPORT = re.compile(r"^import[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?", re.MULTILINE)
_KEYWORDS = frozenset({"not", "if", "in", "some", "every", "with", "as", "else", "contains"})


def complaints(modules: Sequence[Module], builtins: frozenset[str]) -> Iterator[tuple[str, int, str]]:
    """Yield path, line (from 1) and name of each call of a function that neither the modules nor `builtins` have."""
    bare = [(module, code_only(module.text)) for module in modules]
    defined: dict[str, set[str]] = {}
    for module, code in bare:
        defined.setdefault(module.package, set()).update(_DEFINED.findall(code))
    for module, code in bare:
        imports = {
            alias or path.rpartition(".")[2]: path.removeprefix("data.") for path, alias in _IMPORT.findall(code)
        }
        for match in _CALL.finditer(code):
            name = match.group(1)
            if name not in builtins and name not in _KEYWORDS and not _known(name, module.package, defined, imports):
                yield module.path, code[: match.start()].count("\n") + 1, name


def arities(modules: Mapping[str, str]) -> Iterator[tuple[str, int, str, str]]:
    """
    Yield path, line (from 1), name and first path of each function that has the name of another, but not its arguments.

    OPA does not mind as long as their packages differ; regopy 1.5.2 then reads beyond an array and may end the process.
    """
    first: dict[str, tuple[str, int]] = {}
    for path, text in sorted(modules.items()):
        code = code_only(text)
        for match in _DEFINED.finditer(code):
            name, count = match.group(1), _arguments(code, match.end())
            where, expected = first.setdefault(name, (path, count))
            if count != expected:
                yield path, code[: match.start()].count("\n") + 1, name, where


def _arguments(code: str, start: int) -> int:
    """Count the arguments of a head whose parenthesis has opened just before `start`."""
    depth, count = 1, 1
    for character in code[start:]:
        depth += (character in "([{") - (character in ")]}")
        if depth == 0:
            return count
        count += character == "," and depth == 1
    return count


def code_only(text: str) -> str:
    """Blank out strings and comments; lines keep their numbers."""
    return _TEXT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def _known(name: str, package: str, defined: dict[str, set[str]], imports: dict[str, str]) -> bool:
    head, _, tail = name.partition(".")
    if not tail:
        return name in defined[package] or name in imports
    if head == "data":
        where, _, function = tail.rpartition(".")
        return function in defined.get(where, set())
    if head not in imports:
        return False
    inner, _, function = tail.rpartition(".")
    where = f"{imports[head]}.{inner}" if inner else imports[head]
    return function in defined.get(where, set())
