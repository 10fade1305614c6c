"""
The answer of an engine → a `Verdict` that can be trusted, or `EngineError`.

The policies say which rules complain and with what effect; the rule table adds severity and remedies,
the evidence adds places.
What the answer says of itself is computed again: an engine that contradicts itself decides nothing.
No input or output.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Literal

import msgspec

from weighbridge.errors import EngineError
from weighbridge.model.evidence import Place
from weighbridge.model.outcomes import Because
from weighbridge.model.rules import Rule
from weighbridge.model.verdicts import (
    Action,
    ExceptionUsed,
    Finding,
    Quote,
    Severity,
    Stage,
    StampUsed,
    UnknownSource,
    Verdict,
    WhoCanAct,
)

UNDECIDED = "evidence.available"
"""The rule that reports what could not be learnt."""

_FORCE = {"audit": 0, "warn": 1, "deny": 2, "excepted": 0}
_SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")
_FIX = "Fix: look at `main` of the policies, `opa test` shows what it answers"


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    """A part of the answer; a field that is not named here makes it unusable."""


class _Exception(_Strict):
    name: str
    namespace: str
    owner: str
    expires: int


class _Unknown(_Strict):
    because: Because
    host: str
    since: int | None
    rules: list[str]


class _Finding(_Strict):
    rule: str
    model: str | None
    action: Action
    effect: Literal["audit", "warn", "deny", "excepted"]
    message: str
    evidence: list[str]
    who_can_act: WhoCanAct
    exception: _Exception | None
    since: int | None
    because_unknown: _Unknown | None


class _Stamp(_Strict):
    model: str
    signer: str
    policy: str
    bundle: str
    verified_at: int
    until: int
    rules: list[str]


class _Answer(_Strict):
    stage: Stage
    allowed: bool
    would_allow: bool
    undecided: bool
    findings: list[_Finding]
    stamps: list[_Stamp] = []


def verdict_from(
    answer: object, rules: Mapping[str, Rule], places: Mapping[str, Mapping[str, Place]], revision: str
) -> Verdict:
    """
    Check an answer and complete it from the rule table and the places of facts (by reference, by pointer).

    Findings that deny come first, then the most severe.
    Raises `EngineError` for an answer that is malformed or contradicts itself.
    """
    return with_places(checked(answer, rules, revision), places)


def checked(answer: object, rules: Mapping[str, Rule], revision: str) -> Verdict:
    """
    Check an answer and complete it from the rule table; facts are quoted without places, so that it can be shared.

    Raises `EngineError` for an answer that is malformed or contradicts itself.
    """
    try:
        said = msgspec.convert(answer, _Answer)
    except msgspec.ValidationError as error:
        raise EngineError(f"policy answer: {_lower(str(error))}. {_FIX}") from None
    findings = tuple(sorted((_finding(one, rules) for one in said.findings), key=_order))
    verdict = Verdict(
        stage=said.stage,
        allowed=all(finding.effect != "deny" for finding in findings),
        would_allow=all(finding.action != "deny" or finding.effect == "excepted" for finding in findings),
        undecided=any(finding.rule == UNDECIDED for finding in findings),
        findings=findings,
        revision=revision,
        stamps=tuple(_stamp(one) for one in said.stamps),
    )
    for name in ("allowed", "would_allow", "undecided"):
        got, expected = getattr(said, name), getattr(verdict, name)
        if got != expected:
            raise EngineError(
                f"policy answer: contradicts itself, got {name} = {_json(got)}, "
                f"its findings say {_json(expected)}. {_FIX}"
            )
    return verdict


def with_places(verdict: Verdict, places: Mapping[str, Mapping[str, Place]]) -> Verdict:
    """Return the verdict with each quoted fact joined with the place where it stands."""
    return dataclasses.replace(
        verdict, findings=tuple(_placed(finding, places.get(finding.model or "", {})) for finding in verdict.findings)
    )


def _placed(finding: Finding, places: Mapping[str, Place]) -> Finding:
    if not finding.evidence:
        return finding
    return dataclasses.replace(
        finding, evidence=tuple(Quote(quote.fact, places.get(quote.fact)) for quote in finding.evidence)
    )


def _finding(said: _Finding, rules: Mapping[str, Rule]) -> Finding:
    rule = rules.get(said.rule)
    if rule is None:
        raise EngineError(f"policy answer: a finding of {said.rule!r}, which is not in the rule table. {_FIX}")
    if _FORCE[said.effect] > _FORCE[said.action]:
        raise EngineError(
            f"policy answer: {said.rule} has effect {said.effect}, its action is only {said.action}. {_FIX}"
        )
    if (said.exception is not None) != (said.effect == "excepted"):
        names = "names an exception" if said.exception else "names no exception"
        raise EngineError(f"policy answer: {said.rule} has effect {said.effect} and {names}. {_FIX}")
    if (said.because_unknown is not None) != (said.rule == UNDECIDED):
        says = "says" if said.because_unknown else "does not say"
        raise EngineError(f"policy answer: {said.rule} {says} what is unknown. {_FIX}")
    return Finding(
        rule=said.rule,
        model=said.model,
        action=said.action,
        effect=said.effect,
        severity=rule.severity,
        message=said.message,
        remedy=rule.remedy,
        who_can_act=said.who_can_act,
        evidence=tuple(Quote(pointer, None) for pointer in said.evidence),
        exception=_exception(said.exception),
        since=said.since,
        because_unknown=_unknown(said.because_unknown),
    )


def _exception(said: _Exception | None) -> ExceptionUsed | None:
    return None if said is None else ExceptionUsed(said.name, said.namespace, said.owner, said.expires)


def _unknown(said: _Unknown | None) -> UnknownSource | None:
    return None if said is None else UnknownSource(said.because, said.host, said.since, tuple(sorted(said.rules)))


def _stamp(said: _Stamp) -> StampUsed:
    rules = tuple(sorted(said.rules))
    return StampUsed(said.model, said.signer, said.policy, said.bundle, said.verified_at, said.until, rules)


def _order(finding: Finding) -> tuple[object, ...]:
    """Order findings of any engine alike, whatever order it answers in."""
    return (
        finding.effect != "deny",
        _SEVERITIES.index(finding.severity),
        finding.rule,
        finding.model or "",
        finding.message,
        finding.action,
        finding.effect,
        [quote.fact for quote in finding.evidence],
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _json(value: bool) -> str:
    return "true" if value else "false"
