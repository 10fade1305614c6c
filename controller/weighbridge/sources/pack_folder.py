"""
A folder of packs on disk: `pack.json` in it or in the folders directly below.

What a pack stores is believed by its sha256 alone. Links are followed as far as they stay inside the folder.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from weighbridge.sources.pack_format import (
    BLOBS,
    MANIFEST,
    MANIFEST_BYTES,
    Absent,
    BadPack,
    Blob,
    PackedRepository,
    PackManifest,
    parsed,
)

MOST_PACKS = 2_000
RESCAN_SECONDS = 10.0
"""How long a pack that was added may wait to be seen."""

_log = structlog.get_logger("weighbridge.packs")


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack on disk."""

    folder: Path
    manifest: PackManifest


@dataclass(frozen=True, slots=True)
class Holding:
    """A repository as one pack holds it."""

    folder: Path
    repository: PackedRepository
    own: bool
    """The pack was written for it, not for a descendant."""


@dataclass(slots=True)
class Shelf:
    """Everything that is packed, by scheme and name."""

    held: dict[tuple[str, str], list[Holding]] = field(default_factory=dict)
    absent: set[Absent] = field(default_factory=set)
    broken: dict[str, str] = field(default_factory=dict)
    """Why packs cannot be used, by folder name."""


class PackFolder:
    """Reads packs; looks again for new ones every ten seconds."""

    def __init__(self, root: Path, clock: Callable[[], float]) -> None:
        """Read the packs in `root`; `clock` counts seconds."""
        self._root = root
        self._clock = clock
        self._shelf = Shelf()
        self._parsed: dict[Path, tuple[tuple[int, int], Pack | BadPack]] = {}
        self._looked: float | None = None

    @property
    def root(self) -> Path:
        """Where the packs lie."""
        return self._root

    def shelf(self) -> Shelf:
        """Return what is packed now; a folder that cannot be read holds nothing and says why."""
        if self._looked is None or self._clock() - self._looked >= RESCAN_SECONDS:
            self._looked = self._clock()
            self._shelf = self._read()
        return self._shelf

    def blob(self, holding: Holding, blob: Blob, limit: int) -> bytes:
        """Return stored bytes; raises `BadPack` for any that are not what the manifest says, or more than `limit`."""
        if blob.size > limit:
            raise BadPack(f"holds {blob.size} bytes where at most {limit} are read")
        content = _file(self._root, holding.folder / BLOBS / blob.sha256, blob.size)
        if len(content) != blob.size or hashlib.sha256(content).hexdigest() != blob.sha256:
            raise BadPack(f"{BLOBS}/{blob.sha256[:12]} is not what {MANIFEST} says")
        return content

    def _read(self) -> Shelf:
        shelf = Shelf()
        try:
            below = sorted(path for path in self._root.iterdir() if not path.name.startswith("."))
        except OSError as error:
            shelf.broken[self._root.name] = f"cannot be read: {error.strerror or 'no answer'}"
            return shelf
        folders = [self._root, *below[:MOST_PACKS]]
        if len(below) > MOST_PACKS:
            shelf.broken[self._root.name] = f"holds {len(below)} packs, at most {MOST_PACKS} are read"
        for folder in folders:
            pack = self._pack(folder)
            match pack:
                case None:
                    pass
                case BadPack():
                    shelf.broken[folder.name] = str(pack)
                case Pack():
                    _put(shelf, pack)
        self._parsed = {folder: self._parsed[folder] for folder in folders if folder in self._parsed}
        return shelf

    def _pack(self, folder: Path) -> Pack | BadPack | None:
        manifest = folder / MANIFEST
        try:
            status = manifest.stat()
        except OSError:
            return None
        key = (status.st_mtime_ns, status.st_size)
        known = self._parsed.get(folder)
        if known is not None and known[0] == key:
            return known[1]
        try:
            found: Pack | BadPack = Pack(folder, parsed(_file(self._root, manifest, MANIFEST_BYTES)))
        except BadPack as error:
            found = error
            _log.warning("pack.unusable", pack=folder.name, because=str(error))
        self._parsed[folder] = (key, found)
        return found


def _put(shelf: Shelf, pack: Pack) -> None:
    for number, repository in enumerate(pack.manifest.repositories):
        holding = Holding(pack.folder, repository, own=number == 0)
        shelf.held.setdefault((repository.scheme, repository.name), []).append(holding)
    shelf.absent.update(pack.manifest.absent)


def _file(root: Path, path: Path, most: int) -> bytes:
    """Return a regular file below `root` of at most `most` bytes, wherever links lead; raises `BadPack`."""
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(root.resolve(strict=True)):
            raise BadPack(f"{path.name[:40]} is a link that leads out of the packs")
        # Never waits for a pipe that somebody put there.
        handle = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except (OSError, RuntimeError) as error:
        raise BadPack(f"{path.name[:40]} cannot be read") from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise BadPack(f"{path.name[:40]} is no file")
        with os.fdopen(handle, "rb", closefd=False) as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise BadPack(f"{path.name[:40]} cannot be read") from error
    finally:
        os.close(handle)
    if len(content) > most:
        raise BadPack(f"{path.name[:40]} is larger than {most} bytes")
    return content


def write_pack(root: Path, name: str, manifest: bytes, blobs: Mapping[str, bytes]) -> Path:
    """Write a pack as `root/name`, whole or not at all, in place of one of the same name; raises `OSError`."""
    target, begun, old = root / name, root / f".{name}.new", root / f".{name}.old"
    for path in (begun, old):
        _remove(path)
    (begun / BLOBS).mkdir(parents=True)
    for sha256, content in blobs.items():
        (begun / BLOBS / sha256).write_bytes(content)
    (begun / MANIFEST).write_bytes(manifest)
    if target.exists():
        target.rename(old)
    begun.rename(target)
    _remove(old)
    return target


def _remove(folder: Path) -> None:
    if not folder.is_dir():
        return
    for path in _deepest_first(folder):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    folder.rmdir()


def _deepest_first(folder: Path) -> Iterable[Path]:
    return sorted(folder.rglob("*"), key=lambda path: len(path.parts), reverse=True)
