"""Saved reports on disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from weighbridge.engine import bundles
from weighbridge.errors import BadReport
from weighbridge.model.rules import Rule
from weighbridge.reports import Run
from weighbridge.reports.saved import read

MAX_REPORT = 512 << 20
"""Bytes of one saved report; a hundred thousand findings have about a quarter of it."""


def read_report(path: str, rules: Mapping[str, Rule], most: int = MAX_REPORT) -> Run:
    """Read one. Raises `BadReport`."""
    shown = os.fsencode(path).decode("utf-8", "backslashreplace")
    try:
        with Path(path).open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise BadReport(f"{shown}: cannot be read: {error.strerror or error}") from None
    if len(content) > most:
        raise BadReport(f"{shown}: larger than {most} bytes. Fix: save one report for each cluster or folder")
    return read(content, shown, rules)


def rule_table(policies: Path | None) -> Mapping[str, Rule]:
    """Return what the rules of a policy folder say of themselves, the shipped one by default. Raises `BadPolicies`."""
    return bundles.load(policies or bundles.default_folder()).rules
