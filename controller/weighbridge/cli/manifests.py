"""
Kubernetes objects from files, folders and standard input.

A path that is named and cannot be read is a usage error; an unreadable file inside a folder is reported and the others go on,
so that one broken template hides nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from weighbridge.errors import BadManifest
from weighbridge.model.requests import KubeObject, Namespace, Request, Where
from weighbridge.safe_yaml import BadDocument, load_all
from weighbridge.workloads import is_cluster_scoped

MAX_FILE = 16 << 20
"""Bytes of one manifest file."""
MAX_FILES = 50_000
SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Item:
    """One object of the input."""

    object: KubeObject
    where: Where


@dataclass(frozen=True, slots=True)
class Manifests:
    """Everything that was read, and what could not be."""

    items: tuple[Item, ...]
    problems: tuple[str, ...]
    """One sentence for each file of a folder that could not be read."""


def read(paths: Sequence[str], stdin: Iterable[bytes] | None = None, most_files: int = MAX_FILES) -> Manifests:
    """
    Read paths; `-` is standard input. A folder is walked in the order of its names, without hidden files and links to folders.

    Raises `BadManifest` when a named path cannot be read, or a folder holds more than `most_files`.
    """
    items: list[Item] = []
    problems: list[str] = []
    for path in paths:
        if path == "-":
            source = sys.stdin.buffer if stdin is None else stdin
            items += _objects(b"".join(_bounded(source, "standard input")), "-")
        elif Path(path).is_dir():
            for file in _walk(Path(path), most_files):
                try:
                    items += _objects(_content(file), str(file))
                except BadManifest as error:
                    problems.append(str(error))
        else:
            items += _objects(_content(Path(path)), path)
    return Manifests(tuple(items), tuple(problems))


def requests(manifests: Manifests, namespace: str, labels: Mapping[str, str]) -> tuple[Request, ...]:
    """
    Make a review request of each object, as if it were created now.

    `namespace` is that of objects which name none and are of no cluster-scoped kind; labels come from Namespace objects of the input, then from `labels`.
    """
    stated = {
        name: found
        for item in manifests.items
        if item.object.get("kind") == "Namespace"
        for name, found in [_labels(item.object)]
    }
    by_file: dict[str, list[KubeObject]] = {}
    for item in manifests.items:
        by_file.setdefault(item.where.file, []).append(item.object)
    return tuple(
        Request(
            object=item.object,
            namespace=_namespace(item.object, namespace, stated, labels),
            companions=tuple(by_file[item.where.file]),
            where=item.where,
        )
        for item in manifests.items
    )


def _namespace(
    obj: KubeObject, default: str, stated: Mapping[str, Mapping[str, str]], labels: Mapping[str, str]
) -> Namespace:
    if is_cluster_scoped(obj):
        return Namespace("")
    metadata = obj.get("metadata")
    own = metadata.get("namespace") if isinstance(metadata, Mapping) else None
    name = own if isinstance(own, str) and own else default
    return Namespace(name, stated.get(name, labels))


def _labels(obj: KubeObject) -> tuple[str, Mapping[str, str]]:
    metadata = obj.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    labels = metadata.get("labels")
    labels = labels if isinstance(labels, Mapping) else {}
    return str(metadata.get("name")), {str(key): str(value) for key, value in labels.items()}


def _walk(folder: Path, most: int) -> Iterator[Path]:
    seen = 0
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(SUFFIXES) and not name.startswith("."):
                seen += 1
                if seen > most:
                    raise BadManifest(f"{folder}: more than {most} manifest files. Fix: name a smaller folder")
                yield Path(parent) / name


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except OSError as error:
        raise BadManifest(f"{_shown(path)}: cannot be read: {error.strerror or error}") from None
    if len(content) > MAX_FILE:
        raise BadManifest(f"{_shown(path)}: larger than {MAX_FILE >> 20} MiB")
    return content


def _shown(path: Path | str) -> str:
    """Return a path as text that can be written anywhere: a name on disk may be no text at all."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _bounded(source: Iterable[bytes], name: str) -> Iterator[bytes]:
    size = 0
    for chunk in source:
        size += len(chunk)
        if size > MAX_FILE:
            raise BadManifest(f"{name}: larger than {MAX_FILE >> 20} MiB")
        yield chunk


def _objects(content: bytes, file: str) -> list[Item]:
    """Return the Kubernetes objects of a file; documents of other kinds of YAML (values, indexes) are left out."""
    name = "standard input" if file == "-" else _shown(file)
    try:
        documents = load_all(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadManifest(f"{name}: not UTF-8 text; is this a binary file?") from None
    except BadDocument as error:
        raise BadManifest(f"{name}:{error.line}: {error.why}") from None
    return [item for document in documents for item in _expand(document.value, Where(_shown(file), document.line), 0)]


def _expand(value: object, where: Where, depth: int) -> Iterator[Item]:
    if not isinstance(value, Mapping) or depth > 3:
        return
    kind = value.get("kind")
    if not isinstance(kind, str) or not isinstance(value.get("apiVersion"), str):
        return
    items = value.get("items")
    if kind.endswith("List") and isinstance(items, list):
        for item in items:
            yield from _expand(item, where, depth + 1)
        return
    yield Item(value, where)
