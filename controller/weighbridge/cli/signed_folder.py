"""The files of a folder, hashed as a signed list of files demands."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from weighbridge.errors import UserError
from weighbridge.model.provenance import Manifest, Present, Resource
from weighbridge.provenance.binding import kind_of_file
from weighbridge.weights import format_of

MOST_FILES = 50_000
_CHUNK = 1 << 20


def present_in(folder: Path, manifest: Manifest) -> Mapping[str, Present]:
    """
    Return what lies in `folder`, or the one file that `folder` is; links are followed only where the signer followed them.

    Raises `UserError` for more files than a model has.
    """
    demanded: dict[str, list[Resource]] = {}
    for one in manifest.resources:
        demanded.setdefault(one.path, []).append(one)
    alone = folder.is_file()
    return {
        name: _present(path, name, demanded.get(name) or (demanded.get(".", []) if alone else []), manifest)
        for name, path in _files(folder)
    }


def weights_in(folder: Path) -> frozenset[str]:
    """Return the sha256 of every file of weights in a folder."""
    return frozenset(
        _hashed(path, "sha256", 0, None)
        for name, path in _files(folder)
        if format_of(name) not in (None, "code") and path.is_file()
    )


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    if folder.is_file():
        yield folder.name, folder
        return
    count = 0
    for current, _, names in os.walk(folder):
        for name in sorted(names):
            count += 1
            if count > MOST_FILES:
                raise UserError(f"{folder}: holds more than {MOST_FILES} files")
            path = Path(current) / name
            yield path.relative_to(folder).as_posix(), path


def _present(path: Path, name: str, resources: list[Resource], manifest: Manifest) -> Present:
    kind = kind_of_file(name, format_of(name))
    if not path.is_file() or (path.is_symlink() and not manifest.allow_symlinks):
        return Present(kind)
    size = path.stat().st_size
    digests = {
        one.measure: _hashed(path, one.algorithm, one.start, one.end) for one in resources if one.algorithm in _KNOWN
    }
    return Present(kind, size, digests)


_KNOWN = ("sha256", "sha384", "sha512", "blake2b")


def _hashed(path: Path, algorithm: str, start: int, end: int | None) -> str:
    whole = hashlib.new(algorithm)
    with path.open("rb") as stream:
        stream.seek(start)
        left = None if end is None else end - start
        while left is None or left > 0:
            chunk = stream.read(_CHUNK if left is None else min(_CHUNK, left))
            if not chunk:
                break
            whole.update(chunk)
            left = None if left is None else left - len(chunk)
    return whole.hexdigest()
