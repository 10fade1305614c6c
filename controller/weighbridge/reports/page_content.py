"""
What the page's script shows: workloads, verdicts, models and rules, each said once.

Ten thousand Pods of one template share a verdict and its models, so that the page stays small.
Text of others is cut and made visible here; the script adds nothing to it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from weighbridge.model.requests import Request
from weighbridge.model.rules import Rule
from weighbridge.model.text import printable
from weighbridge.model.verdicts import Decision, Finding, JudgedModel, Quote, Verdict
from weighbridge.reports.outcomes import TITLES, outcome
from weighbridge.reports.page_models import model_content
from weighbridge.reports.phrases import ACTORS, day
from weighbridge.reports.run import Run

_QUOTES = 12
"""Quoted facts of one finding."""

Key = TypeVar("Key", bound=Hashable)


class _Places(Generic[Key]):
    """Things in the order in which they were first named."""

    def __init__(self) -> None:
        self.places: dict[Key, int] = {}

    def of(self, key: Key) -> int:
        """Return the place of a thing, a new one for what was not named before."""
        return self.places.setdefault(key, len(self.places))


def content(run: Run) -> Mapping[str, object]:
    """Return the data of the page."""
    verdicts: _Places[Verdict] = _Places()
    models: _Places[str] = _Places()
    judged: dict[str, JudgedModel] = {}
    workloads = []
    for review, decision in run.decisions:
        judged.update((one.ref, one) for one in decision.models)
        named = [models.of(one.ref) for one in decision.models]
        workloads.append(_workload(review.request, decision, verdicts.of(decision.verdict), named))
    known = {str(one.ref): one for review, _ in run.decisions for one in review.evidence}
    ids = {one.rule for verdict in verdicts.places for one in verdict.findings}
    return {
        "outcomes": TITLES,
        "workloads": workloads,
        "verdicts": [_verdict(one, models) for one in verdicts.places],
        "models": [model_content(judged.get(ref), ref, known.get(ref)) for ref in models.places],
        "rules": {name: _rule(run.rules.get(name)) for name in sorted(ids)},
    }


def _workload(request: Request, decision: Decision, verdict: int, models: list[int]) -> Mapping[str, object]:
    place = f"{printable(request.where.file, 300)}:{request.where.line}" if request.where else ""
    cluster = f"{printable(request.cluster, 100)}:" if request.cluster else ""
    return {
        "kind": printable(decision.kind, 100),
        "namespace": printable(decision.namespace, 253) or "cluster",
        "name": printable(decision.name, 253),
        "at": " ".join(part for part in (cluster, place) if part),
        "id": decision.id,
        "verdict": verdict,
        "models": models,
    }


def _verdict(verdict: Verdict, models: _Places[str]) -> Mapping[str, object]:
    return {
        "outcome": outcome(verdict),
        "stage": verdict.stage,
        "findings": [_finding(one, models) for one in verdict.findings],
    }


def _finding(finding: Finding, models: _Places[str]) -> Mapping[str, object]:
    held = finding.exception
    return {
        "rule": finding.rule,
        "model": None if finding.model is None else models.of(finding.model),
        "action": finding.action,
        "effect": finding.effect,
        "severity": finding.severity,
        "message": printable(finding.message, 2000),
        "actor": ACTORS[finding.who_can_act],
        "you": printable(finding.remedy.deployer),
        "owner": printable(finding.remedy.publisher),
        "facts": [printable(one.fact, 300) for one in finding.evidence[:_QUOTES]],
        "quotes": [text for text in map(_quote, finding.evidence[:_QUOTES]) if text],
        "unknown": finding.because_unknown is not None,
        "exception": None
        if held is None
        else {
            "name": printable(held.name, 253),
            "owner": printable(held.owner, 200),
            "expires": day(held.expires),
        },
        "grace": None if finding.grace_until is None else day(finding.grace_until),
    }


def _quote(quote: Quote) -> list[str]:
    """Return where a fact stands and what stands there."""
    if quote.place is None:
        return []
    line = f":{quote.place.line}" if quote.place.line else ""
    return [f"{printable(quote.place.file, 200)}{line}", printable(quote.place.text or "", 200)]


def _rule(rule: Rule | None) -> Mapping[str, str]:
    return {"title": rule.title, "description": rule.description} if rule else {"title": "", "description": ""}
