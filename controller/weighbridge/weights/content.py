"""
The content digest of a model: what it is to an engine, wherever it lies (DESIGN §4).

A mirror with equal content has the digest of its upstream; another card does not make another model.
No input or output.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files

from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.weights.formats import ListedFile, is_weights

PREFIX = "wb1:"
MOST_CONTENT = 10_000
"""Files that one digest covers; the largest known model has a few hundred."""


@dataclass(frozen=True, slots=True)
class _Table:
    suffixes: tuple[str, ...]
    names: frozenset[str]
    configuration: tuple[str, ...]
    not_configuration: str


@cache
def _table() -> _Table:
    text = package_files("weighbridge.weights").joinpath("content.toml").read_text(encoding="utf-8")
    version = tomllib.loads(text)["wb1"]
    return _Table(
        tuple(version["suffixes"]),
        frozenset(version["names"]),
        tuple(version["configuration"]),
        version["not_configuration"],
    )


def content_files(listing: Sequence[ListedFile], named: str | None = None) -> tuple[ListedFile, ...]:
    """Return the files that make up a model; of a reference to one file, that file and its configuration."""
    if named is None:
        return tuple(one for one in listing if _is_content(one.path))
    return tuple(one for one in listing if one.path == named or _configures(one.path, named))


def content_digest(files: Sequence[tuple[str, str]]) -> str:
    """
    Return `wb1:` and the sha256 over the files, each given by path and sha256 (64 hexadecimal digits).

    The files are sorted by the UTF-8 bytes of their paths; each is written as path, one zero byte, the sha256 in lower
    case, one line feed. A path holds no zero byte, so no two sets of files are written alike.
    """
    lines = sorted(path.encode("utf-8", "surrogateescape") + b"\0" + sha256.encode() + b"\n" for path, sha256 in files)
    return PREFIX + hashlib.sha256(b"".join(lines)).hexdigest()


def digest_of_content(
    files: Sequence[ListedFile], hashed: Mapping[str, Outcome[str | Unreadable]], host: str, where: str
) -> Outcome[str | Unreadable]:
    """
    Return the content digest of `files`, as `content_files` chose them.

    `hashed` holds the sha256 of those that had to be fetched, by path; what is in neither would need the weights.
    """
    if not files:
        return Missing(f"weights, code and configuration of {where}")
    if len(files) > MOST_CONTENT:
        return Found(Unreadable(f"{where} holds {len(files)} files of content, at most {MOST_CONTENT} are read"))
    known: list[tuple[str, str]] = []
    needed: list[ListedFile] = []
    for one in files:
        if "\0" in one.path or "\n" in one.path:
            return Found(Unreadable("the path of a file holds a line feed or a zero byte"))
        outcome = Found(one.sha256) if one.sha256 is not None else hashed.get(one.path)
        match outcome:
            case Found(value=str() as sha256):
                known.append((one.path, sha256))
            case Found() as unreadable:
                return unreadable
            case Unknown():
                return outcome
            case Missing() | None:
                needed.append(one)
    if needed:
        largest = max(needed, key=lambda one: (is_weights(one.path), one.size or 0, one.path))
        detail = f"{where}: the content digest needs the whole of {largest.path}, of which {host} shows no sha256"
        return Unknown("weights_needed", host, None, detail)
    if len({path for path, _ in known}) < len(known):
        return Found(Unreadable(f"{where} lists a path twice"))
    return Found(content_digest(known))


def _is_content(path: str) -> bool:
    lower = path.lower()
    return lower.endswith(_table().suffixes) or lower.rpartition("/")[2] in _table().names


def _configures(path: str, named: str) -> bool:
    """Tell whether a file lies where the one that is served finds its configuration."""
    lower = path.lower()
    if not (lower.endswith(_table().configuration) or lower.rpartition("/")[2] in _table().names):
        return False
    folder = path.rpartition("/")[0]
    above = not folder or named.startswith(f"{folder}/")
    return above and not lower.endswith(_table().not_configuration)
