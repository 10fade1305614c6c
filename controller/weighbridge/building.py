"""Builds what settings name: sources, the store behind memory, and who verifies signatures."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from weighbridge.errors import UserError
from weighbridge.gathering.attachments import Attached, Attachments
from weighbridge.gathering.provenance import Provenance
from weighbridge.gathering.verifying import Anchors, Verifying
from weighbridge.settings import DEFAULT_HUB, Settings
from weighbridge.site.signers import KnownSigner
from weighbridge.sources.attestations import attestation_store
from weighbridge.sources.directory import DirectorySource
from weighbridge.sources.hub import HubSource
from weighbridge.sources.interface import Hosts, Source, utc_now
from weighbridge.sources.object_stores import store_address
from weighbridge.sources.objects import ObjectSource
from weighbridge.sources.oci import Registries
from weighbridge.sources.pack_folder import PackFolder
from weighbridge.store.interface import Store
from weighbridge.store.remembered import Remembered
from weighbridge.store.sqlite import SqliteStore
from weighbridge.store.valkey import SCHEMES, ValkeyStore

DELIVERIES = {DEFAULT_HUB: frozenset({".hf.co"})}
"""Where a hub sends those who ask for weights (source: the hub's own /.well-known/meta.json)."""


@asynccontextmanager
async def remembered_of(settings: Settings) -> AsyncIterator[Remembered]:
    """Build what remembers evidence, and at the end store what still waits to be; raises `UserError`."""
    store = store_at(settings.store, outlives=settings.accept_single_replica) if settings.store else None
    remembered = Remembered(store)
    try:
        yield remembered
    finally:
        await remembered.close()


def store_at(address: str, *, outlives: bool = False) -> Store:
    """Build the store at an address: `redis://…` a server, a path a file; raises `UserError` for anything else."""
    scheme, separator, _ = address.partition("://")
    if not separator:
        return SqliteStore(Path(address), outlives=outlives)
    if scheme not in SCHEMES:
        raise UserError(f"--store: got {scheme}://, expected a path or one of {', '.join(SCHEMES)}")
    if outlives:
        raise UserError("--accept-single-replica: is about a file. Fix: leave it out, several replicas share a server")
    return ValkeyStore(address)


@asynccontextmanager
async def provenance_of(
    settings: Settings,
    signers: Callable[[], Sequence[KnownSigner]],
    remembered: Remembered,
    supplied: Sequence[Attached] = (),
) -> AsyncIterator[Provenance]:
    """Build what finds out who vouches for models, and take it apart at the end."""
    store = attestation_store(settings.attestations, offline=settings.offline) if settings.attestations else None
    attachments = Attachments(remembered, store, supplied)
    verifying = Verifying(lambda: Anchors({one.name: one.trust for one in signers()}), time.monotonic, utc_now)
    try:
        yield Provenance(attachments, verifying, remembered)
    finally:
        if store is not None:
            await store.close()


@asynccontextmanager
async def sources_of(settings: Settings) -> AsyncIterator[Mapping[str, Source | Hosts]]:
    """Build the source of each scheme, and take them apart at the end; raises `UserError` for an address that is none."""
    addresses = [store_address(one) for one in settings.object_stores]
    registries = Registries(settings.registries, config_file=settings.registry_config_file, offline=settings.offline)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(registries)
        sources: dict[str, Source | Hosts] = {
            "hf": await _hub(stack, settings),
            "oci": Hosts(registries.at),
            "ollama": Hosts(registries.ollama),
        }
        for scheme in dict.fromkeys(one.scheme for one in addresses):
            stores = [one for one in addresses if one.scheme == scheme]
            sources[scheme] = await stack.enter_async_context(ObjectSource(stores, offline=settings.offline))
        yield sources


async def _hub(stack: AsyncExitStack, settings: Settings) -> Source:
    if "://" not in settings.hub:
        return DirectorySource(Path(settings.hub))
    hub = HubSource(
        settings.hub,
        token_file=settings.hub_token_file,
        offline=settings.offline,
        plain=settings.hub_plain,
        redirect_hosts=DELIVERIES.get(settings.hub.rstrip("/"), frozenset()),
    )
    return await stack.enter_async_context(hub)


def packs_of(settings: Settings) -> PackFolder | None:
    """Return the folder of packs; raises `UserError` when it is none."""
    if settings.packs is None:
        return None
    if not settings.packs.is_dir():
        raise UserError(f"--packs {settings.packs}: no such folder")
    return PackFolder(settings.packs, time.monotonic)
