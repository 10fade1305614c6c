"""`weighbridge policies list`: every rule with what it demands in each profile."""

from __future__ import annotations

import argparse
from typing import get_args

from weighbridge.cli.options import add_policies
from weighbridge.cli.showing import show
from weighbridge.engine import bundles
from weighbridge.model.site import Profile
from weighbridge.reports.rule_list import FORMATS, listed
from weighbridge.reports.rule_page import PROFILES


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "list",
        help="list the rules",
        description="Lists the rules with what each demands in each profile, and the most that a weaker sign of a violation demands.",
        epilog="exit codes: 0, 2 usage or policies that cannot be loaded",
    )
    add_policies(parser)
    parser.add_argument("--profile", choices=get_args(Profile), help="show the actions of this profile alone")
    parser.add_argument("--output", choices=tuple(FORMATS), default="terminal", help="(default: terminal)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Load, print, and return the exit code."""
    bundle = bundles.load(arguments.policies or bundles.default_folder())
    profiles = (arguments.profile,) if arguments.profile else PROFILES
    show(FORMATS[arguments.output](listed(bundle.rules, bundle.documents.get("profiles")), profiles))
    return 0
