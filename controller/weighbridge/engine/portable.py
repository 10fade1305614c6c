"""
Finds calls in Rego that no engine can answer, before an engine makes them silently undefined.

A reading of the text, not a compiler: it knows the functions of each package, imports, and the built-in functions a library allows itself
(`capabilities.json`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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
