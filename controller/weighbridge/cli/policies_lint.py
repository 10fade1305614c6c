"""`weighbridge policies lint`: what is wrong with a policy folder, before anybody is judged by it."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from weighbridge.cli.policies_show import suggestion
from weighbridge.cli.showing import show
from weighbridge.engine import bundles
from weighbridge.engine.authoring import complaints, laid_out
from weighbridge.engine.bundles import Bundle
from weighbridge.engine.process import find_opa
from weighbridge.model.text import plural, printable
from weighbridge.settings import Settings
from weighbridge.wiring import unconfigured

TABLES = ("profiles", "parameters")
"""Data documents whose keys are rules."""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "lint",
        help="say what is wrong with a policy folder",
        description=(
            "Loads a policy folder as the controller would, then looks at what rules say about themselves, "
            "at tables that name rules nobody has and, where there is an opa, at form and types."
        ),
        epilog="exit codes: 0 nothing to say, 1 something to mend, 2 the folder cannot be loaded, 3 opa could not be run",
    )
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="policy folder (default: the shipped one)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look, print, and return the exit code."""
    folder = arguments.folder or bundles.default_folder()
    bundle = bundles.load(folder)
    found = [*strangers(bundle), *asyncio.run(unconfigured(Settings(policies=folder)))]
    opa = find_opa()
    if opa is not None:
        with tempfile.TemporaryDirectory(prefix="weighbridge-") as laid:
            laid_out(folder, bundle, Path(laid))
            found += complaints(opa, folder, Path(laid))
    lines = [printable(one, 1_000) for one in found]
    skipped = "" if opa is not None else "; form, types and checks not looked at, as there is no opa"
    show("\n".join([*lines, f"{plural(len(bundle.rules), 'rule')}, {plural(len(lines), 'complaint')}{skipped}"]) + "\n")
    return 1 if lines else 0


def strangers(bundle: Bundle) -> Iterator[str]:
    """Yield what the data tables say about rules and parameters that are not there."""
    for table in TABLES:
        rows = bundle.documents.get(table)
        for name, row in rows.items() if isinstance(rows, Mapping) else ():
            rule = bundle.rules.get(name)
            if rule is None:
                yield f"data/{table}.yaml: {name}: no such rule. Fix: {suggestion(name, bundle.rules)}"
                continue
            for one in row if table == "parameters" and isinstance(row, Mapping) else ():
                if one not in rule.parameters:
                    yield (
                        f"data/parameters.yaml: {name}: {one}: no parameter of this rule. "
                        "Fix: correct the name, or list it under custom.parameters of its METADATA"
                    )
