from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from weighbridge.workloads.merging import DEPTH, merged

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["name", "env", "containers", "volumes", "value", "valueFrom", "a"]), inner)
    ),
    max_leaves=20,
)


def names(value: Any) -> list[str]:
    return [one["name"] for one in value]


def test_objects_merge_and_lists_without_a_key_are_replaced() -> None:
    base = {"image": "a", "args": ["x"], "resources": {"limits": {"cpu": "1"}}}

    assert merged(base, {"args": ["y"], "resources": {"limits": {"memory": "1Gi"}}}) == {
        "image": "a",
        "args": ["y"],
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
    }


def test_what_the_override_leaves_empty_stays_as_it_is() -> None:
    base = {"image": "a", "command": ["x"], "env": [{"name": "A", "value": "1"}], "tty": True}

    assert merged(base, {"image": "", "command": [], "env": None, "tty": False}) == {**base, "tty": False}


def test_elements_of_the_override_come_first_unless_the_base_says_otherwise() -> None:
    base = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}, {"name": "C", "value": "3"}]

    assert names(merged(base, [{"name": "X"}], "env")) == ["X", "A", "B", "C"]
    assert names(merged(base, [{"name": "C"}, {"name": "X"}], "env")) == ["A", "B", "C", "X"]
    assert names(merged(base, [{"name": "X"}, {"name": "B"}], "env")) == ["X", "A", "B", "C"]


def test_a_variable_has_a_value_or_an_origin_never_both() -> None:
    base = [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s"}}}, {"name": "B", "value": "1"}]
    override = [{"name": "A", "value": "2"}, {"name": "B", "valueFrom": {"fieldRef": {}}}]

    assert merged(base, override, "env") == override


def test_a_volume_of_the_override_keeps_no_other_source() -> None:
    base = [{"name": "w", "emptyDir": {"sizeLimit": "1Gi"}}]
    claim = {"name": "w", "persistentVolumeClaim": {"claimName": "c"}}

    assert merged(base, [claim], "volumes") == [claim]


def test_of_two_elements_of_one_name_the_later_lies_over_the_earlier() -> None:
    override = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]

    assert merged([], override, "env") == [{"name": "A", "value": "2"}]


def test_elements_without_a_name_are_kept() -> None:
    assert merged([7, {"name": "A"}], [{"value": "x"}, None, {"name": "A", "value": "1"}], "env") == [
        {"value": "x"},
        None,
        7,
        {"name": "A", "value": "1"},
    ]


def test_below_the_limit_the_override_stands_alone() -> None:
    base: Any = {"x": 1}
    override: Any = {"y": 1}
    for _ in range(DEPTH + 1):
        base, override = {"a": base}, {"a": override}
    found = merged(base, override)
    for _ in range(DEPTH + 1):
        assert isinstance(found, dict)
        found = found["a"]

    assert found == {"y": 1}


@given(JSON, JSON)
def test_any_two_values_merge(base: object, override: object) -> None:
    assert merged(base, override) is not None or override is None
    assert merged(base, override, "env") is not None or override is None


@given(st.dictionaries(st.text(max_size=3), JSON))
def test_an_empty_override_changes_nothing(base: dict[str, object]) -> None:
    assert merged(base, {}) == base
