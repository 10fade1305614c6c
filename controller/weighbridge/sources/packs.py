"""
Packs in front of a source: what is packed is read from there, and the source is asked for the rest.

A commit or digest that is packed never asks anybody. What a branch means is asked where the model lives, because a pack
only knows where the branch stood; where nobody answers, the pack does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.scans import Scan
from weighbridge.sources.interface import Listing, WholeSource
from weighbridge.sources.pack_folder import Holding, PackFolder, Shelf
from weighbridge.sources.pack_format import STATED_LICENSE, Absent, BadPack, Blob, PackedFile
from weighbridge.weights import ListedFile


class PackedSource:
    """A source whose models may be packed."""

    def __init__(self, packs: PackFolder, scheme: str, source: WholeSource) -> None:
        """Read packs of `scheme` first, then ask `source`."""
        self._packs = packs
        self._scheme = scheme
        self._source = source

    @property
    def host(self) -> str:
        """Whom a person would say we asked."""
        return self._source.host

    def late(self, seconds: float) -> Unknown:
        """Return what to say when the source has not answered in `seconds`."""
        return self._source.late(seconds)

    async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
        """Return what a revision means now, or meant when a pack was written where nobody else says."""
        shelf = await self._shelf()
        held = shelf.held.get((self._scheme, repository), [])
        for one in held:
            if revision is not None and revision == one.repository.at:
                return Found(Resolved(one.repository.commit, one.repository.digest, revision, immutable=True))
        asked = await self._source.resolve(repository, revision)
        if isinstance(asked, Found):
            return asked
        # A source that has lost what we hold, or does not answer, does not make it unknown.
        return self._stood(shelf, held, repository, revision) or _with_broken(asked, shelf)

    def _stood(
        self, shelf: Shelf, held: Sequence[Holding], repository: str, revision: str | None
    ) -> Outcome[Resolved] | None:
        """Return where a branch stood when packs were written; `None` where none says."""
        found = [one for one in held if revision in one.repository.revisions]
        found = [one for one in found if one.own] or found
        known = {one.repository.at: one.repository for one in found}
        if len(known) > 1 and found[0].own:
            why = (
                f"the packs in {self._packs.root} hold {len(known)} states of {repository}. Fix: name the commit, or "
                "keep one pack"
            )
            return Unknown("unreachable", self.host, None, why)
        for one in known.values():
            return Found(Resolved(one.commit, one.digest, revision, immutable=False))
        if not held and Absent(self._scheme, repository, revision) in shelf.absent:
            return Missing(f"{repository}{'' if revision is None else f'@{revision}'} in {self._packs.root}")
        return None

    async def listing(self, repository: str, commit: str) -> Outcome[Listing | Unreadable]:
        """Return all files at a commit; packs that disagree about them cannot be used."""
        held = await self._held(repository, commit)
        if not held:
            return await self._source.listing(repository, commit)
        first = held[0].repository
        if any(_listed(one.repository.files.values()) != _listed(first.files.values()) for one in held[1:]):
            return Found(Unreadable(f"packs disagree about the files of {repository}@{commit[:12]}"))
        return Found(Listing(_listed(first.files.values()), first.tags))

    async def read(self, repository: str, commit: str, path: str, limit: int) -> Outcome[bytes | Unreadable]:
        """Return a stored file; one that no pack stores is asked of the source."""
        held = await self._held(repository, commit)
        for one in held:
            file = one.repository.files.get(path)
            if file is None:
                return Missing(f"{path} of {repository}@{commit[:12]}")
            if file.stored is not None:
                return await self._blob(one, file.stored, path, limit)
        return await self._unstored(held, path, lambda: self._source.read(repository, commit, path, limit))

    async def read_range(
        self, repository: str, commit: str, path: str, start: int, length: int
    ) -> Outcome[bytes | Unreadable]:
        """Return a piece of a file out of its stored head; one that reaches further is asked of the source."""
        held = await self._held(repository, commit)
        for one in held:
            file = one.repository.files.get(path)
            blob = None if file is None else file.stored or file.head
            if file is None or blob is None or not (start + length <= blob.size or file.size == blob.size):
                continue
            content = await self._blob(one, blob, path, blob.size)
            match content:
                case Found(value=bytes() as whole):
                    return Found(whole[start : start + length])
                case _:
                    return content
        return await self._unstored(
            held, path, lambda: self._source.read_range(repository, commit, path, start, length)
        )

    async def scan(self, repository: str, commit: str) -> Outcome[Scan | Unreadable]:
        """Return what the source's scanners say now; a pack holds no scans, for they would be of yesterday."""
        asked = await self._source.scan(repository, commit)
        if isinstance(asked, Unknown) and await self._held(repository, commit):
            return Missing(f"security scans of {repository}@{commit[:12]}: a pack holds none")
        return asked

    async def stated_licenses(self, repository: str, commit: str) -> Outcome[tuple[str, ...] | Unreadable]:
        """Return what the source stated when the pack was written."""
        held = await self._held(repository, commit)
        for one in held:
            tags = [tag for tag in one.repository.tags if tag.startswith(STATED_LICENSE)]
            return Found(tuple(tag.removeprefix(STATED_LICENSE) for tag in tags))
        return await self._source.stated_licenses(repository, commit)

    async def _unstored(
        self, held: Sequence[Holding], path: str, ask: Callable[[], Awaitable[Outcome[bytes | Unreadable]]]
    ) -> Outcome[bytes | Unreadable]:
        """Ask the source; where it does not answer, a file that was absent when the pack was written still is."""
        asked = await ask()
        files = [one.repository.files.get(path) for one in held]
        if isinstance(asked, Unknown) and any(one is not None and one.absent for one in files):
            return Missing(f"{path} in {self._packs.root}")
        return asked

    async def _blob(self, holding: Holding, blob: Blob, path: str, limit: int) -> Outcome[bytes | Unreadable]:
        try:
            return Found(await asyncio.to_thread(self._packs.blob, holding, blob, limit))
        except BadPack as error:
            return Found(Unreadable(f"{path} of the pack {holding.folder.name}: {error}"))

    async def _held(self, repository: str, commit: str) -> list[Holding]:
        shelf = await self._shelf()
        return [one for one in shelf.held.get((self._scheme, repository), []) if one.repository.at == commit]

    async def _shelf(self) -> Shelf:
        return await asyncio.to_thread(self._packs.shelf)


def _listed(files: Iterable[PackedFile]) -> tuple[ListedFile, ...]:
    return tuple(ListedFile(one.path, one.size, one.sha256) for one in files)


def _with_broken(asked: Missing | Unknown, shelf: Shelf) -> Missing | Unknown:
    """Say of a model that nobody knows that a pack which cannot be used might have held it."""
    if not shelf.broken or isinstance(asked, Missing):
        return asked
    name, why = next(iter(shelf.broken.items()))
    return Unknown(asked.because, asked.host, asked.since, f"{asked.detail}; pack {name}: {why}", asked.again_in)
