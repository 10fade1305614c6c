"""`weighbridge inventory`: every model that manifests name."""

from __future__ import annotations

import argparse

from weighbridge.cli.reviewing import add_reviewing, reviewed
from weighbridge.cli.showing import show
from weighbridge.reports.inventory_formats import FORMATS


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "inventory",
        help="list every model in use",
        description=(
            "Lists every model that manifests name, with commit and digest, license, the models it comes from, and where it is used."
            " It reads manifests, not a cluster."
        ),
        epilog="exit codes: 0, 2 usage, 3 something could not be read",
    )
    add_reviewing(parser)
    parser.add_argument(
        "--output", choices=tuple(FORMATS), default="terminal", help="form of the list (default: terminal)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Gather, print, and return the exit code."""
    report = reviewed(arguments).run
    show(FORMATS[arguments.output](report))
    return 3 if report.problems else 0
