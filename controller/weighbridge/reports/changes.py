"""What changed since an earlier report: new findings, and those that are gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from weighbridge.model.verdicts import Decision
from weighbridge.review import Review

Decided: TypeAlias = tuple[Review, Decision]
_Workload: TypeAlias = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A finding, by what it is about."""

    cluster: str
    namespace: str
    kind: str
    name: str
    rule: str
    model: str | None
    """As the workload names it."""

    @property
    def workload(self) -> _Workload:
        """Return what the finding's workload is known by."""
        return (self.cluster, self.namespace, self.kind, self.name)


@dataclass(frozen=True, slots=True)
class Changes:
    """Findings now against findings then; a rule that could not be decided now has mended nothing."""

    new: tuple[Change, ...]
    fixed: tuple[Change, ...]
    """No longer found, or the workload is gone."""
    unchanged: int
    not_decided: tuple[Change, ...]
    """Found then; now the rule could not be decided, or not everything could be read."""


def changes(then: Iterable[Decided], now: Iterable[Decided], all_read: bool) -> Changes:
    """Compare; `all_read` says that the input of now was read whole, so that a workload which is not in it is gone."""
    now = tuple(now)
    before, after = _findings(then), _findings(now)
    open_rules = {_workload(review, decision): _undecided(decision) for review, decision in now}
    gone = [one for one in before if one not in after]
    left_open = [one for one in gone if _left_open(one, open_rules, all_read)]
    return Changes(
        new=tuple(one for one in after if one not in before),
        fixed=tuple(one for one in gone if one not in set(left_open)),
        unchanged=sum(one in after for one in before),
        not_decided=tuple(left_open),
    )


def _left_open(one: Change, open_rules: Mapping[_Workload, frozenset[str]], all_read: bool) -> bool:
    rules = open_rules.get(one.workload)
    return not all_read if rules is None else one.rule in rules


def _findings(decided: Iterable[Decided]) -> dict[Change, None]:
    """Return findings in order, each once; what says only that something could not be decided is none."""
    return {
        Change(*_workload(review, decision), finding.rule, finding.model): None
        for review, decision in decided
        for finding in decision.verdict.findings
        if finding.because_unknown is None
    }


def _workload(review: Review, decision: Decision) -> _Workload:
    return (review.request.cluster, decision.namespace, decision.kind, decision.name)


def _undecided(decision: Decision) -> frozenset[str]:
    return frozenset(
        rule
        for finding in decision.verdict.findings
        if finding.because_unknown is not None
        for rule in finding.because_unknown.rules
    )
