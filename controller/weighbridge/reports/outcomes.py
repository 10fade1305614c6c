"""What a verdict means for who runs the workload, in one word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from weighbridge.model.verdicts import Verdict

Outcome: TypeAlias = Literal["denied", "undecided", "held", "warned", "admitted"]

ORDER: tuple[Outcome, ...] = ("denied", "undecided", "held", "warned", "admitted")
"""Worst first."""
TITLES: Mapping[Outcome, str] = {
    "denied": "refused now",
    "undecided": "not decided in full",
    "held": "would be refused in stage enforce",
    "warned": "admitted with warnings",
    "admitted": "admitted",
}


def outcome(verdict: Verdict) -> Outcome:
    """Return the word; what nobody could decide is never worded as a violation."""
    if not verdict.allowed:
        denials = [one for one in verdict.findings if one.effect == "deny"]
        return "undecided" if all(one.because_unknown for one in denials) else "denied"
    if verdict.undecided:
        return "undecided"
    if not verdict.would_allow:
        return "held"
    return "warned" if any(one.effect == "warn" for one in verdict.findings) else "admitted"
