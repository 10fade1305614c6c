"""
How long answers hold (DESIGN §6).

| what | holds | then served while it is asked again, up to | "there is no such thing" holds |
|---|---|---|---|
| bytes at a commit or digest | for good | | 1 min |
| what a branch or tag means, for a workload | 1 min | 10 min | 1 min |
| the same, for an ancestor | 1 min | 1 h | 1 min |
| sets attached to a digest or name | 2.5 min | 5 min | 1 min |

That a source did not answer is remembered for 5 to 30 seconds, at random unless it says when to ask again: many replicas must not ask at once.
Where it goes on not answering, its last known answer serves up to the age a policy allows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Found, Missing, Unknown

UNKNOWN_SECONDS = (5.0, 30.0)
"""The shortest and longest time for which nobody is asked again after no answer."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Seconds since an answer was given."""

    fresh: float
    """As long, it holds without a question."""
    served: float
    """As long, it is served and asked again in the background."""
    missing: float = 60.0
    """As long, "there is no such thing" holds."""
    missing_serves: bool = False
    """
    Whether that, too, is a last known answer while the source keeps silent.

    What stands at a commit or digest was told of it; a name that nobody had may have come into being since.
    """


CONTENT = Lifetime(math.inf, math.inf, missing_serves=True)
BRANCH = Lifetime(60.0, 600.0)
ANCESTOR_BRANCH = Lifetime(60.0, 3_600.0)
ATTACHED = Lifetime(150.0, 300.0, missing_serves=True)


def at_a_commit(_: object) -> Lifetime:
    """Return how long content holds."""
    return CONTENT


def attached(_: object) -> Lifetime:
    """Return how long a set attached to a commit or digest holds."""
    return ATTACHED


def workload_branch(outcome: Found[Resolved] | Missing) -> Lifetime:
    """Return how long it holds what a workload's revision means: for good where that is the commit itself."""
    return CONTENT if _immutable(outcome) else BRANCH


def ancestor_branch(outcome: Found[Resolved] | Missing) -> Lifetime:
    """Return how long it holds what the revision of an ancestor means."""
    return CONTENT if _immutable(outcome) else ANCESTOR_BRANCH


def _immutable(outcome: Found[Resolved] | Missing) -> bool:
    return isinstance(outcome, Found) and outcome.value.immutable


def silence(unknown: Unknown, chance: Callable[[], float]) -> float:
    """Return for how many seconds a source that did not answer is not asked again; `chance` is between 0 and 1."""
    shortest, longest = UNKNOWN_SECONDS
    if unknown.again_in is not None:
        return min(max(unknown.again_in, shortest), longest)
    return longest if unknown.because == "rate_limited" else shortest + chance() * (longest - shortest)
