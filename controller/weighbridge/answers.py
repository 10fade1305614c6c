"""
What the API server is told; the only place that knows how kubectl shows it (DESIGN §8).

A denial is at most 1,000 bytes and each of its lines can be used alone; a warning is at most 120 characters.
No input or output.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from weighbridge.model.text import plural, printable, short_ref
from weighbridge.model.verdicts import Decision, Finding
from weighbridge.review import Review

DENIAL_BYTES = 1000
WARNING_CHARACTERS = 120
MOST_WARNINGS = 8
_ASK = ", or ask for an exception"
"""What remedies say where a site names no place to ask."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The part of an AdmissionResponse that we decide."""

    allowed: bool
    code: int = 200
    """HTTP status that kubectl shows for a denial: 403 refused, 503 not decided."""
    message: str = ""
    warnings: tuple[str, ...] = ()
    audit_annotations: Mapping[str, str] = field(default_factory=dict)
    """Keys without prefix; the API server puts the webhook's name before them."""


def answer(review: Review, ask_url: str | None = None) -> Answer:
    """Say what was decided; `ask_url` may hold `{decision}`, the place to ask for an exception."""
    decision = review.decision
    if decision is None:
        return Answer(allowed=True)
    annotations = _annotations(decision)
    if decision.verdict.allowed:
        return Answer(allowed=True, warnings=_warnings(decision), audit_annotations=annotations)
    only_unknown = all(one.because_unknown for one in decision.verdict.findings if one.effect == "deny")
    return Answer(
        allowed=False,
        code=503 if only_unknown else 403,
        message=_denial(decision, ask_url),
        audit_annotations=annotations,
    )


def not_decided(why: str, *, admit: bool) -> Answer:
    """Say that no decision could be had; `admit` is what the door does then."""
    text = printable(f"not decided: {why}", 600)
    if admit:
        return Answer(allowed=True, warnings=(_cut(f"weighbridge: {text}", WARNING_CHARACTERS),))
    return Answer(
        allowed=False,
        code=503,
        message=f"{text}\nplatform: look at the log of weighbridge   you: nothing to fix in this manifest",
    )


def _denial(decision: Decision, ask_url: str | None) -> str:
    denials = [one for one in decision.verdict.findings if one.effect == "deny"]
    violations = [one for one in denials if one.because_unknown is None]
    first = (violations or denials)[0]
    lines = [_line(first), *_remedies(first, decision, ask_url)]
    notes = len(decision.verdict.findings) - len(denials)
    shown = 1
    for one in [*violations, *(one for one in denials if one.because_unknown)][1:]:
        tried = [*lines, _line(one)]
        if _size([*tried, _tail(len(denials) - shown - 1, notes, decision)]) > DENIAL_BYTES:
            break
        lines, shown = tried, shown + 1
    return "\n" + _cut_bytes("\n".join(lines), _tail(len(denials) - shown, notes, decision))


def _line(finding: Finding) -> str:
    subject = f"{printable(short_ref(finding.model), 160)}: " if finding.model else ""
    prefix = "not decided: " if finding.because_unknown else ""
    return f"{prefix}{subject}{printable(finding.message, 300)} [{finding.rule}]"


def _remedies(finding: Finding, decision: Decision, ask_url: str | None) -> list[str]:
    if finding.because_unknown:
        return [f"platform: {finding.remedy.publisher}   you: {finding.remedy.deployer}"]
    ask = f", or ask: {ask_url.replace('{decision}', decision.id)}" if ask_url else ""
    deployer = finding.remedy.deployer.removesuffix(_ASK) if ask else finding.remedy.deployer
    lines = [f"you: {deployer}{ask}"]
    return lines if finding.who_can_act == "you" else [*lines, f"owner: {finding.remedy.publisher}"]


def _tail(more: int, notes: int, decision: Decision) -> str:
    parts = [plural(more, "more denial")] if more else []
    parts += [plural(notes, "note")] if notes else []
    return f"{', '.join(parts)}   (decision {decision.id})".strip()


def _size(lines: Sequence[str]) -> int:
    return len("\n".join(["", *lines]).encode())


def _cut_bytes(head: str, tail: str) -> str:
    room = DENIAL_BYTES - len(f"\n\n{tail}".encode())
    encoded = head.encode()
    if len(encoded) > room:
        head = encoded[: room - 3].decode(errors="ignore") + "…"
    return f"{head}\n{tail}"


def _warnings(decision: Decision) -> tuple[str, ...]:
    warned = [one for one in decision.verdict.findings if one.effect == "warn"]
    subjects = dict.fromkeys(one.model for one in warned)
    lines = [_folded(subject, [one for one in warned if one.model == subject], decision.id) for subject in subjects]
    if len(lines) > MOST_WARNINGS:
        hidden = plural(len(lines) - MOST_WARNINGS + 1, "more model")
        lines = [*lines[: MOST_WARNINGS - 1], f"weighbridge: {hidden} with notes (decision {decision.id})"]
    return tuple(lines)


def _folded(subject: str | None, findings: Sequence[Finding], decision_id: str) -> str:
    """Return `weighbridge: MODEL: 2 notes: …; … (decision ID)`; what does not fit is cut, never the id."""
    name = printable(short_ref(subject), 60) if subject else "this workload"
    tail = f" (decision {decision_id})"
    texts = "; ".join(_texts(findings))
    head = f"weighbridge: {name}: {plural(len(findings), 'note')}: {texts}"
    return _cut(head, WARNING_CHARACTERS - len(tail)) + tail


def _texts(findings: Iterable[Finding]) -> Iterable[str]:
    for one in findings:
        yield printable(one.message, WARNING_CHARACTERS)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _annotations(decision: Decision) -> dict[str, str]:
    found = decision.verdict.findings
    annotations = {"decision": decision.id, "revision": decision.verdict.revision, "stage": decision.verdict.stage}
    for key, effect in (("denied-by", "deny"), ("warned-by", "warn"), ("excepted", "excepted")):
        rules = sorted({one.rule for one in found if one.effect == effect})
        if rules:
            annotations[key] = ",".join(rules)
    return annotations
