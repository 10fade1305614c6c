"""
The command line, one file per command.

A command is a module with `add(subparsers)` and `run(arguments) -> int`; the tuple below is the one line a new command needs.
Exit codes: 0 fine, 1 refused, 2 usage, 3 not decided or the surroundings failed (DESIGN §9).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from weighbridge import __version__
from weighbridge.cli import (  # the names of the commands
    attest,
    audit,
    cache,
    card,
    check,
    evidence,
    inventory,
    license,  # noqa: A004
    models,
    pack,
    policies,
    report,
    serve,
    verify,
    why,
)
from weighbridge.errors import OperatorError, UserError

COMMANDS = (
    check, audit, why, report, inventory, models, card, license, evidence, verify, attest, pack, policies, cache, serve,
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no traceback for anything but our own bugs."""
    parser = argparse.ArgumentParser(
        prog="weighbridge",
        description="Weighs models at the gate: says which models workloads name, what is known about them, and whether they may run.",
        epilog="exit codes: 0 admitted, 1 refused, 2 usage, 3 not decided",
    )
    parser.add_argument("--version", action="version", version=f"weighbridge {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(subparsers)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except UserError as error:
        print(f"weighbridge: {error}", file=sys.stderr)  # noqa: T201  # this is the terminal
        return 2
    except OperatorError as error:
        print(f"weighbridge: {error}", file=sys.stderr)  # noqa: T201
        return 3
    except KeyboardInterrupt:
        return 130
