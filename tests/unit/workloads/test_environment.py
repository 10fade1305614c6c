from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.workloads import environment as module
from weighbridge.workloads.environment import Companions, Environment, environment, expand, expanded
from weighbridge.workloads.reading import ITEMS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(A)", "1"),
        ("$(A)$(B)", "1$(B)"),
        ("$$(A)", "$(A)"),
        ("$$$(A)", "$1"),
        ("$$$$(A)", "$$(A)"),
        ("$A", "$A"),
        ("$(A", "$(A"),
        ("a$", "a$"),
        ("$$", "$"),
        ("$()", "$()"),
        ("x$(A)y$z", "x1y$z"),
    ],
)
def test_variables_are_replaced_as_the_kubelet_does(text: str, expected: str) -> None:
    assert expand(text, {"A": "1"}) == expected


@given(st.text(alphabet="$()AB "))
def test_no_text_is_lost_where_nothing_is_known(text: str) -> None:
    assert expand(text, {}).replace("$", "") == text.replace("$", "")


def test_a_text_that_doubles_itself_ends() -> None:
    env = [{"name": "A0", "value": "x" * 1_000}]
    env += [{"name": f"A{n}", "value": f"$(A{n - 1})" * 10} for n in range(1, 60)]
    found = environment({"env": env}, Companions())

    assert sum(map(len, found.known.values())) < 10 * module.CHARACTERS
    assert found.why("A59") == "A59 may come from a longer list of variables than is read"


def test_a_list_of_variables_is_read_to_its_limit() -> None:
    found = environment({"env": [{"name": f"A{n}", "value": ""} for n in range(ITEMS + 5)]}, Companions())

    assert len(found.known) == ITEMS
    assert found.elsewhere == "a longer list of variables than is read"
    assert found.why(f"A{ITEMS + 1}") is not None


def test_arguments_beyond_the_limit_stay_as_written() -> None:
    found = expanded(("$(A)",) * 20, {"A": "x" * 60_000})

    assert found[0] == "x" * 60_000
    assert found[-1] == "$(A)"


def test_a_plainly_undefined_variable_has_no_reason() -> None:
    assert Environment().why("A") is None
    assert Environment(known={"A": ""}).why("A") is None
