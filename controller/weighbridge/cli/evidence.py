"""`weighbridge evidence`: everything known and not known about one model."""

from __future__ import annotations

import argparse
import asyncio
import sys

from weighbridge.cli.options import add_packs, add_sources, sources_of
from weighbridge.model.evidence import Evidence
from weighbridge.model.refs import ModelRef
from weighbridge.reports.evidence import FORMATS, not_known
from weighbridge.settings import Settings
from weighbridge.wiring import gathering


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "evidence",
        help="show what is known about a model",
        description="Shows everything that is known and not known about one model, with its lineage as a tree; asks no policy.",
        epilog="exit codes: 0, 2 usage, 3 something could not be learnt",
    )
    parser.add_argument(
        "model", metavar="MODEL", help="org/name, org/name@revision, or a reference such as hf://org/name"
    )
    add_sources(parser)
    add_packs(parser)
    parser.add_argument("--output", choices=tuple(FORMATS), default="terminal", help="(default: terminal)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Gather, print, and return the exit code."""
    text = arguments.model if "://" in arguments.model else f"hf://{arguments.model}"
    settings = sources_of(arguments)
    evidence = asyncio.run(_gather(settings, ModelRef.parse(text)))
    sys.stdout.write(FORMATS[arguments.output](evidence))
    return 3 if not_known(evidence) else 0


async def _gather(settings: Settings, ref: ModelRef) -> Evidence:
    async with gathering(settings) as gatherer:
        (evidence,) = await gatherer.gather([ref], settings.gather_seconds)
        return evidence
