"""
The corridor, in reading order: find_models → gather → judge → decision.

The webhook, the command line and every later door come through here, so what a dry run says is what the cluster does.
There is no `try` on the path: an author's mistake is a finding, a source that fails is `Unknown`,
and an operator's mistake (`EngineError`) rises to the door.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from weighbridge.changes import controller_kind, to_judge, unchanged
from weighbridge.facts import Facts, WorkloadFacts, facts
from weighbridge.model.companions import Wanted
from weighbridge.model.evidence import Evidence, Place
from weighbridge.model.outcomes import Found
from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import Fetched, KubeObject, Namespace, Request
from weighbridge.model.serving import FoundModels
from weighbridge.model.site import SiteFacts
from weighbridge.model.verdicts import Decision, JudgedModel, Stage, Verdict
from weighbridge.workloads import find_models

COMPANIONS_SHARE = 0.2
"""Of the time for evidence, what may go into reading other objects first."""


class Gatherer(Protocol):
    """Finds out about models. Never raises: what cannot be learnt is `Unknown`."""

    async def gather(self, refs: Sequence[ModelRef], seconds: float) -> tuple[Evidence, ...]:
        """Return one `Evidence` per reference, in order, within `seconds`."""


class Judge(Protocol):
    """Asks the policies. Raises `EngineError` when they cannot be asked."""

    async def judge(self, document: Facts, places: Mapping[str, Mapping[str, Place]]) -> Verdict:
        """Return what the policies say; `places` (by reference, by pointer) is where the facts stand."""


class CompanionReader(Protocol):
    """Reads other objects that a workload names. Never raises: what cannot be had is `Unread`."""

    async def read(self, wanted: Sequence[Wanted], namespace: str, seconds: float) -> Fetched:
        """Return what is to be had of `wanted`, named by an object of `namespace`, within `seconds`."""


class Site(Protocol):
    """Knows what the platform has configured."""

    def facts_for(self, namespace: Namespace, evidence: Sequence[Evidence]) -> SiteFacts:
        """Return what speaks in this namespace about these models."""


@dataclass(frozen=True, slots=True)
class Review:
    """What became of a request; `decision` is `None` when nothing about models was to be decided."""

    request: Request
    found: FoundModels
    decision: Decision | None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Decides whether workloads may run the models they name."""

    gatherer: Gatherer
    judge: Judge
    site: Site
    clock: Callable[[], datetime]
    companions: CompanionReader | None = None
    """Reads what a workload names and its input does not hold; without one, that stays unresolved."""

    def reading(self, companions: CompanionReader) -> Reviewer:
        """Return a reviewer that looks for what a workload names and its input does not hold."""
        return replace(self, companions=companions)

    async def review(self, request: Request, seconds: float) -> Review:
        """
        Decide about one object.

        Evidence gathering is given up after `seconds`. Raises `EngineError` when the policies cannot be asked.
        """
        judged = to_judge(request)
        if judged is None:
            return Review(request, FoundModels(), None)
        request, found, seconds = await self._found(request, judged, seconds)
        if not found.of_interest or unchanged(request, found):
            return Review(request, found, None)

        evidence = await self.gatherer.gather(found.references, seconds)
        site = self.site.facts_for(request.namespace, evidence)
        document = facts(
            request.namespace.name, _workload(judged), found.serving, evidence, found.problems, site, self.clock()
        )
        verdict = await self.judge.judge(document, {str(one.ref): _places(one, request) for one in evidence})
        return Review(request, found, _decision(request, document, verdict, evidence), evidence)

    async def _found(self, request: Request, judged: KubeObject, seconds: float) -> tuple[Request, FoundModels, float]:
        """Find the models, once more with what the first look wanted; return the time that is left too."""
        found = find_models(judged, request.companions)
        if not found.wanted or self.companions is None:
            return request, found, seconds
        share = seconds * COMPANIONS_SHARE
        fetched = await self.companions.read(found.wanted, request.namespace.name, share)
        request = replace(request, companions=(*request.companions, *fetched.objects), unread=fetched.unread)
        return request, find_models(judged, request.companions, request.unread), seconds - share

    async def stage(self, namespace: Namespace) -> Stage:
        """
        Return the strictest stage any rule has in a namespace now.

        The policies are asked with no model, so that the composition of policies stays theirs alone.
        Raises `EngineError` when they cannot be asked.
        """
        site = self.site.facts_for(namespace, ())
        document = facts(namespace.name, WorkloadFacts("v1", "Namespace", None), (), (), (), site, self.clock())
        return (await self.judge.judge(document, {})).stage


def _workload(obj: KubeObject) -> WorkloadFacts:
    return WorkloadFacts(str(obj.get("apiVersion") or ""), str(obj.get("kind") or ""), controller_kind(obj))


def _places(evidence: Evidence, request: Request) -> Mapping[str, Place]:
    at = evidence.ref.found_at
    file, line = (request.where.file, request.where.line) if request.where else ("the object", None)
    return {**evidence.places, "reference": Place(file, line, f"{at.via} {at.raw}".strip()[:200] or None)}


def _decision(request: Request, document: Facts, verdict: Verdict, evidence: Sequence[Evidence]) -> Decision:
    metadata = request.object.get("metadata")
    name = metadata.get("name") or metadata.get("generateName") if isinstance(metadata, Mapping) else None
    return Decision(
        id=hashlib.blake2b(f"{verdict.revision} {document.key}".encode(), digest_size=6).hexdigest(),
        api_version=str(request.object.get("apiVersion") or ""),
        kind=str(request.object.get("kind") or ""),
        namespace=request.namespace.name,
        name=str(name or ""),
        models=tuple(_judged_model(one) for one in evidence),
        verdict=verdict,
    )


def _judged_model(evidence: Evidence) -> JudgedModel:
    match evidence.resolved:
        case Found(value=resolved):
            return JudgedModel(str(evidence.ref), evidence.ref.role, resolved.commit, resolved.digest)
        case _:
            return JudgedModel(str(evidence.ref), evidence.ref.role, None, None)
