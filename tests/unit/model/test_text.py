from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.model.text import plural, printable, short_ref


@given(st.text(), st.integers(10, 50))
def test_shown_text_stays_on_one_line_and_within_its_limit(text, limit):
    shown = printable(text, limit)

    assert len(shown) <= limit
    assert not any(character in shown for character in "\n\r\x1b\u202e\u200b")


def test_text_that_hides_or_turns_around_is_written_out():
    assert printable("a\u202eb\x1b[31m") == "a\\u202eb\\u001b[31m"


@pytest.mark.parametrize(
    ("ref", "short"),
    [
        ("hf://a/b@" + "3f9c2e1" + "0" * 33, "hf://a/b@3f9c2e1"),
        ("hf://a/b@" + "3f9c2e1" + "0" * 33 + "#m.gguf", "hf://a/b@3f9c2e1#m.gguf"),
        ("oci://r/m@sha256:" + "ab" * 32, "oci://r/m@abababa"),
        ("hf://a/b@main", "hf://a/b@main"),
        ("hf://a/b", "hf://a/b"),
    ],
)
def test_only_commits_and_digests_are_shortened(ref, short):
    assert short_ref(ref) == short


def test_one_is_not_plural():
    assert (plural(1, "note"), plural(2, "note")) == ("1 note", "2 notes")
