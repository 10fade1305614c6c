"""
The list of files in an OpenSSF Model Signing v1.0 statement (ossf/model-signing-spec).

A statement is read into a list that can be believed as a whole: no path leaves the model, none stands twice,
the parts of a file follow each other without a gap, and the digest of the subject is the one of the list.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from weighbridge.model.provenance import Manifest, Refused, Resource, Serialization, Statement
from weighbridge.provenance.refusals import Refusal

MODEL_SIGNATURE = "https://model_signing/signature/v1.0"
OLDER_SIGNATURE = "https://model_signing/Digests/v0.1"
MOST_RESOURCES = 50_000
MOST_IGNORED = 1_000
LONGEST_PATH = 1_000
WHOLE_MODEL = "."
"""Names the file itself where the model is one file, as model_signing before 1.1 writes it."""
_ALGORITHM = re.compile(r"[a-z0-9]{3,20}")
_DIGEST = re.compile(r"(?:[0-9a-f]{2}){16,64}")
_PART = re.compile(r"(?P<path>.+):(?P<start>0|[1-9]\d{0,17}):(?P<end>[1-9]\d{0,17})", re.DOTALL)
_SIZES = {"sha256": 32, "sha384": 48, "sha512": 64, "blake2b": 64, "blake3": 32}
"""Bytes."""


@dataclass(frozen=True, slots=True)
class _Serialized:
    method: Serialization
    algorithm: str
    allow_symlinks: bool
    shard_size: int | None
    ignore_paths: tuple[str, ...]


def read_manifest(statement: Statement) -> Manifest | Refused:
    """Return the list of files that a statement signs, or why it is none that can be used."""
    try:
        return _manifest(statement)
    except Refusal as refusal:
        return refusal.as_value()


def _manifest(statement: Statement) -> Manifest:
    if statement.predicate_type == OLDER_SIGNATURE:
        raise Refusal(
            "unsupported_predicate",
            f"{OLDER_SIGNATURE} says neither how nor which files were hashed. Sign again with model_signing 1.0 or newer",
        )
    if statement.predicate_type != MODEL_SIGNATURE:
        raise Refusal(
            "unsupported_predicate", f"the statement is {statement.predicate_type!r}, expected {MODEL_SIGNATURE}"
        )
    how = _serialized(statement.predicate.get("serialization"))
    listed = statement.predicate.get("resources")
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_RESOURCES:
        raise _wrong(f"the manifest must list 1 to {MOST_RESOURCES} resources")
    resources = [_resource(one, how) for one in listed]
    _check_subject(statement, resources)
    ordered = tuple(sorted(resources, key=lambda one: (one.path, one.start)))
    _check_once(ordered)
    return Manifest(how.method, how.algorithm, how.allow_symlinks, how.shard_size, how.ignore_paths, ordered)


def _serialized(value: object) -> _Serialized:
    fields: Mapping[str, object] = value if isinstance(value, dict) else {}
    method, algorithm = fields.get("method"), fields.get("hash_type")
    symlinks, size = fields.get("allow_symlinks", False), fields.get("shard_size")
    if method not in ("files", "shards"):
        raise _wrong(f"the manifest has the serialization {method!r}, expected files or shards")
    if not isinstance(algorithm, str) or not _ALGORITHM.fullmatch(algorithm):
        raise _wrong("the manifest names no hash_type")
    if not isinstance(symlinks, bool):
        raise _wrong("allow_symlinks of the manifest is neither true nor false")
    shard_size = _size(size) if method == "shards" else None
    ignored = fields.get("ignore_paths", [])
    if not isinstance(ignored, list) or len(ignored) > MOST_IGNORED or not all(map(_is_short, ignored)):
        raise _wrong(f"ignore_paths of the manifest is no list of up to {MOST_IGNORED} paths")
    return _Serialized(
        "shards" if method == "shards" else "files", algorithm, symlinks, shard_size, tuple(sorted(ignored))
    )


def _size(value: object) -> int:
    """Read a shard size; the protobuf library that signers use writes whole numbers as `1000000.0`."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _wrong("the manifest lists shards and says no shard_size")
    return value


def _is_short(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_PATH


def _resource(value: object, how: _Serialized) -> Resource:
    fields: Mapping[str, object] = value if isinstance(value, dict) else {}
    name, algorithm, digest = fields.get("name"), fields.get("algorithm"), fields.get("digest")
    if not isinstance(name, str) or not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise _wrong("a resource of the manifest lacks a name or a hexadecimal digest")
    if len(digest) != 2 * _SIZES.get(how.algorithm, len(digest) // 2):
        raise _wrong(f"{name[:100]!r} has a digest of {len(digest) // 2} bytes, which is no {how.algorithm}")
    # model_signing writes the shard size into the algorithm
    if algorithm not in (how.algorithm, f"{how.algorithm}-sharded-{how.shard_size}"):
        raise _wrong(f"{name[:100]!r} is hashed with {algorithm!r}, expected {how.algorithm}")
    if how.shard_size is None:
        return Resource(_path(name), how.algorithm, digest)
    part = _PART.fullmatch(name)
    if part is None:
        raise _wrong(f"{name[:100]!r} is no part of a file, expected path:start:end")
    start, end = int(part["start"]), int(part["end"])
    if not 0 < end - start <= how.shard_size or start % how.shard_size:
        raise _wrong(f"{name[:100]!r} is no part of {how.shard_size} bytes or fewer that starts at a multiple of them")
    return Resource(_path(part["path"]), how.algorithm, digest, start, end)


def _path(name: str) -> str:
    """Return a path that stays in the model; everything that any file system could read differently is refused."""
    parts = name.split("/")
    if (
        len(name) > LONGEST_PATH
        or "\\" in name
        or not name.isprintable()
        or (name != WHOLE_MODEL and any(part in ("", ".", "..") for part in parts))
        or (len(parts[0]) == 2 and parts[0][1] == ":")
    ):
        raise _wrong(f"{name[:100]!r} is no plain path inside the model")
    return name


def _check_subject(statement: Statement, resources: Sequence[Resource]) -> None:
    """The subject is the digest of the digests in their order: with it other statements point at the model."""
    if len(statement.subjects) != 1:
        raise _wrong(f"the manifest has {len(statement.subjects)} subjects, expected 1")
    told = statement.subjects[0].digests.get("sha256")
    digest = hashlib.sha256(b"".join(bytes.fromhex(one.digest) for one in resources)).hexdigest()
    if told != digest:
        raise _wrong("the digest of the subject is not the one of the listed resources")


def _check_once(ordered: Sequence[Resource]) -> None:
    """Check that no file stands twice, also for file systems that do not tell upper from lower case, and no part is left out."""
    ends: dict[str, int | None] = {}
    spelled: dict[str, str] = {}
    for one in ordered:
        folded = one.path.casefold()
        if spelled.setdefault(folded, one.path) != one.path:
            raise _wrong(f"{one.path[:100]!r} stands twice in the manifest, once as {spelled[folded][:100]!r}")
        if one.path in ends and (one.end is None or ends[one.path] != one.start):
            raise _wrong(f"{one.path[:100]!r} stands twice in the manifest, or in parts with a gap")
        if one.path not in ends and one.start != 0:
            raise _wrong(f"{one.path[:100]!r} is signed without its beginning")
        ends[one.path] = one.end
    if WHOLE_MODEL in ends and len(ends) > 1:
        raise _wrong("the manifest lists the whole model as one file, and further files")


def _wrong(detail: str) -> Refusal:
    return Refusal("malformed_manifest", detail)
