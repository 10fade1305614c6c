"""
What PolicyReport and OpenReports share: a report for each workload, a result for each finding.

A report says what would happen under stage enforce (`result`) and what happens now (`properties.effect`).
It has no timestamps, so that equal decisions give equal reports.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from weighbridge.model.text import printable
from weighbridge.model.verdicts import Decision, Finding
from weighbridge.reports.phrases import LONGEST, day, identity, judged, places, subject, topic, would_block
from weighbridge.reports.run import Run
from weighbridge.reports.yaml import quoted

SOURCE = "weighbridge"
Result: TypeAlias = Literal["fail", "warn", "error", "skip"]
STORED: tuple[Result, ...] = ("fail", "warn", "error", "skip")
"""Results that a report lists; what passed is only counted."""

_Workload: TypeAlias = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where the two APIs differ."""

    api_version: str
    kind: str
    cluster_kind: str
    """Of reports about objects without a namespace."""
    more: Mapping[str, object] = field(default_factory=dict)


def head(run: Run) -> str:
    """Return comments: reports are about workloads, so what could not be read has no other place."""
    unread = "".join(f"# not read: {quoted(printable(problem, LONGEST))}\n" for problem in run.problems)
    return unread or ("" if run.decisions else "# no workload of interest\n")


def objects(run: Run, dialect: Dialect) -> Iterator[Mapping[str, object]]:
    """Return a report for each workload; one that stands in the input twice has one report."""
    by_workload: dict[_Workload, list[Decision]] = {}
    for _, decision in run.decisions:
        workload = (decision.api_version, decision.kind, decision.namespace, decision.name)
        by_workload.setdefault(workload, []).append(decision)
    for workload, decisions in by_workload.items():
        yield _report(run, dialect, workload, decisions)


def _report(run: Run, dialect: Dialect, workload: _Workload, decisions: list[Decision]) -> Mapping[str, object]:
    api_version, kind, namespace, name = workload
    place = {"namespace": printable(namespace, 253)} if namespace else {}
    seen: Counter[str] = Counter()
    results = [_result(one, finding, seen) for one in decisions for finding in one.verdict.findings]
    counts = Counter(str(result["result"]) for result in results)
    passed = sum(_passed(run, decision) for decision in decisions)
    return {
        "apiVersion": dialect.api_version,
        "kind": dialect.kind if namespace else dialect.cluster_kind,
        "metadata": {
            "name": f"wb-{_digest(*workload)}",
            **place,
            "labels": {"app.kubernetes.io/managed-by": SOURCE},
            "annotations": {"weighbridge.dev/bundle": run.revision},
        },
        **dialect.more,
        "scope": {"apiVersion": printable(api_version), "kind": printable(kind), **place, "name": printable(name)},
        "summary": {"pass": passed} | {str(result): counts[result] for result in STORED},
        "results": results,
    }


def _passed(run: Run, decision: Decision) -> int:
    """Count the rules that say nothing; one that could not be decided has not passed."""
    complaining = {finding.rule for finding in decision.verdict.findings}
    for finding in decision.verdict.findings:
        complaining.update(finding.because_unknown.rules if finding.because_unknown else ())
    return len(run.rules.keys() - complaining)


def _result(decision: Decision, finding: Finding, seen: Counter[str]) -> Mapping[str, object]:
    return {
        "source": SOURCE,
        "policy": topic(finding.rule),
        "rule": finding.rule,
        "category": topic(finding.rule),
        "severity": finding.severity,
        "result": _outcome(finding),
        "scored": finding.action != "audit",
        "message": printable(finding.message, LONGEST),
        "properties": dict(sorted(_properties(decision, finding, seen).items())),
    }


def _outcome(finding: Finding) -> Result:
    if finding.because_unknown is not None:
        return "error"
    if finding.effect == "excepted":
        return "skip"
    return "fail" if finding.action == "deny" else "warn"


def _properties(decision: Decision, finding: Finding, seen: Counter[str]) -> dict[str, str]:
    model = judged(decision, finding)
    key = _digest(finding.rule, identity(decision, finding), decision.api_version, decision.kind, subject(decision))
    seen[key] += 1
    said = {
        "resultID": key if seen[key] == 1 else f"{key}-{seen[key]}",
        "action": finding.action,
        "effect": finding.effect,
        "wouldBlock": str(would_block(finding)).lower(),
        "whoCanAct": finding.who_can_act,
        "fixDeployer": finding.remedy.deployer,
        "fixPublisher": finding.remedy.publisher,
        "decision": decision.id,
        "evidence": places(finding),
        "model": finding.model,
        "commit": model and model.commit,
        "digest": model and model.digest,
    }
    if finding.exception is not None:
        said["exception"] = finding.exception.name
        said["expires"] = day(finding.exception.expires)
    return {name: printable(value, LONGEST) for name, value in said.items() if value}


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="backslashreplace")).hexdigest()[:16]
