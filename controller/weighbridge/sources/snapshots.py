"""What lies below a prefix at one time: a listing, and the digest that stands for it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from weighbridge.model.outcomes import Unreadable
from weighbridge.sources.interface import Listing
from weighbridge.weights import ListedFile

PREFIX = "listing:"
"""Of digests over a listing: they say that nothing has changed, not what the content is."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as a listing shows it."""

    key: str
    """The whole key in its bucket."""
    size: int
    tag: str
    """Changes with its content."""
    version: str | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A prefix, or one object, at one time."""

    digest: str
    listing: Listing | Unreadable
    objects: Mapping[str, StoredObject]
    """By path below the prefix."""
    version: str | None
    """The version that a reference names."""


class Lister(Protocol):
    """Whom a snapshot is taken of."""

    def below(self, prefix: str) -> AsyncIterator[Sequence[StoredObject]]:
        """Return all objects below a prefix, page by page."""

    async def one(self, key: str, version: str | None) -> StoredObject:
        """Return one object; raises `ObjectMissing`."""


async def snapshot_of(client: Lister, path: str, version: str | None, most: int) -> Snapshot:
    """Take a snapshot of what lies below `path`, of the object there when nothing lies below, of at most `most` objects."""
    found: list[StoredObject] = []
    if version is None:
        async for page in client.below(path):
            found += page
            if len(found) > most:
                return _snapshot(path, found[:most], f"{path}: more than {most} objects lie below, no more are read")
    if not found:
        one = await client.one(path, version)
        return _snapshot(path.rpartition("/")[0], [one], None, version)
    return _snapshot(path, found, None)


def _snapshot(
    prefix: str, found: Sequence[StoredObject], unreadable: str | None, version: str | None = None
) -> Snapshot:
    below = len(prefix) + 1 if prefix else 0
    objects = {one.key[below:]: one for one in sorted(found, key=lambda one: one.key) if one.key[below:]}
    whole = hashlib.sha256(b"\1" if unreadable is not None else b"")
    for path, one in objects.items():
        line = "\0".join((path, str(one.size), one.tag, one.version or ""))
        whole.update(line.encode("utf-8", "surrogateescape") + b"\n")
    listing = Listing(tuple(ListedFile(path, one.size, None) for path, one in objects.items()))
    return Snapshot(
        PREFIX + whole.hexdigest(), listing if unreadable is None else Unreadable(unreadable), objects, version
    )
