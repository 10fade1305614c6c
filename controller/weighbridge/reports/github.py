"""Workflow commands of GitHub Actions: an annotation at the line of the manifest for each finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from weighbridge.model.text import plural, printable, short_ref
from weighbridge.model.verdicts import Decision, Effect, Finding
from weighbridge.reports.phrases import LONGEST, excuse, fixes, places, subject
from weighbridge.reports.run import Run
from weighbridge.review import Review

_COMMANDS: Mapping[Effect, str] = {
    "deny": "error",
    "warn": "warning",
    "audit": "notice",
    "excepted": "notice",
    "grace": "warning",
}
_ORDER = ("error", "warning", "notice")


def render(run: Run) -> str:
    """
    Return one command a line, errors first: GitHub shows only the first few of a step.

    Audit notes are counted and shown only where `verbose` asks for them.
    """
    shown = [found for found in run.findings if run.verbose or found[2].effect != "audit"]
    commands = [(_COMMANDS[finding.effect], _finding(review, decision, finding)) for review, decision, finding in shown]
    commands += [("error", f" title=not read::{_message(problem)}") for problem in run.problems]
    ordered = sorted(commands, key=lambda pair: _ORDER.index(pair[0]))
    return "\n".join([*(f"::{command}{rest}" for command, rest in ordered), *_closing(run, len(shown))]) + "\n"


def _finding(review: Review, decision: Decision, finding: Finding) -> str:
    where = review.request.where
    place = f" file={_property(where.file)},line={where.line}," if where and where.file != "-" else " "
    about = f"{subject(decision)} {short_ref(finding.model)}" if finding.model else subject(decision)
    held = f" ({excuse(finding.exception)})" if finding.exception else ""
    lines = (f"{about}: {printable(finding.message, LONGEST)}{held}", places(finding), fixes(finding))
    text = "%0A".join(_message(line) for line in lines if line)
    return f"{place}title={_property(finding.rule)}::{text}"


def _closing(run: Run, shown: int) -> Iterator[str]:
    summary = run.summary
    hidden = sum(summary.findings.values()) - shown
    notes = f", {plural(hidden, 'audit note')} (--verbose)" if hidden else ""
    interest = f"{plural(summary.of_interest, 'object')} of interest among {summary.objects}"
    yield f"{interest}: {summary.denied} denied, {summary.allowed} admitted{notes}"


def _message(text: str) -> str:
    """A line break or a percent sign of others would end the command and begin one of theirs."""
    return printable(text, LONGEST).replace("%", "%25")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
