"""Text about one workload: every finding, under who can mend it, with what it rests on and how long it is held back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from weighbridge.model.text import plural, short_ref
from weighbridge.model.verdicts import Decision, Finding, Quote, WhoCanAct
from weighbridge.reports.columns import WIDTH, clipped, wrapped
from weighbridge.reports.outcomes import TITLES, outcome
from weighbridge.reports.phrases import day, subject
from weighbridge.reports.run import Run
from weighbridge.review import Review

TITLES_OF_ACTORS: Mapping[WhoCanAct, str] = {
    "you": "You, who deploy it, can act",
    "model_owner": "The owner of the model can act",
    "platform": "The platform can act",
    "policy_owner": "The owner of the policy can act",
}
"""In the order of the report."""
_EFFECTS = {
    "deny": "refuses it",
    "warn": "warns",
    "audit": "is noted",
    "excepted": "is held back by an exception",
    "grace": "is held back by grace",
}
_COLORS = {"deny": "31;1", "warn": "33", "audit": "2", "excepted": "36", "grace": "36"}
_MOST_QUOTES = 12


def render(run: Run, ask: Callable[[Review], str | None] = lambda _: None, width: int = WIDTH) -> str:
    """Return the reports of all decisions of a run; `ask` says where an exception is asked for, as an address with `{decision}`."""
    blocks = ["\n".join(_workload(run, *one, ask(one[0]), width)) for one in run.decisions]
    unread = [line for problem in run.problems for line in wrapped(f"not read: {problem}", width, "")]
    return "\n\n".join([*blocks, *(["\n".join(unread)] if unread else [])]) + "\n"


def _workload(run: Run, review: Review, decision: Decision, ask: str | None, width: int) -> Iterator[str]:
    where = review.request.where
    place = f", {where.file}:{where.line}" if where else ""
    cluster = f"{review.request.cluster}: " if review.request.cluster else ""
    yield from wrapped(f"{cluster}{subject(decision)}{place}", width, "")
    state = f"{TITLES[outcome(decision.verdict)]}, stage {decision.verdict.stage}, decision {decision.id}"
    yield from wrapped(state, width, "")
    for model in decision.models:
        yield from wrapped(f"model {short_ref(model.ref)} ({model.role})", width, "  ")
    if not decision.verdict.findings:
        yield "  No rule complains."
    for actor, title in TITLES_OF_ACTORS.items():
        group = [one for one in decision.verdict.findings if one.who_can_act == actor]
        if group:
            yield from ("", _paint(run, "1", f"{title} ({plural(len(group), 'finding')})"))
            for finding in group:
                yield from _finding(run, finding, width)
    if any(one.effect in ("deny", "warn") or one.action == "deny" for one in decision.verdict.findings):
        yield ""
        yield from _asking(decision, ask, width)


def _finding(run: Run, finding: Finding, width: int) -> Iterator[str]:
    effect = _EFFECTS[finding.effect]
    later = (
        ", will refuse it in stage enforce" if finding.action == "deny" and finding.effect in ("warn", "audit") else ""
    )
    yield _paint(run, _COLORS[finding.effect], clipped(f"  {finding.rule}  {finding.severity}, {effect}{later}", width))
    about = f"{short_ref(finding.model)}: " if finding.model else ""
    yield from wrapped(f"{about}{finding.message}", width, "    ", 4000)
    for quote in finding.evidence[:_MOST_QUOTES]:
        yield from wrapped(_quote(quote), width, "      ")
    if len(finding.evidence) > _MOST_QUOTES:
        yield f"      and {len(finding.evidence) - _MOST_QUOTES} more: --output json has all"
    if finding.because_unknown:
        yield from wrapped(f"could not be decided: {', '.join(finding.because_unknown.rules)}", width, "      ")
    yield from wrapped(f"you: {finding.remedy.deployer}", width, "    ")
    if finding.who_can_act != "you":
        yield from wrapped(f"owner: {finding.remedy.publisher}", width, "    ")
    yield from _lasting(finding, width)


def _quote(quote: Quote) -> str:
    if quote.place is None:
        return quote.fact
    line = f":{quote.place.line}" if quote.place.line else ""
    text = f" | {quote.place.text}" if quote.place.text else ""
    return f"{quote.place.file}{line}{text}"


def _lasting(finding: Finding, width: int) -> Iterator[str]:
    if finding.exception:
        used = finding.exception
        name = "/".join(part for part in (used.namespace, used.name) if part)
        yield from wrapped(f"exception {name} of {used.owner} lasts until {day(used.expires)}", width, "    ")
    if finding.grace_until is not None:
        yield f"    grace lasts until {day(finding.grace_until)}"


def _asking(decision: Decision, ask: str | None, width: int) -> Iterator[str]:
    if ask:
        address = ask.replace("{decision}", decision.id)
        yield from wrapped(f"ask for an exception: {address}", width, "")
    else:
        yield from wrapped(
            f"ask for an exception: name decision {decision.id} to who runs the platform; it needs an owner and a day on which it ends",
            width,
            "",
        )


def _paint(run: Run, code: str, text: str) -> str:
    return f"\033[{code}m{text}\033[0m" if run.color else text
