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
from weighbridge.engine.bundles import Bundle
from weighbridge.engine.embedded import EmbeddedEngine
from weighbridge.engine.interface import Engine
from weighbridge.engine.judging import Judge
from weighbridge.engine.opa import OpaSidecar
from weighbridge.engine.process import OpaProcess, find_opa
from weighbridge.engine.selftest import self_test
from weighbridge.errors import BadPolicies, EngineError
from weighbridge.gathering import Gatherer, Tables
from weighbridge.gathering.attachments import Attached, Attachments
from weighbridge.gathering.provenance import Provenance
from weighbridge.gathering.verifying import Anchors, Verifying
from weighbridge.model.requests import Namespace
from weighbridge.model.rules import Rule
from weighbridge.review import Reviewer
from weighbridge.settings import DEFAULT_HUB, Settings
from weighbridge.site.facts import ConfiguredSite, configured
from weighbridge.site.live import LiveSite
from weighbridge.site.objects import SiteObjects, read_folder
from weighbridge.site.signers import KnownSigner, known_signers
from weighbridge.sources.attestations import attestation_store
from weighbridge.sources.directory import DirectorySource
from weighbridge.sources.hub import HubSource
from weighbridge.sources.interface import Hosts, Source
from weighbridge.sources.oci import Registries

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
        provenance = await stack.enter_async_context(provenance_of(settings, site.signers))
        gatherer = Gatherer(sources, Tables.from_documents(bundle.documents), provenance=provenance)

        async def ready() -> None:
            await engine.ready()
            await self_test(engine)

        reviewer = Reviewer(gatherer, judge, site, _now)
        preview = isinstance(engine, EmbeddedEngine)
        yield Assembly(reviewer, ready, lambda: judge.revision, site.ask_url, preview, title, bundle.rules)


@asynccontextmanager
async def gathering(settings: Settings) -> AsyncIterator[Gatherer]:
    """Put together what asks about models, without anybody who judges; raises `BadPolicies`."""
    bundle = bundles.load(settings.policies or bundles.default_folder())
    site = _site(settings, bundle)
    async with sources_of(settings) as sources, provenance_of(settings, lambda: site.signers) as provenance:
        yield Gatherer(sources, Tables.from_documents(bundle.documents), provenance=provenance)


@asynccontextmanager
async def provenance_of(
    settings: Settings, signers: Callable[[], Sequence[KnownSigner]], supplied: Sequence[Attached] = ()
) -> AsyncIterator[Provenance]:
    """Build what finds out who vouches for models, and take it apart at the end."""
    store = attestation_store(settings.attestations, offline=settings.offline) if settings.attestations else None
    attachments = Attachments(time.monotonic, store, supplied)
    verifying = Verifying(lambda: Anchors({one.name: one.trust for one in signers()}), time.monotonic, _now)
    try:
        yield Provenance(attachments, verifying, time.monotonic)
    finally:
        if store is not None:
            await store.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _site(settings: Settings, bundle: Bundle) -> ConfiguredSite:
    objects = read_folder(settings.site) if settings.site else SiteObjects()
    protected = bundle.documents.get("protected")
    if not isinstance(protected, list):
        raise BadPolicies("data/protected.yaml: missing or no list of rules. Fix: copy it from the shipped policies")
    signers = known_signers(objects, settings.site, _now())
    return configured(objects, settings.fallback_stage, settings.profile, [str(one) for one in protected], signers)


async def _engine(stack: AsyncExitStack, settings: Settings, bundle: Bundle) -> tuple[Engine, str]:
    if settings.opa_socket is not None:
        sidecar = OpaSidecar(settings.opa_socket, bundle.revision)
        return await stack.enter_async_context(sidecar), "opa (sidecar)"
    opa = None if settings.engine == "embedded" else find_opa()
    if opa is not None:
        return await stack.enter_async_context(OpaProcess(opa, bundle)), "opa"
    if settings.engine == "opa":
        raise EngineError("no opa found in $WEIGHBRIDGE_OPA, the tool folder or PATH. Fix: install OPA, or make tools")
    embedded = await stack.enter_async_context(EmbeddedEngine(bundle))
    return embedded, f"regopy {version('regopy')} (preview engine, not for enforcement)"


@asynccontextmanager
async def sources_of(settings: Settings) -> AsyncIterator[Mapping[str, Source | Hosts]]:
    """Build the source of each scheme, and take them apart at the end."""
    async with AsyncExitStack() as stack:
        registries = Registries(
            settings.registries, config_file=settings.registry_config_file, offline=settings.offline
        )
        await stack.enter_async_context(registries)
        yield {
            "hf": await _hub(stack, settings),
            "oci": Hosts(registries.at),
            "ollama": Hosts(registries.ollama),
        }


async def _hub(stack: AsyncExitStack, settings: Settings) -> Source:
    if "://" not in settings.hub:
        return DirectorySource(Path(settings.hub))
    hub = HubSource(
        settings.hub,
        token_file=settings.hub_token_file,
        offline=settings.offline,
        redirect_hosts=DELIVERIES.get(settings.hub.rstrip("/"), frozenset()),
    )
    return await stack.enter_async_context(hub)
