"""The one place that builds adapters out of settings and puts the corridor together."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from weighbridge.building import packs_of, provenance_of, remembered_of, sources_of
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
from weighbridge.gathering.places import HUB
from weighbridge.gathering.recording import Recorder
from weighbridge.model.demands import Demands
from weighbridge.model.outcomes import Unknown
from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import Namespace
from weighbridge.model.rules import Rule
from weighbridge.review import Judge as Judges
from weighbridge.review import Reviewer
from weighbridge.settings import Settings
from weighbridge.site.facts import ConfiguredSite, configured
from weighbridge.site.live import LiveSite
from weighbridge.site.objects import SiteObjects, read_folder
from weighbridge.site.signers import known_signers
from weighbridge.sources.interface import source_of
from weighbridge.store.remembered import Remembered
from weighbridge.verdict import checked


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
