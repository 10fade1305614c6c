"""
Flags that stand in a document: a configuration file, or JSON inside an argument.

No input or output.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from weighbridge.errors import UserError
from weighbridge.safe_yaml import load_all
from weighbridge.workloads.flags import Flag
from weighbridge.workloads.reading import text

KEYS = 1_000
"""Keys that are read of one document."""
NESTED = 4
"""Levels of a JSON value that are read key by key."""


def document(content: str) -> Mapping[str, object] | None:
    """Return the one map that a YAML or JSON text holds, `None` when it holds something else."""
    value = list_or_map(content)
    return value if isinstance(value, dict) else None


def list_or_map(content: str) -> object:
    """Return the one value that a YAML or JSON text holds, `None` when it holds none or several."""
    try:
        found = [one.value for one in load_all(content)]
    except UserError:
        return None
    return found[0] if len(found) == 1 else None


def flags_of(values: Mapping[str, object], via: str) -> Iterator[Flag]:
    """Yield the keys of a map as flags; maps and lists of maps become JSON."""
    for key, value in list(values.items())[:KEYS]:
        name = str(key).lstrip("-").replace("_", "-")
        scalar = text(value)
        if scalar is not None:
            yield Flag(name, via, (scalar,))
        elif isinstance(value, list) and all(text(one) is not None for one in value):
            yield Flag(name, via, tuple(text(one) or "" for one in value))
        elif isinstance(value, dict | list):
            yield Flag(name, via, (_json(value),))


def dotted(values: Mapping[str, object], name: str, via: str, depth: int = NESTED) -> Iterator[Flag]:
    """Yield the keys of a JSON value as dotted flags: `name.key.inner`."""
    for key, value in list(values.items())[:KEYS]:
        inner = f"{name}.{str(key).replace('_', '-')}"
        scalar = text(value)
        if scalar is not None:
            yield Flag(inner, via, (scalar,))
        elif isinstance(value, dict) and depth > 1:
            yield from dotted(value, inner, via, depth - 1)


def _json(value: object) -> str:
    try:
        return json.dumps(value)
    except (ValueError, RecursionError, TypeError):
        return ""
