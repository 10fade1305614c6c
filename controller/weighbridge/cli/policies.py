"""`weighbridge policies`: the library, for those who write and read rules; one file per command below it."""

from __future__ import annotations

import argparse

from weighbridge.cli import (
    policies_effective,
    policies_facts,
    policies_lint,
    policies_list,
    policies_new,
    policies_show,
    policies_test,
)

COMMANDS = (
    policies_list,
    policies_show,
    policies_effective,
    policies_facts,
    policies_lint,
    policies_new,
    policies_test,
)


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and those below it."""
    parser = subparsers.add_parser(
        "policies", help="read and write rules", description="The rule library for those who write and read rules."
    )
    below = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(below)
