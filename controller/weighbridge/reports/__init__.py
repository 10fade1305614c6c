"""
What is shown of decisions, one file per format.

A format is a function `render(run) -> str`; the registry below is the one line a new format needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from weighbridge.reports import json, terminal
from weighbridge.reports.run import Run

FORMATS: Mapping[str, Callable[[Run], str]] = {
    "terminal": terminal.render,
    "json": json.render,
}
"""By the name that `--output` takes."""

__all__ = ["FORMATS", "Run"]
