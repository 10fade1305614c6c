"""Tells weights and code by file name. No input or output."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files
from typing import get_args

from weighbridge.model.evidence import File, Files
from weighbridge.model.outcomes import Unreadable
from weighbridge.model.text import printable
from weighbridge.model.weights import Format

MOST_FILES = 2_000
"""Weights and code files of one repository; the largest known model has a few hundred."""
LONGEST_PATH = 500

_SAFE: tuple[Format, ...] = ("safetensors", "gguf", "onnx")


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file as a hub lists it."""

    path: str
    size: int | None
    """Bytes; `None` when the listing does not say."""
    sha256: str | None


@dataclass(frozen=True, slots=True)
class _Table:
    suffixes: Mapping[str, Format]
    names: tuple[tuple[re.Pattern[str], Format | None], ...]
    leftovers: re.Pattern[str]
    folders: re.Pattern[str]
    parts: str


@cache
def _table() -> _Table:
    text = package_files("weighbridge.weights").joinpath("formats.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    formats: tuple[Format, ...] = get_args(Format)
    return _Table(
        suffixes={suffix: name for name in formats for suffix in document["suffixes"][name]},
        names=tuple(
            (re.compile(entry["match"], re.IGNORECASE), next((one for one in formats if one == entry["format"]), None))
            for entry in document["names"]
        ),
        leftovers=re.compile("|".join(document["leftovers"]["names"]), re.IGNORECASE),
        folders=re.compile("|".join(document["leftovers"]["folders"]), re.IGNORECASE),
        parts=document["parts"]["marker"],
    )


def format_of(path: str) -> Format | None:
    """Return what kind of weights or code a path holds; `None` for everything else, such as a sentencepiece `.model`."""
    table, name = _table(), path.rpartition("/")[2]
    for pattern, known in table.names:
        if pattern.fullmatch(name):
            return known
    dot = name.rfind(".")
    return table.suffixes.get(name[dot:].lower()) if dot >= 0 else None


def is_weights(path: str) -> bool:
    """Tell whether a path holds weights, which are never downloaded."""
    return format_of(path) not in (None, "code")


def files(listing: Sequence[ListedFile]) -> Files | Unreadable:
    """
    Sort the weights and code out of a listing.

    Safe weights in a folder count as loaded only where an engine would look there, so that a decoy cannot stand in
    for the pickle beside it; dangerous files count as loaded wherever they lie, except what training left over.
    """
    told = [(one, kind) for one in listing if (kind := format_of(one.path)) is not None]
    if len(told) > MOST_FILES:
        return Unreadable(f"the repository lists {len(told)} files of weights and code, at most {MOST_FILES} are read")
    in_root = any(kind != "code" and "/" not in one.path and not _left_over(one.path) for one, kind in told)
    in_folders = not in_root or any(one.path == _table().parts for one in listing)
    found = sorted(
        (
            File(
                printable(one.path, LONGEST_PATH),
                one.size,
                one.sha256,
                kind,
                _loaded(one.path, kind, in_folders=in_folders),
            )
            for one, kind in told
        ),
        key=lambda file: file.path,
    )
    return Files(tuple(found), len(listing))


def _loaded(path: str, kind: Format, *, in_folders: bool) -> bool:
    if _left_over(path):
        return False
    return in_folders or "/" not in path if kind in _SAFE else True


def _left_over(path: str) -> bool:
    *folders, name = path.split("/")
    table = _table()
    return table.leftovers.fullmatch(name) is not None or any(table.folders.fullmatch(folder) for folder in folders)
