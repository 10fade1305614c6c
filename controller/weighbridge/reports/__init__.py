"""
What is shown of decisions, one file per format.

A format is a function `render(run) -> str`; the registry below is the one line a new format needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from weighbridge.reports import (
    csv,
    github,
    html,
    json,
    junit,
    markdown,
    openreports,
    policyreport,
    sarif,
    terminal,
    yaml,
)
from weighbridge.reports.run import Run

FORMATS: Mapping[str, Callable[[Run], str]] = {
    "terminal": terminal.render,
    "json": json.render,
    "yaml": yaml.render,
    "csv": csv.render,
    "markdown": markdown.render,
    "junit": junit.render,
    "sarif": sarif.render,
    "github": github.render,
    "html": html.render,
    "policyreport": policyreport.render,
    "openreports": openreports.render,
}
"""By the name that `--output` takes."""
OF_SEVERAL_CLUSTERS = ("terminal", "json", "yaml", "csv", "markdown", "html")
"""Formats that tell workloads of two clusters apart."""

__all__ = ["FORMATS", "OF_SEVERAL_CLUSTERS", "Run"]
