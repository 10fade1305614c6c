"""Reads a policy folder with limits: Rego modules and data documents, nothing else."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from weighbridge.errors import BadPolicies

FILES = 2_000
FILE_BYTES = 2 << 20
TOTAL_BYTES = 32 << 20
DEPTH = 12
"""Folders below each other."""

_PACKAGE = re.compile(
    r"^package[ \t]+([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)[ \t]*(?:#.*)?$", re.MULTILINE
)
_NOT_SERVED = ("checks", "schemas")
"""Folders for authors: they check the library and are no part of it."""


@dataclass(frozen=True, slots=True)
class Module:
    """A Rego file."""

    path: str
    """Relative to the policy folder, with `/`."""
    text: str
    package: str
    """`weighbridge.rules.license.allowed`."""
    line: int
    """Of the package clause, counted from 1."""


def modules_and_documents(folder: Path) -> tuple[tuple[Module, ...], tuple[tuple[str, str], ...]]:
    """
    Read the modules, without tests, and the texts of `data/*.yaml` by path; both sorted by path.

    Raises `BadPolicies` for a folder that cannot be read or is too large.
    """
    modules, documents, total, seen = [], [], 0, 0
    for path in sorted(_files(folder), key=lambda one: one.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        parts = name.split("/")
        is_module = name.endswith(".rego") and not name.endswith("_test.rego") and parts[0] not in _NOT_SERVED
        is_document = len(parts) == 2 and parts[0] == "data" and name.endswith((".yaml", ".yml"))
        if not is_module and not is_document:
            continue
        seen += 1
        text = text_of(path, name)
        total += len(text)
        if seen > FILES or total > TOTAL_BYTES:
            raise BadPolicies(
                f"{folder}: more than {FILES} files or {TOTAL_BYTES >> 20} MiB of policies. "
                "Fix: keep other files out of it"
            )
        if is_module:
            modules.append(_module(name, text))
        else:
            documents.append((name, text))
    return tuple(modules), tuple(documents)


def _files(folder: Path) -> Iterator[Path]:
    """Walk by hand: links are followed, as a mounted ConfigMap is made of them; hidden files are not policies."""
    waiting = [(folder, 0)]
    while waiting:
        here, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError as error:
            what = error.strerror or str(error)
            raise BadPolicies(
                f"{here}: cannot be read as a policy folder, {what.lower()}. Fix: name a folder of .rego files"
            ) from None
        if depth > DEPTH:
            raise BadPolicies(f"{here}: folders nested deeper than {DEPTH}. Fix: remove the link that leads back up")
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                waiting.append((Path(entry.path), depth + 1))
            elif entry.is_file():
                yield Path(entry.path)
            elif entry.name.endswith((".rego", ".yaml", ".yml")):
                raise BadPolicies(f"{entry.path}: no file, or a link to none. Fix: remove it, or put the policy back")


def text_of(path: Path, name: str) -> str:
    """Read a text file of at most 2 MiB. Raises `BadPolicies`, which calls it `name`."""
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES + 1)
    except OSError as error:
        raise BadPolicies(
            f"{name}: cannot be read, {(error.strerror or str(error)).lower()}. Fix: check its rights"
        ) from None
    if len(content) > FILE_BYTES:
        raise BadPolicies(f"{name}: larger than {FILE_BYTES >> 20} MiB. Fix: split it")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadPolicies(f"{name}:{line}: not UTF-8 text. Fix: save it as UTF-8") from None


def _module(name: str, text: str) -> Module:
    match = _PACKAGE.search(text)
    if match is None:
        raise BadPolicies(
            f"{name}:1: no package clause. Fix: begin it with `package weighbridge.…` or `package site.NAME.…`"
        )
    package, line = match.group(1), text[: match.start()].count("\n") + 1
    if package.split(".")[0] not in ("weighbridge", "site") or "." not in package:
        raise BadPolicies(
            f"{name}:{line}: package {package}, expected weighbridge.… or site.NAME.…. "
            "Fix: move it below one of the two"
        )
    return Module(name, text, package, line)
