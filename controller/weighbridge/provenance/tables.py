"""The tables of facts beside this module, read once: the only files this package touches."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return the table `NAME.toml`."""
    text = resources.files("weighbridge.provenance").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
