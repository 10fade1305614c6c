from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.workloads.formats import FORMATS, LEVELS, TOKENS, parameters, properties, proto, sections


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", {}),
        ("a: 1 b: 'x' # c: 2\n", {"a": "1", "b": "x"}),
        ("a { b: 1 } a { b: 2 } a < b: 3 >", {"a": [{"b": "1"}, {"b": "2"}, {"b": "3"}]}),
        ("a: [1, 2, 3] b: -1.5e3", {"a": ["1", "2", "3"], "b": "-1.5e3"}),
        ("a: [{b: 1}, {b: 2}] c: 3", {"a": [{"b": "1"}, {"b": "2"}], "c": "3"}),
        (
            "[type.googleapis.com / mediapipe.Options]: { p: 'x' }",
            {"type.googleapis.com/mediapipe.Options": {"p": "x"}},
        ),
        (r'a: "say \"hi\""', {"a": 'say "hi"'}),
    ],
)
def test_protobuf_text_is_read_as_it_is_written(text: str, message: object) -> None:
    assert proto(text) == message


@pytest.mark.parametrize(
    "text", ["{", "a {", "a: 1 }", "a { b }", "{}", "a: %", "a { " * (LEVELS + 1), "a: 1 " * TOKENS, "}"]
)
def test_broken_protobuf_text_is_not_half_a_message(text: str) -> None:
    assert proto(text) is None


def test_parameters_without_a_text_are_none() -> None:
    assert parameters("name: 'x' parameters { key: 'a' } parameters { key: 'b' value { string_value: 'c' } }") == {
        "name": "x",
        "b": "c",
    }
    assert parameters("a {") is None


def test_a_property_goes_on_behind_a_backslash() -> None:
    assert properties("! no\n a = 1\nb:2\nc=3,\\\n4\nd\n") == {"a": "1", "b": "2", "c": "3,4"}


def test_sections_keep_their_order_and_leave_out_comments() -> None:
    assert list(sections("v = 1\n[a]\n; no\nx = 1\n[b]\ny\n")) == [
        ("", {"v": "1"}),
        ("a", {"x": "1"}),
        ("b", {"y": ""}),
    ]


@given(st.text("{}<>[]:,\"'\\ \n#a1=-.", max_size=60) | st.text(max_size=60), st.sampled_from(sorted(FORMATS)))
def test_any_text_is_a_map_or_nothing(text: str, name: str) -> None:
    found = FORMATS[name](text)

    assert found is None or isinstance(found, dict)
    assert list(sections(text))
