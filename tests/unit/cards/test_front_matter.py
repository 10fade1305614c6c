from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.cards import FrontMatter, read_front_matter

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)


def read(text: str) -> FrontMatter:
    return read_front_matter(text.split("\n"))


@given(st.text())
def test_no_text_crashes_the_reader(text: str) -> None:
    assert read(text).state in ("ok", "none", "unreadable", "misplaced")


@given(st.text())
def test_no_metadata_crashes_the_reader(text: str) -> None:
    assert read(f"---\n{text}\n---\n").state in ("ok", "none", "unreadable", "misplaced")


def test_metadata_at_the_top_is_read() -> None:
    found = read("---\nlicense: mit\ntags: [a]\n---\n# Title")

    assert found == FrontMatter("ok", None, {"license": "mit", "tags": ["a"]}, 5)


@pytest.mark.parametrize("text", ["\n \n---\nlicense: mit\n---", "  ---\nlicense: mit\n---\n"])
def test_only_white_space_may_precede_it(text: str) -> None:
    assert read(text).values == {"license": "mit"}


@pytest.mark.parametrize(
    "text",
    ["", "# Title", "---", "---\nlicense: mit", "# T\n---\ntext\n---", "--- \nlicense: mit\n---x", "---\n---\n# T"],
)
def test_a_card_without_metadata_has_none(text: str) -> None:
    assert read(text).state == "none"


@pytest.mark.parametrize("text", ["# T\n\n---\nlicense: mit\n---\n", "intro\n---\nbase_model: x/y\ntags: [a]\n---"])
def test_metadata_elsewhere_means_nothing_and_is_said(text: str) -> None:
    found = read(text)

    assert found.state == "misplaced"
    assert found.values == {}
    assert found.problem is not None
    assert "metadata is not at the top of the file" in found.problem


def test_prose_between_rules_is_no_metadata() -> None:
    assert read("# T\n---\nlicense: see\n\tthere: x\n---\n").state == "none"
    assert read("# T\n---\n language: indented\n---\n").state == "none"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("license: [", "line 3: not YAML"),
        ("license: mit\nlicense: apache-2.0", "line 3: the key 'license' stands twice, first on line 1"),
        ("- a\n- b", "not a mapping"),
        ("just text", "not a mapping"),
        (BOMB, "once its aliases are written out"),
        ("a: &a [*a]", "an alias contains itself"),
        ("a: " + "[" * 500 + "]" * 500, "nested deeper"),
        ("x: " + "y" * 300_000, "longer than 256 KiB"),
        ("a: !!python/object:os.system {}", "a value cannot be read"),
    ],
)
def test_metadata_that_cannot_be_used_says_why(text: str, why: str) -> None:
    found = read(f"---\n{text}\n---\n# Title")

    assert found.state == "unreadable"
    assert found.values == {}
    assert found.problem is not None
    assert why in found.problem or "not YAML" in found.problem


def test_an_unquoted_no_is_false_and_no_text() -> None:
    assert read("---\nlanguage: no\nlicense: 2.0\n---\n").values == {"language": False, "license": 2.0}
