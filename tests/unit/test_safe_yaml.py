from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.safe_yaml import BadDocument, load, load_all


def bomb() -> str:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [" + ",".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 8)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "the key 'a' stands twice, first on line 1"),
        ("a:\n\t- b\n", 2, "a tab indents the line"),
        ("\x00\x01\x02", 1, "is this a binary file?"),
        (bomb(), 6, "once its aliases are written out"),
        ("&a [*a]", 1, "an alias contains itself"),
        ("- " * 400 + "x", 1, "nested deeper than 100"),
        ("[" * 150 + "]" * 150, 1, "nested deeper than 100"),
        ("[" * 100_000, 1, "nested deeper"),
        ("a: [1, 2\nb: 3\n", 2, "not YAML"),
        ("a: !!python/object:os.system x", 1, "not YAML: could not determine a constructor"),
        ("? [a]\n: b\n", 1, "unhashable key"),
        ("a: !!int abc", 1, "a value cannot be read: invalid literal"),
        ("- " * 5000 + "x", 1, "nested deeper than 100"),
        ("a: *nowhere", 1, "not YAML: found undefined alias"),
    ],
)
def test_bad_yaml_is_one_sentence_with_its_line(text, line, why):
    with pytest.raises(BadDocument, match=r"^line ") as caught:
        load_all(text)

    assert why in caught.value.why
    assert caught.value.line == line


def test_documents_keep_their_lines_and_empty_ones_are_left_out():
    documents = load_all("---\n---\na: 1\n---\n# only a comment\n---\nb: 2\n")

    assert [(one.value, one.line) for one in documents] == [({"a": 1}, 3), ({"b": 2}, 7)]


def test_a_date_stays_the_string_its_author_wrote():
    assert load("from: 2026-12-01\n") == {"from": "2026-12-01"}


def test_json_with_tabs_is_read_as_json():
    assert load('{"a":\t[1, 2]}') == {"a": [1, 2]}


def test_flow_style_yaml_is_read_as_yaml():
    assert load("{a: 1}") == {"a": 1}


def test_aliases_that_stay_small_are_fine():
    assert load("a: &x [1]\nb: *x\nc: *x\n") == {"a": [1], "b": [1], "c": [1]}


def test_where_one_document_is_wanted_a_second_is_refused():
    assert load("") is None
    with pytest.raises(BadDocument, match=r"line 3: a second document begins"):
        load("a: 1\n---\nb: 1\n")


@given(st.text(max_size=200))
def test_no_text_does_anything_but_load_or_be_refused(text):
    with contextlib.suppress(BadDocument):
        load_all(text)
