"""`weighbridge policies show`: the page of a rule."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from weighbridge.cli.options import add_policies
from weighbridge.cli.showing import show
from weighbridge.engine import bundles
from weighbridge.errors import UserError
from weighbridge.model.text import printable
from weighbridge.reports.rule_list import actions_of
from weighbridge.reports.rule_page import rule_page


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "show",
        help="show the page of a rule",
        description="Shows what a rule denies and admits, why, how to mend it and how to be excepted from it.",
        epilog="exit codes: 0, 2 usage, an unknown rule or policies that cannot be loaded",
    )
    parser.add_argument("rule", metavar="RULE", help="id of a rule, such as license.allowed or acme/license.in_house")
    add_policies(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Load, print, and return the exit code."""
    bundle = bundles.load(arguments.policies or bundles.default_folder())
    rule = bundle.rules.get(arguments.rule)
    if rule is None:
        raise UserError(
            f"{printable(arguments.rule, 80)}: no such rule. Fix: {suggestion(arguments.rule, bundle.rules)}"
        )
    defaults = bundle.documents.get("parameters")
    values = defaults.get(rule.id) if isinstance(defaults, Mapping) else None
    actions = actions_of(rule, bundle.documents.get("profiles"))
    show(rule_page(rule, actions, values if isinstance(values, Mapping) else {}))
    return 0


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return what a person may have meant by a name, or where all names are."""
    names = tuple(known)
    by_last_part = {one.rpartition(".")[2]: one for one in names}
    near = get_close_matches(name, names, n=3, cutoff=0.8) or [
        by_last_part[one] for one in get_close_matches(name.rpartition(".")[2], by_last_part, n=3, cutoff=0.8)
    ]
    return f"did you mean {' or '.join(near)}?" if near else "`weighbridge policies list` shows all rules"
