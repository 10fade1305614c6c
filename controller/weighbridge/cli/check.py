"""`weighbridge check`: reviews manifests as the cluster would."""

from __future__ import annotations

import argparse
from dataclasses import replace

from weighbridge.cli.reviewing import add_reviewing, reviewed
from weighbridge.cli.showing import show
from weighbridge.reports import FORMATS, Run

FAIL_ON = ("deny", "would-deny", "warn", "never")


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "check",
        help="review manifests as the cluster would",
        description="Reviews manifests as the cluster would: finds the models they name, gathers evidence, asks the policies.",
        epilog="exit codes: 1 refused, 3 not decided or something could not be read, 2 usage, else 0",
    )
    add_reviewing(parser)
    parser.add_argument(
        "--output", choices=tuple(FORMATS), default="terminal", help="form of the report (default: terminal)"
    )
    parser.add_argument(
        "--fail-on", choices=FAIL_ON, default="deny", help="which effect ends with exit 1 (default: deny)"
    )
    parser.add_argument("--verbose", action="store_true", help="show audit notes too")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Review, print, and return the exit code."""
    report = replace(reviewed(arguments).run, verbose=arguments.verbose)
    show(FORMATS[arguments.output](report))
    return exit_code(report, arguments.fail_on)


def exit_code(report: Run, fail_on: str) -> int:
    """
    Return 1 if a finding other than evidence.available has the effect, else 3 if something was not decided, else 0.

    `would-deny` also counts what is only held back by its stage, `warn` counts warnings too, `never` counts nothing.
    """
    if fail_on == "never":
        return 0
    findings = [finding for _, decision in report.decisions for finding in decision.verdict.findings]
    effects = {"deny": ("deny",), "would-deny": ("deny",), "warn": ("deny", "warn")}[fail_on]
    failing = [
        one
        for one in findings
        if one.effect in effects or (fail_on == "would-deny" and one.action == "deny" and one.effect != "excepted")
    ]
    if any(one.because_unknown is None for one in failing):
        return 1
    return 3 if failing or report.problems else 0
