"""
A signed manifest beside the files as they lie there.

Weights are compared by the digests that a listing knows, small files by their bytes, so that a model of many gigabytes
is compared without fetching it. What cannot be compared is said; it never counts as signed.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files as package_files
from itertools import groupby

from weighbridge.model.provenance import Compared, FileKind, Manifest, Present, Resource
from weighbridge.provenance.manifests import WHOLE_MODEL

COMPUTED = ("sha256", "sha384", "sha512", "blake2b")
"""Hashes that we compute; blake3 needs a library of its own and is compared only where the caller knows the digest."""


@dataclass(frozen=True, slots=True)
class _Names:
    harmless: frozenset[str]
    dangerous: tuple[str, ...]


@cache
def _names() -> _Names:
    text = package_files("weighbridge.provenance").joinpath("ignored.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return _Names(frozenset(table["harmless"]), tuple(table["dangerous"]))


def compare(manifest: Manifest, present: Mapping[str, Present], apart: Collection[str] = ()) -> Compared:
    """
    Lay a signed list of files beside those `present`, by relative path.

    `apart` names files that are no part of the model: the signature itself and what else is laid beside it.
    """
    left_out = _names().harmless | {_plain(one) for one in manifest.ignore_paths}
    there = {path: file for path, file in present.items() if path not in apart}
    signed, changed, missing, undetermined = set[str](), set[str](), set[str](), set[str]()
    for path, parts in groupby(_placed(manifest.resources, there), key=lambda one: one.path):
        file = there.get(path)
        if file is None:
            missing.add(path)
            continue
        same = _same(tuple(parts), file)
        (undetermined if same is None else signed if same else changed).add(path)
    listed = signed | changed | undetermined
    ignored = {path for path in there if path not in listed and _covering(path, left_out)}
    considered = {path: file for path, file in there.items() if not _covering(path, _names().harmless)}
    return Compared(
        signed=_sorted(signed),
        changed=_sorted(changed),
        missing=_sorted(missing),
        unsigned=_sorted(there.keys() - listed - ignored),
        ignored=_sorted(ignored),
        undetermined=_sorted(undetermined),
        dangerous_ignores=_sorted(_dangerous(manifest, considered, apart)),
        allow_symlinks=manifest.allow_symlinks,
        card_signed=_all_signed("card", considered, signed),
        license_signed=_all_signed("license", considered, signed),
        code_signed=_all_signed("code", considered, signed),
        weights_signed=_all_signed("weights", considered, signed),
        comparable=not undetermined,
        why_not=_why_not(manifest, undetermined) if undetermined else None,
    )


def _placed(resources: tuple[Resource, ...], there: Mapping[str, Present]) -> tuple[Resource, ...]:
    """Give the one file of a model that is one file its name."""
    if len(there) == 1 and resources[0].path == WHOLE_MODEL:
        (path,) = there
        return tuple(replace(one, path=path) for one in resources)
    return resources


def _same(parts: tuple[Resource, ...], file: Present) -> bool | None:
    """Tell whether every byte of a file is as signed; `None` when that cannot be told."""
    size = len(file.content) if file.content is not None else file.size
    end = parts[-1].end
    if end is not None and size is None:
        return None
    if end is not None and size != end:
        return False
    found = [_digest(one, file, size) for one in parts]
    if any(digest is not None and digest != one.digest for digest, one in zip(found, parts, strict=True)):
        return False
    return None if None in found else True


def _digest(part: Resource, file: Present, size: int | None) -> str | None:
    if file.content is not None and part.algorithm in COMPUTED:
        return hashlib.new(part.algorithm, file.content[part.start : part.end]).hexdigest()
    if (known := file.digests.get(part.measure)) is not None:
        return known
    whole = part.start == 0 and part.end in (None, size)
    return file.digests.get(part.algorithm) if whole else None


def _plain(entry: str) -> str:
    """Return an entry of an ignore list without what makes no difference."""
    return entry.removeprefix("./").rstrip("/") or "."


def _covering(path: str, entries: AbstractSet[str]) -> AbstractSet[str]:
    """Return the entries that leave out `path`: the path itself, a folder above it, or the whole model."""
    parts = path.split("/")
    return entries & {".", *("/".join(parts[:count]) for count in range(1, len(parts) + 1))}


def _dangerous(manifest: Manifest, present: Mapping[str, Present], apart: Collection[str]) -> set[str]:
    """Return the entries that leave out what matters, whether or not it is there today."""
    names = _names()
    entries = {plain: entry for entry in manifest.ignore_paths if (plain := _plain(entry)) not in apart}
    by_name = {
        plain
        for plain in entries
        if plain == "." or any(fnmatchcase(plain.rpartition("/")[2].lower(), pattern) for pattern in names.dangerous)
    }
    by_files = (_covering(path, entries.keys()) for path, file in present.items() if file.kind != "other")
    return {entries[plain] for plain in by_name.union(*by_files) - names.harmless}


def _all_signed(kind: FileKind, present: Mapping[str, Present], signed: Collection[str]) -> bool | None:
    of_kind = [path for path, file in present.items() if file.kind == kind]
    return all(path in signed for path in of_kind) if of_kind else None


def _why_not(manifest: Manifest, undetermined: Collection[str]) -> str:
    if manifest.algorithm not in COMPUTED:
        return f"{manifest.algorithm} digests cannot be computed here, and the listing does not know them"
    if manifest.method == "shards":
        return "parts of files are signed, and the listing knows digests of whole files only"
    if manifest.algorithm != "sha256":
        return f"{manifest.algorithm} digests are signed, and the listing does not know them"
    return f"the listing knows no digest of {min(undetermined)}"


def _sorted(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(paths))
