"""
Models at registries: ModelPack, ModelKits, Ollama's, files pushed with ORAS, and images that hold a model.

What a reference resolves to is the digest of what it names, which may be an index; its files are those of the manifest
that stands for it (artifacts.py says which).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from weighbridge.errors import UserError
from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.sources.artifacts import Index, is_digest
from weighbridge.sources.attached import attachments
from weighbridge.sources.ended import Ended, outcome_of
from weighbridge.sources.interface import Attachment, Clock, Listing, Source, utc_now
from weighbridge.sources.layers import Limits, TreeReader
from weighbridge.sources.oci_tables import Place, can_be_host, oci_table, ollama_place, place_of
from weighbridge.sources.registry import Registry
from weighbridge.sources.trees import Item, Tree

DEFAULT_TAG = "latest"

_KEPT_TREES = 8


class RegistrySource:
    """One registry."""

    def __init__(self, registry: Registry, place: Callable[[str], Place], limits: Limits) -> None:
        """Ask `registry`, and read artifacts up to `limits`; `place` says what a repository is called there."""
        self._limits = limits
        self._registry = registry
        self._place = place
        self._trees: OrderedDict[tuple[str, str], asyncio.Task[Outcome[Tree | Unreadable]]] = OrderedDict()

    @property
    def host(self) -> str:
        """The registry's host."""
        return self._registry.host

    async def close(self) -> None:
        """Close all connections."""
        for task in self._trees.values():
            task.cancel()
        await asyncio.gather(*self._trees.values(), return_exceptions=True)
        await self._registry.close()

    def late(self, seconds: float) -> Unknown:
        """Say that the registry has not answered in time."""
        return self._registry.outage.unknown("timeout", f"no answer from {self.host} in {seconds:.3g} s")

    async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
        """Return the digest of a tag, `latest` where none is named; a digest is its own, if the registry has it."""
        try:
            return Found(await self._resolved(repository, revision))
        except Ended as end:
            if not isinstance(end.answer, Unreadable):
                return end.answer
            # Without a digest nothing can be asked.
            return self._registry.outage.unknown("server_error", f"{self.host}: {end.answer.unreadable}")

    async def _resolved(self, repository: str, revision: str | None) -> Resolved:
        delivered = await self._registry.manifest(self._name(repository), revision or DEFAULT_TAG)
        return Resolved(None, delivered.digest, revision, immutable=revision == delivered.digest)

    async def listing(self, repository: str, commit: str) -> Outcome[Listing | Unreadable]:
        """Return the files of an artifact."""
        return await outcome_of(self._listing(repository, commit))

    async def _listing(self, repository: str, digest: str) -> Listing:
        tree = await self._tree(repository, digest)
        listing = await asyncio.to_thread(tree.listing)
        if isinstance(listing, Unreadable):
            raise Ended(listing)
        return listing

    async def read(self, repository: str, commit: str, path: str, limit: int) -> Outcome[bytes | Unreadable]:
        """Return the content of a file of an artifact."""
        return await outcome_of(self._content(repository, commit, path, limit))

    async def _content(self, repository: str, digest: str, path: str, limit: int) -> bytes:
        item = await self._item(repository, digest, path)
        if item.size > limit:
            raise Ended(Unreadable(f"{path} is larger than {limit // 1024} KiB"))
        if item.whole and len(item.start) < item.size:
            return await self._registry.blob(self._name(repository), item.layer, limit)
        return await self._piece(repository, path, item, 0, item.size)

    async def read_range(
        self, repository: str, commit: str, path: str, start: int, length: int
    ) -> Outcome[bytes | Unreadable]:
        """Return a piece of a file of an artifact; of one in a compressed layer only its beginning can be had."""

        async def piece() -> bytes:
            item = await self._item(repository, commit, path)
            return await self._piece(repository, path, item, start, min(length, max(0, item.size - start)))

        return await outcome_of(piece())

    async def _piece(self, repository: str, path: str, item: Item, start: int, length: int) -> bytes:
        if start + length <= len(item.start):
            return item.start[start : start + length]
        if item.offset is None:
            raise Ended(Unreadable(f"{path} lies in a compressed layer, of which no piece can be read"))
        return await self._registry.piece(self._name(repository), item.layer, item.offset + start, length)

    async def stated_licenses(self, repository: str, commit: str) -> Outcome[tuple[str, ...] | Unreadable]:
        """Return the licenses that annotations, labels or the configuration of an artifact name."""

        async def licenses() -> tuple[str, ...]:
            return (await self._tree(repository, commit)).licenses

        return await outcome_of(licenses())

    async def attachments(self, repository: str, digest: str) -> Outcome[tuple[Attachment, ...] | Unreadable]:
        """Return signatures and attestations beside a digest: referrers, and cosign's tags."""
        if not is_digest(digest):
            return Missing(f"attachments of {repository}@{digest} at {self.host}")

        async def ask() -> tuple[Attachment, ...]:
            return await attachments(self._registry, self._name(repository), digest)

        return await outcome_of(ask())

    async def _item(self, repository: str, digest: str, path: str) -> Item:
        tree = await self._tree(repository, digest)
        item = tree.items.get(path)
        if item is None and tree.unread is not None:
            raise Ended(Unreadable(f"{path} may be in what is not read: {tree.unread}"))
        if item is None:
            raise Ended(Missing(f"{path} of {repository}@{digest[:19]}"))
        if item.link is not None:
            raise Ended(Unreadable(f"{path} is a link, which is not followed"))
        return item

    async def _tree(self, repository: str, digest: str) -> Tree:
        """Return the files of an artifact; who asks while others do waits with them, and what failed is asked again."""
        key = repository, digest
        task = self._trees.get(key)
        if task is None or (task.done() and not isinstance(task.result(), Found)):
            task = asyncio.ensure_future(outcome_of(self._read_tree(repository, digest)))
            self._trees[key] = task
        self._trees.move_to_end(key)
        if len(self._trees) > _KEPT_TREES and next(iter(self._trees.values())).done():
            self._trees.popitem(last=False)
        outcome = await asyncio.shield(task)
        match outcome:
            case Found(value=tree):
                if isinstance(tree, Unreadable):
                    raise Ended(tree)
                return tree
            case Missing() | Unknown():
                raise Ended(outcome)

    async def _read_tree(self, repository: str, digest: str) -> Tree:
        name = self._name(repository)
        read = await self._registry.read(name, digest)
        if isinstance(read, Index):
            chosen = read.chosen()
            if chosen is None:
                raise Ended(Unreadable(f"the index {digest[:19]} lists no manifest"))
            read = await self._registry.read(name, chosen.digest)
        if isinstance(read, Index):
            raise Ended(Unreadable(f"the index {digest[:19]} lists another index"))
        return await TreeReader(self._registry, name, self._limits).tree(read)

    def _name(self, repository: str) -> str:
        name = self._place(repository).name
        if name is None:
            raise Ended(Missing(f"{repository} at {self.host}"))
        return name


class Registries:
    """All registries, of which only listed ones are asked."""

    def __init__(
        self,
        listed: tuple[str, ...],
        clock: Clock = utc_now,
        *,
        config_file: Path | None = None,
        seconds: float = 10.0,
        offline: bool = False,
        limits: Limits | None = None,
    ) -> None:
        """
        Ask the registries that are `listed`: `HOST`, `HOST:PORT`, or `http://HOST` for one without encryption.

        Raises `UserError` for what is none. `config_file` is Docker's config.json, read at every use.
        With `offline` nobody is asked.
        """
        self._limits = limits or Limits()
        self._endpoints = dict(_endpoint(one) for one in listed)
        self._clock = clock
        self._config_file = config_file
        self._seconds = seconds
        self._offline = offline
        self._sources: dict[str, RegistrySource] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for source in self._sources.values():
            await source.close()

    def at(self, repository: str) -> Source | Unknown:
        """Return the source of `ghcr.io/org/model`."""
        return self._at(repository, place_of)

    def ollama(self, repository: str) -> Source | Unknown:
        """Return the source of `llama3.2`, as Ollama writes it."""
        return self._at(repository, ollama_place)

    def _at(self, repository: str, place: Callable[[str], Place]) -> Source | Unknown:
        found = place(repository)
        if self._offline:
            return Unknown("offline", found.host, None, f"{found.host} is not asked: --offline")
        endpoint = self._endpoints.get(found.listed_as)
        if endpoint is None:
            why = f"{found.host} is not asked: it is not among the listed registries. Fix: --registry {found.listed_as}"
            return Unknown("host_not_listed", found.host, None, why)
        key = f"{place.__name__} {endpoint}"
        if key not in self._sources:
            others = frozenset(self._endpoints) | oci_table().companions.get(found.host, frozenset())
            registry = Registry(
                endpoint, self._clock, config_file=self._config_file, seconds=self._seconds, hosts=others
            )
            self._sources[key] = RegistrySource(registry, place, self._limits)
        return self._sources[key]


def _endpoint(text: str) -> tuple[str, str]:
    """Return how references name a listed host, and its endpoint."""
    scheme, separator, rest = text.strip().rstrip("/").partition("://")
    if not separator:
        scheme, rest = "https", scheme
    host = rest.lower()
    if scheme not in ("http", "https") or not can_be_host(host):
        raise UserError(f"--registry {text!r}: not the address of a registry, expected HOST, HOST:PORT or http://HOST")
    if host in oci_table().hub_names:
        return oci_table().hub["listed"], f"{scheme}://{oci_table().hub['host']}"
    return host, f"{scheme}://{host}"
