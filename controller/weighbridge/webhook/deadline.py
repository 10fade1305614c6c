"""
How long a review may take.

The API server says so in `?timeout=`, a Go duration; answering after it is answering nobody.
No input or output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})(h|ms|m|s|us|µs|μs|ns)")
LONGEST = 30.0
"""Seconds; the API server allows no more."""
_JUDGING = 1.0
"""Seconds kept for the policies once evidence has been gathered."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The time of one review."""

    whole: float
    """Seconds until the answer must be on its way."""
    gathering: float
    """Seconds of it for evidence."""


def seconds(duration: str) -> float | None:
    """Return the seconds of a Go duration (`10s`, `1m30s`, `1500ms`), or `None` when it is none or not positive."""
    total, end = 0.0, 0
    for part in _PART.finditer(duration[:64]):
        if part.start() != end:
            return None
        total += float(part[1]) * _UNITS[part[2]]
        end = part.end()
    return total if end == len(duration) and total > 0 else None


def budget(timeout: str | None, default: float, margin: float) -> Budget:
    """
    Return the time for a review whose API server waits `timeout`; `default` where it does not say.

    `margin` is kept for the way back, though never more than half of the time.
    """
    stated = seconds(timeout) if timeout else None
    given = min(default if stated is None else stated, LONGEST)
    whole = max(given - margin, given / 2)
    return Budget(whole, max(whole - _JUDGING, whole * 2 / 3))
