"""`weighbridge check`: reviews manifests as the cluster would."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time

from weighbridge.cli.manifests import Manifests, read, requests
from weighbridge.cli.neighbors import neighbors
from weighbridge.cli.options import add_judging, add_profile, labels_of, settings_of
from weighbridge.cli.showing import show
from weighbridge.errors import EngineError
from weighbridge.reports import FORMATS, Run
from weighbridge.review import Review
from weighbridge.settings import Settings
from weighbridge.wiring import assembled

FAIL_ON = ("deny", "would-deny", "warn", "never")
AT_ONCE = 8
"""Objects under review at the same time."""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "check",
        help="review manifests as the cluster would",
        description="Reviews manifests as the cluster would: finds the models they name, gathers evidence, asks the policies.",
        epilog="exit codes: 1 refused, 3 not decided or something could not be read, 2 usage, else 0",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="manifest files or folders; - is standard input")
    add_judging(parser)
    add_profile(parser)
    parser.add_argument("--namespace", default="default", help="namespace of objects that name none (default: default)")
    parser.add_argument(
        "--namespace-labels", default="", metavar="K=V,…", help="labels of namespaces the input does not define"
    )
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
    labels = labels_of(arguments.namespace_labels)
    manifests = read(arguments.paths)
    report = asyncio.run(_review(arguments, settings_of(arguments), manifests, labels))
    show(FORMATS[arguments.output](report))
    return exit_code(report, arguments.fail_on)


async def _review(
    arguments: argparse.Namespace, settings: Settings, manifests: Manifests, labels: dict[str, str]
) -> Run:
    begun = time.monotonic()
    todo = requests(manifests, arguments.namespace, labels)
    async with assembled(settings) as assembly:
        reviewer = assembly.reviewer.reading(neighbors(manifests, arguments.namespace))
        room = asyncio.Semaphore(AT_ONCE)
        problems: list[str] = list(manifests.problems)

        async def one(index: int) -> Review | None:
            async with room:
                try:
                    return await reviewer.review(todo[index], settings.gather_seconds)
                except EngineError as error:
                    where = todo[index].where
                    problems.append(f"{where.file if where else ''}:{where.line if where else 0}: not decided: {error}")
                    return None

        reviews = await asyncio.gather(*(one(index) for index in range(len(todo))))
        return Run(
            tuple(review for review in reviews if review is not None),
            tuple(problems),
            assembly.engine_title,
            assembly.revision(),
            time.monotonic() - begun,
            color=sys.stdout is not None and sys.stdout.isatty() and "NO_COLOR" not in os.environ,
            verbose=arguments.verbose,
            rules=assembly.rules,
        )


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
