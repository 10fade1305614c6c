"""Reviewing manifests: the corridor for every command that looks at folders."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from weighbridge.cli.manifests import read, requests
from weighbridge.cli.neighbors import neighbors
from weighbridge.cli.options import add_judging, add_profile, labels_of, settings_of
from weighbridge.errors import EngineError
from weighbridge.model.requests import Namespace, Request
from weighbridge.reports import Run
from weighbridge.review import Review
from weighbridge.wiring import Assembly, assembled

AT_ONCE = 8
"""Objects under review at the same time."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What became of manifests, and where their people may ask for exceptions."""

    run: Run
    ask_url: Callable[[Namespace], str | None]


def add_reviewing(parser: argparse.ArgumentParser, paths: str = "+") -> None:
    """Add which manifests, and how they are judged."""
    parser.add_argument("paths", nargs=paths, metavar="PATH", help="manifest files or folders; - is standard input")
    add_judging(parser)
    add_profile(parser)
    parser.add_argument("--namespace", default="default", help="namespace of objects that name none (default: default)")
    parser.add_argument(
        "--namespace-labels", default="", metavar="K=V,…", help="labels of namespaces the input does not define"
    )


def reviewed(arguments: argparse.Namespace, wanted: Callable[[Request], bool] = lambda _: True) -> Reviewed:
    """Review the manifests of a command line, of which only what is `wanted`; raises `UserError` and `OperatorError`."""
    return asyncio.run(_reviewed(arguments, labels_of(arguments.namespace_labels), wanted))


def color(run: Run) -> Run:
    """Return a run that is shown in color where standard output is a terminal that wants it."""
    wants = sys.stdout is not None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return replace(run, color=wants)


async def _reviewed(
    arguments: argparse.Namespace, labels: dict[str, str], wanted: Callable[[Request], bool]
) -> Reviewed:
    begun = time.monotonic()
    settings = settings_of(arguments)
    manifests = read(arguments.paths)
    todo = [one for one in requests(manifests, arguments.namespace, labels) if wanted(one)]
    async with assembled(settings) as assembly:
        near = neighbors(manifests, arguments.namespace)
        reviews, undecided = await _each(
            replace(assembly, reviewer=assembly.reviewer.reading(near)), todo, settings.gather_seconds
        )
        report = Run(
            reviews,
            (*manifests.problems, *undecided),
            assembly.engine_title,
            assembly.revision(),
            time.monotonic() - begun,
            rules=assembly.rules,
        )
        return Reviewed(color(report), assembly.ask_url)


async def _each(assembly: Assembly, todo: list[Request], seconds: float) -> tuple[tuple[Review, ...], tuple[str, ...]]:
    """Review requests, some at a time; return the reviews, and a sentence for each that the engine could not decide."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(request: Request) -> Review | str:
        async with room:
            try:
                return await assembly.reviewer.review(request, seconds)
            except EngineError as error:
                where = request.where
                return f"{where.file if where else ''}:{where.line if where else 0}: not decided: {error}"

    answers = await asyncio.gather(*(one(request) for request in todo))
    reviews = tuple(answer for answer in answers if not isinstance(answer, str))
    return reviews, tuple(answer for answer in answers if isinstance(answer, str))
