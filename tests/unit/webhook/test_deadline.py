from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.webhook.deadline import LONGEST, budget, seconds


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("10s", 10.0),
        ("1500ms", 1.5),
        ("1m30s", 90.0),
        ("1.5s", 1.5),
        (".5s", 0.5),
        ("2.s", 2.0),
        ("250000us", 0.25),
        ("250000µs", 0.25),
        ("1h", 3600.0),
        ("1000000ns", 0.001),
    ],
)
def test_a_go_duration_is_read(duration: str, expected: float) -> None:
    assert seconds(duration) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "0", "0s", "10", "s", "-1s", "10s!", "!10s", "1s 2s", "1d", "1" * 400 + "s"])
def test_anything_else_is_no_duration(text: str) -> None:
    assert seconds(text) is None


def test_the_margin_and_the_judging_come_off() -> None:
    given_time = budget("10s", 3.0, 1.0)

    assert (given_time.whole, given_time.gathering) == (9.0, 8.0)


def test_a_short_timeout_is_halved_and_not_negative() -> None:
    given_time = budget("1s", 3.0, 1.0)

    assert given_time.whole == 0.5
    assert 0 < given_time.gathering < given_time.whole


@pytest.mark.parametrize("timeout", [None, "", "soon"])
def test_without_a_timeout_the_door_has_its_own(timeout: str | None) -> None:
    assert budget(timeout, 3.0, 1.0).whole == 2.0


@given(st.text(max_size=80), st.floats(1, 30), st.floats(0, 5))
def test_there_is_always_time_and_never_too_much(timeout: str, default: float, margin: float) -> None:
    given_time = budget(timeout, default, margin)

    assert 0 < given_time.gathering < given_time.whole <= LONGEST
