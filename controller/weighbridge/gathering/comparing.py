"""Lays a signed list of files beside a repository: weights by the digests of its listing, small files by their bytes."""

from __future__ import annotations

import asyncio

from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.provenance import Compared, Manifest, Present
from weighbridge.provenance import compare
from weighbridge.provenance.binding import kind_of_file
from weighbridge.sources.interface import Listing, Source
from weighbridge.weights import ListedFile, format_of

SMALL_FILE = 16 * 1024 * 1024
"""A file without a digest in the listing is fetched up to this size; larger ones cannot be compared."""
MOST_FETCHED = 64 * 1024 * 1024
"""Bytes fetched to compare one signature."""
MOST_FILES = 1_000
"""Files fetched to compare one signature."""
AT_ONCE = 8


async def compared(
    source: Source, name: str, commit: str, manifest: Manifest, apart: frozenset[str]
) -> Outcome[Compared | Unreadable]:
    """Return a comparison; where a small file cannot be had it is that file's `Unknown`."""
    listed = await source.listing(name, commit)
    match listed:
        case Found(value=Listing(files=files)):
            pass
        case Found(value=Unreadable() as unreadable):
            return Found(unreadable)
        case Missing() | Unknown():
            return listed
        case Found():
            raise TypeError("a source lists files or says why it cannot be used")
    signed = {one.path for one in manifest.resources}
    fetched = await _fetched(
        source, name, commit, [one for one in files if one.path in signed and _needed(one, manifest)]
    )
    if isinstance(fetched, Unknown):
        return fetched
    present = {
        one.path: Present(
            kind=kind_of_file(one.path, format_of(one.path)),
            size=one.size,
            digests={"sha256": one.sha256} if one.sha256 is not None else {},
            content=fetched.get(one.path),
        )
        for one in files
    }
    # Hashing megabytes takes a moment, and others are waiting.
    return Found(await asyncio.to_thread(compare, manifest, present, apart))


def _needed(file: ListedFile, manifest: Manifest) -> bool:
    """Tell whether the listing leaves open what the bytes of a file are."""
    known = file.sha256 is not None and manifest.algorithm == "sha256" and manifest.method == "files"
    return not known and file.size is not None and file.size <= SMALL_FILE


async def _fetched(source: Source, name: str, commit: str, files: list[ListedFile]) -> dict[str, bytes] | Unknown:
    room = asyncio.Semaphore(AT_ONCE)
    wanted: list[ListedFile] = []
    left = MOST_FETCHED
    for one in sorted(files, key=lambda one: (one.size or 0, one.path))[:MOST_FILES]:
        left -= one.size or 0
        if left < 0:
            break
        wanted.append(one)

    async def fetch(path: str) -> Outcome[bytes | Unreadable]:
        async with room:
            return await source.read(name, commit, path, SMALL_FILE)

    outcomes = await asyncio.gather(*(fetch(one.path) for one in wanted))
    found: dict[str, bytes] = {}
    for one, outcome in zip(wanted, outcomes, strict=True):
        match outcome:
            case Unknown():
                return outcome
            case Found(value=bytes() as content):
                found[one.path] = content
            case _:
                pass  # listed and not stored, or larger than it said: not compared, which is said
    return found
