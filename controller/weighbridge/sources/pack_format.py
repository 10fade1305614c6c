"""
The manifest of a pack: evidence about models without their weights, written once and ready to be signed.

It names every file by size and sha256, so that a signature over the manifest covers the whole pack. Nothing in it depends
on when or where it was written: the same model gives the same bytes.
No input or output.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from weighbridge.sources.answers import sha256_of, size_of
from weighbridge.sources.interface import MOST_LISTED, MOST_TAGS

FORMAT = "weighbridge-pack/1"
MANIFEST = "pack.json"
BLOBS = "blobs"
STATED_LICENSE = "stated-license:"
"""Begins a tag of a repository whose source states a license beside the files."""
MANIFEST_BYTES = 64 * 1024 * 1024
MOST_REPOSITORIES = 256

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}")
_TEXT = 1024


class BadPack(Exception):
    """A pack that cannot be used; the text says why, without naming the pack."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that a pack stores, by what they are."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file of a repository."""

    path: str
    size: int | None
    sha256: str | None
    stored: Blob | None = None
    """The whole file."""
    head: Blob | None = None
    """Its first bytes, as far as anybody reads them."""
    absent: bool = False
    """Its source listed the file and did not hold it."""


@dataclass(frozen=True, slots=True)
class PackedRepository:
    """A repository at one commit or digest."""

    scheme: str
    name: str
    commit: str | None
    digest: str | None
    revisions: tuple[str | None, ...] = ()
    """Branches and tags that meant this commit when the pack was written; `None` is the default branch."""
    tags: tuple[str, ...] = ()
    files: Mapping[str, PackedFile] = field(default_factory=dict)

    @property
    def at(self) -> str:
        """The commit or digest that its files are asked for at."""
        return self.commit or self.digest or ""


@dataclass(frozen=True, slots=True)
class Absent:
    """A repository or revision that its source said does not exist."""

    scheme: str
    name: str
    revision: str | None


@dataclass(frozen=True, slots=True)
class PackManifest:
    """Everything a pack says."""

    model: str
    """The reference it was written for, without a branch."""
    content_digest: str | None
    repositories: tuple[PackedRepository, ...]
    """The model first, then its lineage by name."""
    absent: tuple[Absent, ...] = ()


def written(manifest: PackManifest) -> bytes:
    """Return the bytes of a manifest; equal manifests have equal bytes."""
    document = {
        "format": FORMAT,
        "model": manifest.model,
        "content_digest": manifest.content_digest,
        "repositories": [_repository_json(one) for one in manifest.repositories],
        "absent": [{"scheme": one.scheme, "name": one.name, "revision": one.revision} for one in manifest.absent],
    }
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=True) + "\n").encode()


def _repository_json(one: PackedRepository) -> dict[str, object]:
    return {
        "scheme": one.scheme,
        "name": one.name,
        "commit": one.commit,
        "digest": one.digest,
        "revisions": list(one.revisions),
        "tags": list(one.tags),
        "files": [_file_json(file) for _, file in sorted(one.files.items())],
    }


def _file_json(file: PackedFile) -> dict[str, object]:
    entry: dict[str, object] = {"path": file.path, "size": file.size, "sha256": file.sha256}
    for name, blob in (("stored", file.stored), ("head", file.head)):
        if blob is not None:
            entry[name] = {"sha256": blob.sha256, "size": blob.size}
    return {**entry, "absent": True} if file.absent else entry


def parsed(content: bytes) -> PackManifest:
    """Read a manifest; raises `BadPack`. Law: `parsed(written(manifest)) == manifest`."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadPack(f"{MANIFEST} is not JSON") from error
    root = _object(document, MANIFEST)
    if root.get("format") != FORMAT:
        raise BadPack(f"{MANIFEST} has format {str(root.get('format'))[:40]!r}, expected {FORMAT}")
    repositories = _list(root.get("repositories"), "repositories", MOST_REPOSITORIES)
    absent = [_object(one, "absent") for one in _list(root.get("absent"), "absent", 16 * MOST_REPOSITORIES)]
    return PackManifest(
        _text(root.get("model"), "model"),
        _optional(root.get("content_digest"), "content_digest"),
        tuple(_repository(_object(one, "repositories")) for one in repositories),
        tuple(
            Absent(
                _scheme(one.get("scheme")), _text(one.get("name"), "name"), _optional(one.get("revision"), "revision")
            )
            for one in absent
        ),
    )


def _repository(one: Mapping[str, object]) -> PackedRepository:
    name = _text(one.get("name"), "name")
    commit, digest = _optional(one.get("commit"), "commit"), _optional(one.get("digest"), "digest")
    if (commit is None) == (digest is None) or (commit is not None and not _COMMIT.fullmatch(commit)):
        raise BadPack(f"{name[:100]!r} needs either a commit of 40 hexadecimal digits or a digest")
    files = [_file(_object(file, "files")) for file in _list(one.get("files"), "files", MOST_LISTED)]
    by_path = {file.path: file for file in files}
    if len(by_path) < len(files):
        raise BadPack(f"{name[:100]!r} lists a path twice")
    revisions = tuple(_optional(text, "revisions") for text in _list(one.get("revisions"), "revisions", MOST_TAGS))
    tags = tuple(_text(tag, "tags") for tag in _list(one.get("tags"), "tags", MOST_TAGS))
    return PackedRepository(_scheme(one.get("scheme")), name, commit, digest, revisions, tags, by_path)


def _file(one: Mapping[str, object]) -> PackedFile:
    path = _text(one.get("path"), "path")
    if path.startswith("/") or "\0" in path or ".." in path.split("/"):
        raise BadPack(f"path {path[:100]!r} leads out of its repository")
    size, sha256 = one.get("size"), one.get("sha256")
    if (size is not None and size_of(size) is None) or (sha256 is not None and sha256_of(sha256) is None):
        raise BadPack(f"{path[:100]!r} has a size or sha256 that is none")
    stored, head = _blob(one.get("stored"), path), _blob(one.get("head"), path)
    if stored is not None and stored.sha256 != sha256_of(sha256):
        raise BadPack(f"{path[:100]!r} is stored with another sha256 than it is listed with")
    return PackedFile(path, size_of(size), sha256_of(sha256), stored, head, one.get("absent") is True)


def _blob(value: object, path: str) -> Blob | None:
    if value is None:
        return None
    entry = _object(value, "stored")
    sha256, size = sha256_of(entry.get("sha256")), size_of(entry.get("size"))
    if sha256 is None or size is None:
        raise BadPack(f"{path[:100]!r} is stored without size and sha256")
    return Blob(sha256, size)


def _object(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise BadPack(f"{what} holds something that is no object")
    return value


def _list(value: object, what: str, most: int) -> list[object]:
    if not isinstance(value, list):
        raise BadPack(f"{what} is no list")
    if len(value) > most:
        raise BadPack(f"{what} holds {len(value)} entries, at most {most} are read")
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not value or len(value) > _TEXT:
        raise BadPack(f"{what} is no text of at most {_TEXT} characters")
    return value


def _optional(value: object, what: str) -> str | None:
    return None if value is None else _text(value, what)


def _scheme(value: object) -> str:
    scheme = _text(value, "scheme")
    if not _SCHEME.fullmatch(scheme):
        raise BadPack(f"scheme {scheme[:40]!r} is none")
    return scheme
