"""The one place that builds adapters out of settings and puts the corridor together."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from weighbridge.engine import bundles
from weighbridge.engine.bundles import ENTRYPOINT, Bundle
from weighbridge.engine.demands import DEMANDS, demands
from weighbridge.engine.embedded import EmbeddedEngine
from weighbridge.engine.interface import Engine
from weighbridge.engine.judging import Judge
from weighbridge.engine.opa import OpaSidecar
from weighbridge.engine.process import OpaProcess, find_opa
from weighbridge.engine.selftest import known_good, self_test
from weighbridge.errors import BadPolicies, EngineError, UserError
from weighbridge.gathering import Gatherer, Tables
from weighbridge.gathering.attachments import Attached, Attachments
from weighbridge.gathering.places import HUB
from weighbridge.gathering.provenance import Provenance
from weighbridge.gathering.recording import Recorder
from weighbridge.gathering.verifying import Anchors, Verifying
from weighbridge.model.demands import Demands
from weighbridge.model.outcomes import Unknown
from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import Namespace
from weighbridge.model.rules import Rule
from weighbridge.review import Judge as Judges
from weighbridge.review import Reviewer
from weighbridge.settings import DEFAULT_HUB, Settings
from weighbridge.site.facts import ConfiguredSite, configured
from weighbridge.site.live import LiveSite
from weighbridge.site.objects import SiteObjects, read_folder
from weighbridge.site.signers import KnownSigner, known_signers
from weighbridge.sources.attestations import attestation_store
from weighbridge.sources.directory import DirectorySource
from weighbridge.sources.hub import HubSource
from weighbridge.sources.interface import Hosts, Source, source_of
from weighbridge.sources.object_stores import store_address
from weighbridge.sources.objects import ObjectSource
from weighbridge.sources.oci import Registries
from weighbridge.sources.pack_folder import PackFolder
from weighbridge.store.interface import Store
from weighbridge.store.remembered import Remembered
from weighbridge.store.sqlite import SqliteStore
from weighbridge.store.valkey import SCHEMES, ValkeyStore
from weighbridge.verdict import checked

DELIVERIES = {DEFAULT_HUB: frozenset({".hf.co"})}
"""Where a hub sends those who ask for weights (source: the hub's own /.well-known/meta.json)."""


@dataclass(frozen=True, slots=True)
class Assembly:
    """A corridor that can be walked."""

    reviewer: Reviewer
    ready: Callable[[], Awaitable[None]]
    """Raises `EngineError` unless the policies answer with the right revision and deny what is known to be bad."""
    revision: Callable[[], str]
    """Of the bundle that judges."""
    ask_url: Callable[[Namespace], str | None]
    preview: bool
    """The embedded engine judges: nothing for enforcement."""
    engine_title: str
    """Who judges, for people: `opa`."""
    rules: Mapping[str, Rule]
    """The rule table, by id."""
    load: Callable[[], Awaitable[int]]
    """Takes what the store holds into memory, and says how many answers that were."""
    remembered: Remembered
    """What was learnt."""


@asynccontextmanager
async def assembled(settings: Settings) -> AsyncIterator[Assembly]:
    """
    Put the corridor together, and take it apart at the end.

    Raises `BadPolicies`, `BadSite` and `EngineError`, each one sentence.
    """
    bundle = bundles.load(settings.policies or bundles.default_folder())
    site = LiveSite(settings.site, lambda: _site(settings, bundle), time.monotonic)
    async with AsyncExitStack() as stack:
        engine, title = await _engine(stack, settings, bundle)
        judge = Judge(engine, bundle)
        sources = await stack.enter_async_context(sources_of(settings))
        remembered = await stack.enter_async_context(remembered_of(settings))
        provenance = await stack.enter_async_context(provenance_of(settings, site.signers, remembered))
        tables = Tables.from_documents(bundle.documents)
        gatherer = Gatherer(sources, tables, provenance=provenance, packs=packs_of(settings), remembered=remembered)

        async def ready() -> None:
            await engine.ready()
            await self_test(engine)

        reviewer = Reviewer(gatherer, judge, site, _now)
        preview = isinstance(engine, EmbeddedEngine)
        yield Assembly(
            reviewer,
            ready,
            lambda: judge.revision,
            site.ask_url,
            preview,
            title,
            bundle.rules,
            gatherer.load,
            remembered,
        )


@asynccontextmanager
async def reviewing(settings: Settings) -> AsyncIterator[Callable[[Judges], Reviewer]]:
    """
    Put the corridor together but for who judges, whom the caller brings; no engine is started.

    Raises `BadPolicies` and `BadSite`, each one sentence.
    """
    bundle = bundles.load(settings.policies or bundles.default_folder())
    site = _site(settings, bundle)
    async with sources_of(settings) as sources:
        gatherer = Gatherer(sources, Tables.from_documents(bundle.documents), packs=packs_of(settings))
        yield lambda judge: Reviewer(gatherer, judge, site, _now)


async def demanded(settings: Settings, namespace: Namespace) -> Demands:
    """
    Return what the policies demand in a namespace.

    Raises `BadPolicies`, `BadSite` and `EngineError`, each one sentence.
    """
    bundle = bundles.load(settings.policies or bundles.default_folder())
    site = _site(settings, bundle)
    async with AsyncExitStack() as stack:
        engine, _ = await _engine(stack, settings, bundle, DEMANDS)
        return await demands(engine, namespace.name, site.facts_for(namespace, ()), _now())


async def answers(settings: Settings, documents: Sequence[object]) -> list[object]:
    """
    Return what the policies answer to documents that an author wrote, unchecked.

    Raises `BadPolicies` and `EngineError`.
    """
    bundle = bundles.load(settings.policies or bundles.default_folder())
    async with AsyncExitStack() as stack:
        engine, _ = await _engine(stack, settings, bundle)
        return [(await engine.decide(bundles.canonical(one))).answer for one in documents]


async def unconfigured(settings: Settings) -> tuple[str, ...]:
    """
    Return what a library lacks to judge at all, in its own words.

    Raises `BadPolicies`, with file and line where an engine refuses a module, and `EngineError`.
    """
    bundle = bundles.load(settings.policies or bundles.default_folder())
    async with AsyncExitStack() as stack:
        engine, _ = await _engine(stack, settings, bundle)
        answered = await engine.decide(known_good().body)
    verdict = checked(answered.answer, bundle.rules, bundle.revision)
    return tuple(f"{one.rule}: {one.message}" for one in verdict.findings if one.effect == "deny")


@asynccontextmanager
async def gathering(settings: Settings) -> AsyncIterator[Gatherer]:
    """Put together what asks about models, without anybody who judges; raises `BadPolicies`."""
    bundle = bundles.load(settings.policies or bundles.default_folder())
    site = _site(settings, bundle)
    async with (
        sources_of(settings) as sources,
        remembered_of(settings) as remembered,
        provenance_of(settings, lambda: site.signers, remembered) as provenance,
    ):
        tables = Tables.from_documents(bundle.documents)
        yield Gatherer(sources, tables, provenance=provenance, packs=packs_of(settings), remembered=remembered)


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
    verifying = Verifying(lambda: Anchors({one.name: one.trust for one in signers()}), time.monotonic, _now)
    try:
        yield Provenance(attachments, verifying, remembered)
    finally:
        if store is not None:
            await store.close()


@asynccontextmanager
async def recording(settings: Settings, ref: ModelRef) -> AsyncIterator[tuple[Gatherer, Mapping[str, Recorder]]]:
    """
    Put together what asks about a model and its ancestors and writes down every answer, by scheme.

    Raises `UserError` when nobody may be asked about the model.
    """
    bundle = bundles.load(settings.policies or bundles.default_folder())
    async with sources_of(settings) as sources:
        recorders: dict[str, Recorder] = {}
        for scheme, repository in ((ref.scheme, ref.repository), (HUB, "")):
            source = source_of(sources, scheme, repository)
            if isinstance(source, Unknown):
                listing = ". Fix: list one, such as --object-store s3://BUCKET"
                raise UserError(source.detail + (listing if source.because == "no_source" else ""))
            recorders.setdefault(scheme, Recorder(source))
        yield Gatherer(recorders, Tables.from_documents(bundle.documents)), recorders


def _now() -> datetime:
    return datetime.now(UTC)


def _site(settings: Settings, bundle: Bundle) -> ConfiguredSite:
    objects = read_folder(settings.site) if settings.site else SiteObjects()
    protected = bundle.documents.get("protected")
    if not isinstance(protected, list):
        raise BadPolicies("data/protected.yaml: missing or no list of rules. Fix: copy it from the shipped policies")
    signers = known_signers(objects, settings.site, _now())
    return configured(objects, settings.fallback_stage, settings.profile, [str(one) for one in protected], signers)


async def _engine(
    stack: AsyncExitStack, settings: Settings, bundle: Bundle, entrypoint: str = ENTRYPOINT
) -> tuple[Engine, str]:
    if settings.opa_socket is not None:
        sidecar = OpaSidecar(settings.opa_socket, bundle.revision, entrypoint=entrypoint)
        return await stack.enter_async_context(sidecar), "opa (sidecar)"
    opa = None if settings.engine == "embedded" else find_opa()
    if opa is not None:
        return await stack.enter_async_context(OpaProcess(opa, bundle, entrypoint=entrypoint)), "opa"
    if settings.engine == "opa":
        raise EngineError("no opa found in $WEIGHBRIDGE_OPA, the tool folder or PATH. Fix: install OPA, or make tools")
    embedded = await stack.enter_async_context(EmbeddedEngine(bundle, entrypoint=entrypoint))
    return embedded, f"regopy {version('regopy')} (preview engine, not for enforcement)"


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
