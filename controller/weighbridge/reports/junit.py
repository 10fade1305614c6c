"""
JUnit XML for test tabs: a suite for each model, a case for each rule.

Only what refuses now is a failure, so that the tab and the exit code say the same: notes, warnings and exceptions are
skipped cases that say why, and what could not be decided is an error.
"""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from weighbridge.model.text import printable
from weighbridge.model.verdicts import Decision, Finding
from weighbridge.reports.phrases import LONGEST, excuse, fixes, places, subject, topic
from weighbridge.reports.run import Run
from weighbridge.review import Review

_NO_XML = str.maketrans({"\ufffe": "\\ufffe", "\uffff": "\\uffff"})
"""Two characters that are printed and still no XML; all others are written out by `printable`."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One rule about one model, or one thing that could not be read."""

    name: str
    topic: str
    file: str
    end: Literal["passed", "failure", "error", "skipped"] = "passed"
    type: str = ""
    message: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Suite:
    """All rules about one model of one workload."""

    name: str
    cases: Sequence[_Case]

    def count(self, end: str) -> int:
        return sum(case.end == end for case in self.cases)


def render(run: Run) -> str:
    """Return one document; its counters are those of its cases."""
    suites = [suite for review, decision in run.decisions for suite in _suites(run, review, decision)]
    if run.problems:
        suites.append(_Suite("not read", [_problem(problem) for problem in run.problems]))
    total = _Suite("weighbridge", [case for suite in suites for case in suite.cases])
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites{_counters(total)}{_is('time', f'{run.seconds:.3f}')}>",
    ]
    for suite in suites:
        lines.append(f"  <testsuite{_counters(suite)}>")
        lines += [_case(case) for case in suite.cases]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _suites(run: Run, review: Review, decision: Decision) -> Iterator[_Suite]:
    found: dict[str | None, dict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in decision.verdict.findings:
        undecided = finding.because_unknown.rules if finding.because_unknown else ()
        for rule in undecided or (finding.rule,):
            found[finding.model][rule].append(finding)
    models = dict.fromkeys(model.ref for model in decision.models)
    where = review.request.where
    for model in [*models, *(one for one in found if one not in models)] or [None]:
        about = f"{subject(decision)} {model}" if model else subject(decision)
        rules = [*run.rules, *(rule for rule in found[model] if rule not in run.rules)]
        if model is None and models:
            rules = list(found[model])
        yield _Suite(about, [_judged(rule, about, where.file if where else "", found[model][rule]) for rule in rules])


def _judged(rule: str, about: str, file: str, findings: Sequence[Finding]) -> _Case:
    case = _Case(f"{rule}: {about}", topic(rule), file)
    if not findings:
        return case
    end, first = min(
        ((_end(one), one) for one in findings), key=lambda pair: ("failure", "error", "skipped").index(pair[0])
    )
    messages = [
        f"{one.effect}: {one.message}" + (f" ({excuse(one.exception)})" if one.exception else "") for one in findings
    ]
    lines = [
        line for one, message in zip(findings, messages, strict=True) for line in (message, places(one), fixes(one))
    ]
    text = "\n".join(printable(line, LONGEST) for line in lines if line)
    return _Case(case.name, case.topic, file, end, first.action, f"{first.effect}: {first.message}", text)


def _end(finding: Finding) -> Literal["failure", "error", "skipped"]:
    if finding.because_unknown is not None:
        return "error"
    return "failure" if finding.effect == "deny" else "skipped"


def _problem(problem: str) -> _Case:
    return _Case(problem, "input", "", "error", "not read", problem, printable(problem, LONGEST))


def _counters(suite: _Suite) -> str:
    counts = (("tests", len(suite.cases)), ("failures", suite.count("failure")), ("errors", suite.count("error")))
    numbers = "".join(_is(name, str(count)) for name, count in (*counts, ("skipped", suite.count("skipped"))))
    return _is("name", suite.name) + numbers


def _case(case: _Case) -> str:
    opened = f"    <testcase{_is('classname', case.topic)}{_is('name', case.name)}{_is('file', case.file) if case.file else ''}"
    if case.end == "passed":
        return f"{opened}/>"
    kind = _is("type", case.type) if case.end != "skipped" else ""
    text = html.escape(case.text.translate(_NO_XML), quote=False)
    return f"{opened}>\n      <{case.end}{kind}{_is('message', case.message)}>{text}</{case.end}>\n    </testcase>"


def _is(name: str, value: str) -> str:
    return f' {name}="{html.escape(printable(value, LONGEST).translate(_NO_XML))}"'
