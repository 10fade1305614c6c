"""Text for people at a terminal: what is refused, why, who can mend it, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from weighbridge.model.text import plural, printable, short_ref
from weighbridge.model.verdicts import Decision, Finding, Quote, StampUsed
from weighbridge.reports.phrases import ACTORS
from weighbridge.reports.run import Run
from weighbridge.review import Review

_COLORS = {
    "deny": "31;1",
    "warn": "33",
    "audit": "2",
    "excepted": "36",
    "grace": "36",
    "DENIED": "31;1",
    "NOT": "33;1",
    "admitted": "32",
}
_WIDTH = 24
"""Columns of the rule id."""


def render(run: Run) -> str:
    """Return the whole report, with a final newline."""
    lines = [line for review, decision in run.decisions for line in _object(run, review, decision)]
    lines += [_paint(run, "warn", f"not read  {printable(problem)}") for problem in run.problems]
    return "\n".join([*lines, *_closing(run)]) + "\n"


def _object(run: Run, review: Review, decision: Decision) -> Iterator[str]:
    where = review.request.where
    place = f"{printable(where.file)}:{where.line}  " if where else ""
    name = f"{printable(decision.kind.lower(), 80)}/{printable(decision.name, 80)}"
    answer = _answer(decision)
    yield f"{place}{name}  ns {printable(decision.namespace, 80)}  stage {decision.verdict.stage}  {_paint(run, answer, answer)}"
    models = " · ".join(f"{printable(short_ref(one.ref), 160)} ({one.role})" for one in decision.models)
    yield f"  model {models}" if models else "  no model named, though it asks for an accelerator or runs an engine"
    for stamp in decision.verdict.stamps:
        yield _stamp(stamp)
    quiet = [one for one in decision.verdict.findings if one.effect == "audit" and not run.verbose]
    for finding in decision.verdict.findings:
        if finding not in quiet:
            yield from _finding(run, finding, len(decision.models) > 1)
    if quiet:
        yield _paint(run, "audit", f"  {plural(len(quiet), 'audit note')}: --verbose")


def _stamp(stamp: StampUsed) -> str:
    """Say who has looked before, when, and where that is signed."""
    when = datetime.fromtimestamp(stamp.verified_at // 1_000_000_000, tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
    bundle = stamp.bundle.removeprefix("sha256:")[:12]
    answered = plural(len(stamp.rules), "rule")
    return f"  stamp {answered} answered by {printable(stamp.signer, 80)} on {when}, bundle {bundle} (policy {printable(stamp.policy, 80)})"


def _answer(decision: Decision) -> str:
    if decision.verdict.allowed:
        return "admitted" if decision.verdict.would_allow else "admitted (would be refused in stage enforce)"
    denials = [one for one in decision.verdict.findings if one.effect == "deny"]
    return "NOT DECIDED" if all(one.because_unknown for one in denials) else "DENIED"


def _finding(run: Run, finding: Finding, several: bool) -> Iterator[str]:
    subject = f"{printable(short_ref(finding.model), 100)}: " if several and finding.model else ""
    effect = _paint(run, finding.effect, f"{finding.effect:<5}")
    yield f"  {effect} {finding.rule:<{_WIDTH}}  {subject}{printable(finding.message)}"
    if finding.exception:
        yield f"        exception {printable(finding.exception.name, 80)} of {printable(finding.exception.owner, 80)}"
    quotes = [text for text in map(_quote, finding.evidence) if text]
    if quotes:
        yield f"        {' · '.join(quotes[:4])}"
    if finding.effect in ("deny", "warn") or run.verbose:
        yield from _remedies(finding)


def _remedies(finding: Finding) -> Iterator[str]:
    yield f"        fix (you): {printable(finding.remedy.deployer)}"
    if finding.who_can_act != "you":
        yield f"        fix ({ACTORS[finding.who_can_act]}): {printable(finding.remedy.publisher)}"


def _quote(quote: Quote) -> str:
    if quote.place is None:
        return ""
    line = f":{quote.place.line}" if quote.place.line else ""
    place = f"{printable(quote.place.file, 100)}{line}"
    text = printable(quote.place.text or "", 100)
    if not text:
        return place
    return f"{place} {text}" if text.startswith('"') else f'{place} "{text}"'


def _closing(run: Run) -> Iterator[str]:
    summary = run.summary
    parts = [f"{summary.denied} denied", f"{summary.allowed} admitted"]
    if summary.would_deny:
        parts.append(f"{summary.would_deny} of them would be refused in stage enforce")
    if summary.undecided:
        parts.append(f"{summary.undecided} not decided in full")
    interest = f"{plural(summary.of_interest, 'object')} of interest among {summary.objects}"
    revision = run.revision.removeprefix("sha256:")[:6]
    yield f"{interest}: {', '.join(parts)} · bundle {revision} · {run.engine} · {run.seconds:.1f} s"
    denied = next((decision for _, decision in run.decisions if not decision.verdict.allowed), None)
    if denied is not None:
        yield "next: mend the manifest or the model, then run the same command again; --output json has every fact"


def _paint(run: Run, kind: str, text: str) -> str:
    code = _COLORS.get(kind.partition(" ")[0])
    return f"\033[{code}m{text}\033[0m" if run.color and code else text
