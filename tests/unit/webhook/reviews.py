"""Reviews of a known outcome, for the doors before them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

from weighbridge.errors import EngineError
from weighbridge.model.requests import Namespace, Request
from weighbridge.model.serving import FoundModels
from weighbridge.model.verdicts import Decision, Effect, Finding, Remedy, Stage, UnknownSource, Verdict
from weighbridge.review import CompanionReader, Review

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "chat"}, "spec": {"containers": []}}


def body(uid: str = "u1", namespace: str = "team") -> bytes:
    """Return an AdmissionReview about a Pod."""
    request = {"uid": uid, "operation": "CREATE", "namespace": namespace, "object": POD}
    return json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}).encode()


def finding(effect: Effect, *, unknown: bool = False) -> Finding:
    """Return a finding with an effect."""
    because = UnknownSource("timeout", "hub.example", None, ("card.present",)) if unknown else None
    return Finding(
        rule="card.present",
        model="hf://acme/x@main",
        action="deny",
        effect=effect,
        severity="high",
        message="has no card",
        remedy=Remedy("serve another", "write one"),
        who_can_act="model_owner",
        because_unknown=because,
    )


def decision(*findings: Finding, stage: Stage = "enforce") -> Decision:
    """Return a decision with these findings."""
    allowed = all(one.effect != "deny" for one in findings)
    verdict = Verdict(stage, allowed, allowed, False, findings, "sha256:r")
    return Decision("0123456789ab", "v1", "Pod", "team", "chat", (), verdict)


@dataclass(slots=True)
class Scripted:
    """Reviews that end as told."""

    decided: Decision | None = None
    fails: Exception | None = None
    waits: asyncio.Event | None = None
    stages: dict[str, Stage] = field(default_factory=dict)
    seen: list[tuple[Request, float]] = field(default_factory=list)
    readers: list[CompanionReader] = field(default_factory=list)

    async def review(self, request: Request, seconds: float) -> Review:
        """Return the decision, or fail."""
        self.seen.append((request, seconds))
        if self.waits is not None:
            await self.waits.wait()
        if self.fails is not None:
            raise self.fails
        return Review(request, FoundModels(), self.decided)

    def reading(self, companions: CompanionReader) -> Scripted:
        """Remember who reads companions."""
        self.readers.append(companions)
        return self

    async def stage(self, namespace: Namespace) -> Stage:
        """Return the stage of a namespace."""
        if self.fails is not None:
            raise self.fails
        return self.stages.get(namespace.name, "audit")


DOWN = EngineError("opa: no answer at /run/opa.sock")
