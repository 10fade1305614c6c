"""The tables of the shipped bundle, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from weighbridge.gathering import Tables
from weighbridge.safe_yaml import load

POLICIES = Path(__file__).parents[2] / "policies"


def shipped_documents() -> dict[str, object]:
    """Return the documents that reading evidence needs, fresh."""
    return {
        name: load((POLICIES / "data" / f"{name}.yaml").read_text(encoding="utf-8")) for name in ("licenses", "aliases")
    }


@cache
def shipped() -> Tables:
    """Return the tables made of them."""
    return Tables.from_documents(shipped_documents())
