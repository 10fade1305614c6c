from __future__ import annotations

from dataclasses import dataclass

import pytest

from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown
from weighbridge.store.memory import BRANCH_SECONDS, LIMITED_SECONDS, UNKNOWN_SECONDS, Memory


@dataclass
class Watch:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("outcome", [Found(1), Missing("there")])
def test_what_stands_at_a_commit_is_kept_for_good(outcome: Outcome[int]) -> None:
    watch = Watch()
    memory: Memory[int] = Memory(watch, immutable=True)
    memory.put("key", outcome)
    watch.now = 1e9

    assert memory.get("key") == outcome


@pytest.mark.parametrize(
    ("outcome", "seconds"),
    [
        (Found(1), BRANCH_SECONDS),
        (Missing("there"), BRANCH_SECONDS),
        (Unknown("timeout"), UNKNOWN_SECONDS),
        (Unknown("rate_limited"), LIMITED_SECONDS),
    ],
)
def test_everything_else_is_kept_for_its_time(outcome: Outcome[int], seconds: float) -> None:
    watch = Watch()
    memory: Memory[int] = Memory(watch, immutable=False)
    memory.put("key", outcome)
    watch.now = seconds - 0.1
    before = memory.get("key")
    watch.now = seconds

    assert before == outcome
    assert memory.get("key") is None
    assert memory.get("key") is None


def test_ignorance_is_forgotten_even_about_commits() -> None:
    watch = Watch()
    memory: Memory[int] = Memory(watch, immutable=True)
    memory.put("key", Unknown("unreachable"))
    watch.now = UNKNOWN_SECONDS

    assert memory.get("key") is None


def test_the_least_recently_used_goes_first() -> None:
    memory: Memory[int] = Memory(Watch(), immutable=True, most=2)
    memory.put("a", Found(1))
    memory.put("b", Found(2))
    memory.get("a")
    memory.put("c", Found(3))

    assert [memory.get(key) for key in "abc"] == [Found(1), None, Found(3)]


@pytest.mark.parametrize(("wished", "seconds"), [(20.0, 20), (0.0, 1), (1e9, 600)])
def test_a_host_that_says_when_to_ask_again_is_remembered_until_then(wished: float, seconds: float) -> None:
    watch = Watch()
    memory: Memory[str] = Memory(watch, immutable=True)

    memory.put("k", Unknown("rate_limited", again_in=wished))

    assert memory.holds_until("k") == seconds
    assert memory.holds_until("other") < 0
