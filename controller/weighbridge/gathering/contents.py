"""Content digests: the sha256 of small files that a listing does not show, fetched once, and what they add up to."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence

from weighbridge.gathering.parts import FilesPart
from weighbridge.model.outcomes import Found, Outcome, Unknown, Unreadable
from weighbridge.sources.interface import Source
from weighbridge.weights import ListedFile, content_files, digest_of_content, is_weights

HASHED_BYTES = 16 * 1024 * 1024
"""A file that is fetched for its digest alone; hubs keep larger ones as objects whose sha256 they list."""
HASHED_IN_ALL = 64 * 1024 * 1024
"""Bytes fetched for the digest of one model."""
AT_ONCE = 4
"""Files of one model that are fetched for their digest at the same time."""
_KEPT = 4096

Key = tuple[str, str, str, str]
"""Host, repository, commit, path."""


class Hashes:
    """The sha256 of files that were fetched for another reason, so that none is fetched twice."""

    def __init__(self) -> None:
        """Keep the last few thousand; content at a commit does not change."""
        self._known: OrderedDict[Key, Outcome[str | Unreadable]] = OrderedDict()

    def note(self, key: Key, delivered: Outcome[bytes | Unreadable]) -> Outcome[str | Unreadable]:
        """Return the digest of what was delivered, and keep it; what another limit might change is not kept."""
        if not isinstance(delivered, Found):
            hashed: Outcome[str | Unreadable] = delivered
        elif isinstance(delivered.value, Unreadable):
            return Found(delivered.value)
        else:
            hashed = Found(hashlib.sha256(delivered.value).hexdigest())
        if not isinstance(hashed, Unknown):
            self._known[key] = hashed
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return hashed

    def get(self, key: Key) -> Outcome[str | Unreadable] | None:
        """Return the digest of a file, if it was asked for."""
        return self._known.get(key)


async def content_of(
    source: Source, where: tuple[str, str, str | None], listed: Outcome[FilesPart | Unreadable], hashes: Hashes
) -> Outcome[str | Unreadable]:
    """Return the content digest of the repository, commit and served file in `where`."""
    name, commit, named = where
    if not isinstance(listed, Found):
        return listed
    if isinstance(listed.value, Unreadable):
        return Found(listed.value)
    files = listed.value.content if named is None else content_files(listed.value.content, named)
    room = asyncio.Semaphore(AT_ONCE)

    async def one(file: ListedFile) -> Outcome[str | Unreadable]:
        key = (source.host, name, commit, file.path)
        async with room:
            return await _hashed(source, key, hashes)

    wanted = _affordable([file for file in files if file.sha256 is None])
    found = await asyncio.gather(*(one(file) for file in wanted))
    hashed = {file.path: outcome for file, outcome in zip(wanted, found, strict=True)}
    return digest_of_content(files, hashed, source.host, f"{name}@{commit[:12]}")


async def _hashed(source: Source, key: Key, hashes: Hashes) -> Outcome[str | Unreadable]:
    known = hashes.get(key)
    if known is not None:
        return known
    _, name, commit, path = key
    return hashes.note(key, await source.read(name, commit, path, HASHED_BYTES))


def _affordable(files: Sequence[ListedFile]) -> tuple[ListedFile, ...]:
    """Return the files to fetch: none of weights, and none at all where one is too large or all are too much."""
    sizes = [one.size or 0 for one in files]
    weights = any(is_weights(one.path) for one in files)
    too_much = max(sizes, default=0) > HASHED_BYTES or sum(sizes) > HASHED_IN_ALL
    return () if weights or too_much else tuple(files)
