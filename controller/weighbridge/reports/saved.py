"""
Reports that were saved as JSON, read back: `check --output json`, `audit --output json`, version 1.

A saved report is a file from outside: what does not have the shape is refused whole, keys that a later version adds are passed over.
No input or output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

import msgspec

from weighbridge.errors import BadReport
from weighbridge.model.evidence import Place
from weighbridge.model.requests import Namespace, Request, Where
from weighbridge.model.rules import Rule
from weighbridge.model.serving import FoundModels
from weighbridge.model.verdicts import (
    Action,
    Decision,
    Effect,
    ExceptionUsed,
    Finding,
    JudgedModel,
    Quote,
    Remedy,
    Severity,
    Stage,
    UnknownSource,
    Verdict,
    WhoCanAct,
)
from weighbridge.reports.json import VERSION
from weighbridge.reports.run import Run
from weighbridge.review import Review

MOST_OBJECTS = 1_000_000
"""Objects that one report may count."""
_FIX = "Fix: give a file written by weighbridge check or audit with --output json"

_Nanoseconds = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=MOST_OBJECTS)]


class _Version(msgspec.Struct):
    version: int


class _Exception(msgspec.Struct):
    name: str
    namespace: str
    owner: str
    expires: _Nanoseconds


class _Quote(msgspec.Struct):
    fact: str
    file: str | None
    line: int | None
    text: str | None


class _Finding(msgspec.Struct):
    rule: str
    model: str | None
    action: Action
    effect: Effect
    severity: Severity
    message: str
    remedy: Remedy
    who_can_act: WhoCanAct
    evidence: list[_Quote]
    exception: _Exception | None
    since: int | None
    grace_until: _Nanoseconds | None
    because_unknown: UnknownSource | None


class _Object(msgspec.Struct, rename={"api_version": "apiVersion"}):
    api_version: str
    kind: str
    namespace: str
    name: str
    file: str | None
    line: int | None


class _Decision(msgspec.Struct):
    id: str
    object: _Object
    stage: Stage
    allowed: bool
    would_allow: bool
    undecided: bool
    models: list[JudgedModel]
    findings: list[_Finding]
    owner: str | None = None
    cluster: str = ""


class _Summary(msgspec.Struct):
    objects: _Count


class _Report(msgspec.Struct):
    decisions: list[_Decision]
    summary: _Summary
    problems: list[str]
    engine: str
    revision: str
    seconds: float = 0.0


def read(content: bytes, name: str, rules: Mapping[str, Rule]) -> Run:
    """
    Return the run that a document tells of; `rules` say what its rules are called.

    Evidence is not saved, so models of such a run have none. Raises `BadReport`, which begins with `name`.
    """
    try:
        version = msgspec.json.decode(content, type=_Version).version
        if version != VERSION:
            raise BadReport(
                f"{name}: is a report of version {version}, expected version {VERSION}. {_FIX} of this version"
            )
        saved = msgspec.json.decode(content, type=_Report)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadReport(f"{name}: not a saved report: {error}. {_FIX}") from None
    except RecursionError:
        raise BadReport(f"{name}: not a saved report: nested too deep. {_FIX}") from None
    reviews = [_review(one, saved.revision) for one in saved.decisions]
    quiet = Review(Request({}, Namespace("")), FoundModels(), None)
    silent = [quiet] * (saved.summary.objects - len(reviews))
    return Run((*reviews, *silent), tuple(saved.problems), saved.engine, saved.revision, saved.seconds, rules=rules)


def merged(runs: Sequence[tuple[str, Run]]) -> Run:
    """Return one run of several, each with the name of its cluster; a report that names clusters already keeps its names."""
    reviews = tuple(_named(review, cluster) for cluster, run in runs for review in run.reviews)
    problems = tuple(f"{cluster}: {problem}" for cluster, run in runs for problem in run.problems)
    engines = dict.fromkeys(run.engine for _, run in runs)
    revisions = dict.fromkeys(run.revision for _, run in runs)
    seconds = sum(run.seconds for _, run in runs)
    return Run(reviews, problems, ", ".join(engines), ", ".join(revisions), seconds, rules=runs[0][1].rules)


def _named(review: Review, cluster: str) -> Review:
    if review.decision is None or review.request.cluster:
        return review
    return replace(review, request=replace(review.request, cluster=cluster))


def _review(saved: _Decision, revision: str) -> Review:
    about = saved.object
    where = None if about.file is None else Where(about.file, about.line or 0)
    labels = {"owner": saved.owner} if saved.owner else {}
    request = Request({"metadata": {"labels": labels}}, Namespace(about.namespace), where=where, cluster=saved.cluster)
    findings = tuple(_finding(one) for one in saved.findings)
    verdict = Verdict(saved.stage, saved.allowed, saved.would_allow, saved.undecided, findings, revision)
    decision = Decision(
        saved.id, about.api_version, about.kind, about.namespace, about.name, tuple(saved.models), verdict
    )
    return Review(request, FoundModels(of_interest=True), decision)


def _finding(saved: _Finding) -> Finding:
    used = saved.exception
    excused = None if used is None else ExceptionUsed(used.name, used.namespace, used.owner, used.expires)
    return Finding(
        rule=saved.rule,
        model=saved.model,
        action=saved.action,
        effect=saved.effect,
        severity=saved.severity,
        message=saved.message,
        remedy=saved.remedy,
        who_can_act=saved.who_can_act,
        evidence=tuple(_quote(one) for one in saved.evidence),
        exception=excused,
        since=saved.since,
        grace_until=saved.grace_until,
        because_unknown=saved.because_unknown,
    )


def _quote(saved: _Quote) -> Quote:
    return Quote(saved.fact, None if saved.file is None else Place(saved.file, saved.line, saved.text))
