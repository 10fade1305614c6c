"""Markdown for merge requests and step summaries: what is refused and what to mend first, details folded."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from weighbridge.model.text import plural, printable, short_ref
from weighbridge.model.verdicts import Decision, Finding
from weighbridge.reports.phrases import excuse, fixes, places, subject, would_block
from weighbridge.reports.run import Run
from weighbridge.review import Review

MOST_OBJECTS = 200
"""Objects shown in detail; a step summary holds 1 MiB, a comment 64 KiB."""
MOST_FIXES = 10

_LONGEST = 600
_PLAIN = re.compile(r"[A-Za-z0-9:/@.#+=_-]+")
_MEANING = re.compile(r"[\\`*_{}\[\]<>#&|~@$]|:(?=\S)|(?<=www)\.", re.IGNORECASE)
_MARKS = {"deny": "**deny**"}


def render(run: Run) -> str:
    """Return one page: counts, namespaces, fixes, what could not be decided, and each object folded."""
    summary = run.summary
    title = f"{summary.denied} of {plural(summary.of_interest, 'workload')} refused"
    parts = (
        [f"# weighbridge: {title}", "", _closing(run)],
        _namespaces(run),
        _top_fixes(run),
        _undecided(run),
        _details(run),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def _closing(run: Run) -> str:
    summary = run.summary
    held_back = f", {summary.would_deny} of them would be refused in stage enforce" if summary.would_deny else ""
    revision = run.revision.removeprefix("sha256:")[:6]
    return (
        f"{summary.allowed} admitted{held_back}. Bundle {_code(revision)}, {escaped(run.engine)}, {run.seconds:.1f} s."
    )


def _namespaces(run: Run) -> Iterator[str]:
    by_namespace: dict[str, list[Decision]] = defaultdict(list)
    for _, decision in run.decisions:
        by_namespace[decision.namespace].append(decision)
    if not by_namespace:
        return
    yield from ("", "| namespace | workloads | refused | would be refused | not decided in full |", _rule(5))
    for name, decisions in sorted(by_namespace.items()):
        verdicts = [decision.verdict for decision in decisions]
        counts = (
            len(verdicts),
            sum(not one.allowed for one in verdicts),
            sum(one.allowed and not one.would_allow for one in verdicts),
            sum(one.undecided for one in verdicts),
        )
        yield _row(_code(name) if name else "cluster", *map(str, counts))


def _top_fixes(run: Run) -> Iterator[str]:
    """One missing license often explains many rows: fixes are counted by rule and model."""
    blocked: dict[tuple[str, str], set[int]] = defaultdict(set)
    example: dict[tuple[str, str], Finding] = {}
    for number, (_, decision) in enumerate(run.decisions):
        for finding in decision.verdict.findings:
            if would_block(finding) and finding.because_unknown is None:
                key = (finding.rule, finding.model or "")
                blocked[key].add(number)
                example.setdefault(key, finding)
    if not blocked:
        return
    yield from ("", "## What to mend first", "", "| workloads | rule | model | fix |", _rule(4))
    ordered = sorted(blocked, key=lambda key: (-len(blocked[key]), key))
    for key in ordered[:MOST_FIXES]:
        rule, model = key
        yield _row(str(len(blocked[key])), _code(rule), _model(model), escaped(fixes(example[key])))
    if len(ordered) > MOST_FIXES:
        yield from ("", f"{plural(len(ordered) - MOST_FIXES, 'more line')} in the JSON report.")


def _undecided(run: Run) -> Iterator[str]:
    messages: dict[str, int] = defaultdict(int)
    for _, _, finding in run.findings:
        if finding.because_unknown is not None:
            messages[finding.message] += 1
    if not messages and not run.problems:
        return
    yield from ("", "## What could not be decided", "")
    for message, count in messages.items():
        yield f"* {plural(count, 'finding')}: {escaped(message)}"
    yield from (f"* not read: {escaped(problem)}" for problem in run.problems)


def _details(run: Run) -> Iterator[str]:
    with_findings = [pair for pair in run.decisions if pair[1].verdict.findings]
    if not with_findings:
        return
    yield from ("", "## Workloads with findings")
    ordered = sorted(with_findings, key=lambda pair: (pair[1].verdict.allowed, pair[1].verdict.would_allow))
    for review, decision in ordered[:MOST_OBJECTS]:
        yield from _object(review, decision)
    if len(ordered) > MOST_OBJECTS:
        yield from ("", f"{plural(len(ordered) - MOST_OBJECTS, 'more workload')} in the JSON report.")


def _object(review: Review, decision: Decision) -> Iterator[str]:
    where = review.request.where
    place = f" at {escaped(f'{where.file}:{where.line}')}" if where else ""
    answer = _answer(decision)
    count = plural(len(decision.verdict.findings), "finding")
    cluster = f"{escaped(review.request.cluster)}: " if review.request.cluster else ""
    title = f"{cluster}{escaped(subject(decision))}: {answer}, {count}{place}"
    yield from ("", f"<details><summary>{title}</summary>", "")
    yield from ("| effect | rule | model | says | evidence | fix |", _rule(6))
    for finding in decision.verdict.findings:
        held = f" ({excuse(finding.exception)})" if finding.exception else ""
        yield _row(
            _MARKS.get(finding.effect, finding.effect),
            _code(finding.rule),
            _model(finding.model or ""),
            escaped(finding.message + held),
            escaped(places(finding)),
            escaped(fixes(finding)),
        )
    yield from ("", "</details>")


def _answer(decision: Decision) -> str:
    if decision.verdict.allowed:
        return "admitted" if decision.verdict.would_allow else "would be refused in stage enforce"
    denials = (one for one in decision.verdict.findings if one.effect == "deny")
    return "not decided" if all(one.because_unknown for one in denials) else "refused"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return _row(*["---"] * columns)


def _model(ref: str) -> str:
    return _code(short_ref(ref)) if ref else ""


def _code(text: str) -> str:
    """Plain names stand in code, where no site makes links or mentions of them; any other text is escaped."""
    return f"`{text}`" if _PLAIN.fullmatch(text) and len(text) <= _LONGEST else escaped(text)


def escaped(text: str) -> str:
    """
    Return text of others so that Markdown and HTML show it and do nothing else.

    Each character with a meaning becomes a character reference, which holds in table cells and in HTML alike;
    behind an @ stands a space of no width, or sites would notify whom it names.
    """
    shown = printable(text, _LONGEST)
    return _MEANING.sub(lambda match: f"&#{ord(match[0])};" + ("&#8203;" if match[0] == "@" else ""), shown)
