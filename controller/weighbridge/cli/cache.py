"""`weighbridge cache`: what a store holds, and how it is made to forget."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from weighbridge.building import store_at
from weighbridge.cli.options import add_store, store_address
from weighbridge.cli.showing import show
from weighbridge.errors import UserError
from weighbridge.model.refs import ModelRef
from weighbridge.model.text import plural, printable
from weighbridge.store.interface import Kept, Store

VERSION = 1
_KIND = 14
"""Columns of a kind's name."""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its two parts."""
    parser = subparsers.add_parser(
        "cache",
        help="show or forget the evidence that is kept",
        description="Shows what a store of evidence holds, or makes it forget. "
        "A controller that runs keeps in memory what it knows: restart it to make it forget, too.",
        epilog="exit codes: 0, 2 usage, 3 the store does not answer",
    )
    parts = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    showing = parts.add_parser("show", help="count what is kept, by kind", description="Counts what is kept, by kind.")
    add_store(showing)
    showing.add_argument("--output", choices=("terminal", "json"), default="terminal", help="(default: terminal)")
    showing.set_defaults(run=run_show)
    purging = parts.add_parser("purge", help="forget evidence", description="Makes a store forget evidence.")
    add_store(purging)
    what = purging.add_mutually_exclusive_group(required=True)
    what.add_argument("--all", action="store_true", help="everything")
    what.add_argument("--model", metavar="MODEL", help="what is known about one repository: org/name")
    what.add_argument("--host", metavar="HOST", help="what one host said, as cache show and messages name it")
    purging.set_defaults(run=run_purge)


def run_show(arguments: argparse.Namespace) -> int:
    """Print what is kept."""
    kept = asyncio.run(_contents(_store(store_address(arguments))))
    show(_json(kept) if arguments.output == "json" else _terminal(kept, time.time()))
    return 0


def run_purge(arguments: argparse.Namespace) -> int:
    """Forget, and say how much that was."""
    name = None
    if arguments.model is not None:
        text = arguments.model if "://" in arguments.model else f"hf://{arguments.model}"
        name = ModelRef.parse(text).repository
    gone = asyncio.run(_purge(_store(store_address(arguments)), arguments.host, name))
    show(f"forgot {plural(gone, 'answer')}\n")
    return 0


def _store(address: str) -> Store:
    if not address:
        raise UserError("cache: no store. Fix: --store PATH or --store redis://HOST:PORT/DATABASE")
    if "://" not in address and not Path(address).is_file():
        raise UserError(f"--store {address}: there is no such file")
    return store_at(address)


async def _contents(store: Store) -> Sequence[Kept]:
    try:
        return await store.contents()
    finally:
        await store.close()


async def _purge(store: Store, host: str | None, name: str | None) -> int:
    try:
        return await store.purge(host, name)
    finally:
        await store.close()


def _json(kept: Sequence[Kept]) -> str:
    kinds = {
        one.kind: {"answers": one.rows, "bytes": one.size, "oldest": int(one.oldest), "newest": int(one.newest)}
        for one in kept
    }
    return msgspec.json.format(msgspec.json.encode({"version": VERSION, "kinds": kinds}), indent=1).decode() + "\n"


def _terminal(kept: Sequence[Kept], now: float) -> str:
    lines = [f"{'kind':<{_KIND}}{'answers':>9}{'bytes':>12}  age"]
    lines += [
        f"{printable(one.kind, _KIND - 1):<{_KIND}}{one.rows:>9}{one.size:>12}  "
        f"{_age(now - one.newest)} to {_age(now - one.oldest)}"
        for one in kept
    ]
    rows, size = sum(one.rows for one in kept), sum(one.size for one in kept)
    return "\n".join([*lines, f"{'in all':<{_KIND}}{rows:>9}{size:>12}"]) + "\n"


def _age(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{max(0, int(seconds))} s"
