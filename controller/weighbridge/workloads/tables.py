"""The tables of facts beside this module, read once: the only files this package touches."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return the table `tables/NAME.toml`."""
    folder = resources.files("weighbridge.workloads") / "tables"
    return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
