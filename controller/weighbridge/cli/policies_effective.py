"""`weighbridge policies effective`: what each rule demands in a namespace, and which object says so."""

from __future__ import annotations

import argparse
import asyncio

from weighbridge.cli.options import add_engine, add_policies, add_profile, add_site, labels_of
from weighbridge.cli.showing import show
from weighbridge.model.requests import Namespace
from weighbridge.reports.demands import FORMATS
from weighbridge.settings import Settings
from weighbridge.wiring import demanded


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "effective",
        help="show what each rule demands in a namespace",
        description="Shows each rule's action and stage in a namespace, and which objects of the site set them.",
        epilog="exit codes: 0, 2 usage, 3 the policies could not be asked",
    )
    parser.add_argument("-n", "--namespace", default="default", help="(default: default)")
    parser.add_argument("--namespace-labels", default="", metavar="K=V,…", help="labels of the namespace")
    add_site(parser)
    add_policies(parser)
    add_engine(parser)
    add_profile(parser)
    parser.add_argument("--output", choices=tuple(FORMATS), default="terminal", help="(default: terminal)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask, print, and return the exit code."""
    namespace = Namespace(arguments.namespace, labels_of(arguments.namespace_labels))
    settings = Settings(
        policies=arguments.policies,
        site=arguments.site,
        fallback_stage="audit" if arguments.site else "enforce",
        profile=arguments.profile,
        engine=arguments.engine,
    )
    show(FORMATS[arguments.output](arguments.namespace, asyncio.run(demanded(settings, namespace))))
    return 0
