"""`weighbridge audit`: what enforcing would do to folders of manifests."""

from __future__ import annotations

import argparse
from dataclasses import replace

from weighbridge.cli.audience import CHOICES, show_report
from weighbridge.cli.check import FAIL_ON, exit_code
from weighbridge.cli.reviewing import add_reviewing, reviewed
from weighbridge.cli.saved_reports import read_report
from weighbridge.reports.changes import changes


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "audit",
        help="say what enforcing would do to folders of manifests",
        description=(
            "Reviews manifests as check does and reports for people who decide: what would be blocked if every namespace enforced today, by"
            " namespace, owner, rule and model, what to mend first, exceptions, and what could not be decided. It reads manifests, not a cluster."
        ),
        epilog="exit codes: 0; with --fail-on 1 and 3 as check has them; 2 usage",
    )
    add_reviewing(parser)
    parser.add_argument("--output", choices=CHOICES, default="terminal", help="form of the report (default: terminal)")
    parser.add_argument("--baseline", metavar="FILE", help="earlier report (--output json) to compare with")
    parser.add_argument(
        "--fail-on", choices=FAIL_ON, default="never", help="which effect ends with exit 1 (default: never)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Review, compare, print, and return the exit code."""
    baseline = read_report(arguments.baseline, {}) if arguments.baseline else None
    report = reviewed(arguments).run
    if baseline is not None:
        report = replace(report, changes=changes(baseline.decisions, report.decisions, all_read=not report.problems))
    show_report(report, arguments.output)
    return exit_code(report, arguments.fail_on)
