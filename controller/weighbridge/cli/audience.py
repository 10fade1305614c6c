"""Reports for people who decide, in the form and width that their output takes."""

from __future__ import annotations

import shutil
import sys

from weighbridge.cli.showing import show
from weighbridge.reports import FORMATS, Run
from weighbridge.reports import audit as audit_format
from weighbridge.reports.columns import WIDTH

CHOICES = tuple(FORMATS)
NARROWEST = 60
"""Columns below which lines are left to the terminal to break."""


def show_report(report: Run, form: str) -> None:
    """Print a report for people who decide, in a form of `CHOICES`."""
    show(audit_format.render(report, columns()) if form == "terminal" else FORMATS[form](report))


def columns() -> int:
    """Return the columns a report may have: those of the terminal within limits, the upper one where there is none."""
    if sys.stdout is None or not sys.stdout.isatty():
        return WIDTH
    return max(NARROWEST, min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns))
