"""`weighbridge report`: renders saved reports, one or several."""

from __future__ import annotations

import argparse
from pathlib import Path

from weighbridge.cli.audience import CHOICES, show_report
from weighbridge.cli.reviewing import color
from weighbridge.cli.saved_reports import read_report, rule_table
from weighbridge.errors import UserError
from weighbridge.reports import OF_SEVERAL_CLUSTERS
from weighbridge.reports.saved import merged


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "report",
        help="render and merge saved reports",
        description="Renders reports that check or audit saved with --output json; several are merged, each under the name of its cluster.",
        epilog="exit codes: 0, 2 usage",
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="saved reports; the cluster is called as the file is")
    parser.add_argument(
        "--cluster",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="a saved report of the cluster NAME (repeat)",
    )
    parser.add_argument("--output", choices=CHOICES, default="terminal", help="form of the report (default: terminal)")
    parser.add_argument(
        "--policies", type=Path, metavar="DIR", help="policy folder with the titles of rules (default: the shipped one)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, merge, print."""
    named = [(Path(file).stem, file) for file in arguments.files] + [_named(text) for text in arguments.cluster]
    if not named:
        raise UserError("report: names no file. Fix: name a report saved with --output json, or --cluster NAME=FILE")
    names = [name for name, _ in named]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UserError(f"report: two reports are called {twice!r}. Fix: name them with --cluster NAME=FILE")
    rules = rule_table(arguments.policies)
    runs = [(name, read_report(file, rules)) for name, file in named]
    several = len(runs) > 1 or bool(arguments.cluster)
    whole = merged(runs) if several else runs[0][1]
    if len(whole.clusters) > 1 and arguments.output not in OF_SEVERAL_CLUSTERS:
        fitting = ", ".join(OF_SEVERAL_CLUSTERS)
        raise UserError(
            f"report: {arguments.output} cannot tell clusters apart, got {len(whole.clusters)}. Fix: render each by itself, or use {fitting}"
        )
    show_report(color(whole), arguments.output)
    return 0


def _named(text: str) -> tuple[str, str]:
    name, equals, file = text.partition("=")
    if not (name and equals and file):
        raise UserError(f"--cluster: got {text!r}, expected NAME=FILE")
    return name, file
