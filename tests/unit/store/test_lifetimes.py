from __future__ import annotations

import math

import pytest

from weighbridge.model.outcomes import Unknown
from weighbridge.store.lifetimes import ANCESTOR_BRANCH, ATTACHED, BRANCH, CONTENT, Lifetime, silence


def test_the_lifetimes_are_promises() -> None:
    assert Lifetime(math.inf, math.inf, 60, missing_serves=True) == CONTENT
    assert (BRANCH.served, ANCESTOR_BRANCH.served) == (600, 3_600)
    assert (ATTACHED.served, ATTACHED.missing) == (300, 60)
    assert all(one.fresh <= one.served for one in (CONTENT, BRANCH, ANCESTOR_BRANCH, ATTACHED))


@pytest.mark.parametrize(
    ("unknown", "chance", "seconds"),
    [
        (Unknown("timeout"), 0.0, 5),
        (Unknown("timeout"), 1.0, 30),
        (Unknown("unreachable"), 0.5, 17.5),
        (Unknown("rate_limited"), 0.0, 30),
        (Unknown("rate_limited", again_in=12.0), 0.0, 12),
        (Unknown("server_error", again_in=0.0), 0.0, 5),
        (Unknown("server_error", again_in=1e9), 0.0, 30),
    ],
)
def test_nobody_is_asked_again_at_once_and_everybody_soon(unknown: Unknown, chance: float, seconds: float) -> None:
    assert silence(unknown, lambda: chance) == seconds
