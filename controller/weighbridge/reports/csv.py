"""CSV for spreadsheets: one row for each finding, and one for each thing that could not be read."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from weighbridge.model.text import printable
from weighbridge.model.verdicts import Decision, Finding
from weighbridge.reports.owners import owner
from weighbridge.reports.phrases import day, judged, places, would_block
from weighbridge.reports.run import Run
from weighbridge.review import Review

COLUMNS = (
    *("file", "line", "namespace", "kind", "name", "stage", "allowed", "would_allow"),
    *("model", "role", "commit", "digest"),
    *("rule", "severity", "action", "effect", "would_block", "message"),
    *("who_can_act", "fix_deployer", "fix_publisher", "evidence"),
    *("exception", "exception_owner", "expires", "decision"),
    *("cluster", "owner"),
)
LONGEST_CELL = 32_000
"""Characters; spreadsheets stop at 32,767."""

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet calculate a cell, also in full width."""


def render(run: Run) -> str:
    """Return a table with a header; cells that a spreadsheet would calculate begin with an apostrophe."""
    lines = Lines()
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(_row(_cells(review, decision, finding)) for review, decision, finding in run.findings)
    table.writerows(_row({"effect": "not read", "message": problem}) for problem in run.problems)
    return "".join(lines)


class Lines(list[str]):
    """Where the writer of the standard library writes to."""

    def write(self, text: str) -> None:
        """Keep it."""
        self.append(text)


def _row(cells: dict[str, object]) -> Sequence[str]:
    return [cell(cells.get(column)) for column in COLUMNS]


def cell(value: object) -> str:
    """Return a value as a spreadsheet may show it: one that it would calculate begins with an apostrophe."""
    if value is None:
        return ""
    text = printable(str(value).lower() if isinstance(value, bool) else str(value), LONGEST_CELL)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _cells(review: Review, decision: Decision, finding: Finding) -> dict[str, object]:
    return dict(_columns(review, decision, finding))


def _columns(review: Review, decision: Decision, finding: Finding) -> Iterator[tuple[str, object]]:
    where = review.request.where
    model = judged(decision, finding)
    verdict = decision.verdict
    yield from (("file", where and where.file), ("line", where and where.line))
    yield from (("namespace", decision.namespace), ("kind", decision.kind), ("name", decision.name))
    yield from (("stage", verdict.stage), ("allowed", verdict.allowed), ("would_allow", verdict.would_allow))
    yield ("model", finding.model)
    if model is not None:
        yield from (("role", model.role), ("commit", model.commit), ("digest", model.digest))
    yield from (("rule", finding.rule), ("severity", finding.severity), ("action", finding.action))
    yield from (("effect", finding.effect), ("would_block", would_block(finding)), ("message", finding.message))
    yield ("who_can_act", finding.who_can_act)
    yield from (("fix_deployer", finding.remedy.deployer), ("fix_publisher", finding.remedy.publisher))
    yield ("evidence", places(finding))
    if finding.exception is not None:
        yield from (("exception", finding.exception.name), ("exception_owner", finding.exception.owner))
        yield ("expires", day(finding.exception.expires))
    yield ("decision", decision.id)
    yield from (("cluster", review.request.cluster), ("owner", owner(review.request.object)))
