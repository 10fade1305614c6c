from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.store.stores import key, row

from weighbridge.store.interface import Key

_parts = st.lists(st.text(max_size=5), min_size=4, max_size=6)


def keyed(parts: list[str]) -> Key:
    version, kind, host, name, *rest = parts
    return Key(version, kind, host, name, tuple(rest))


@given(_parts, _parts)
def test_different_questions_have_different_keys(one: list[str], other: list[str]) -> None:
    assert (keyed(one).id == keyed(other).id) == (one == other)


@given(st.binary(max_size=50))
def test_a_row_is_opened_as_it_was_sealed(body: bytes) -> None:
    opened = row(key(), body).opened()

    assert opened is not None
    assert opened.body == body


def test_nothing_of_a_row_can_be_changed_unnoticed() -> None:
    sealed = row(key())
    changed = [
        replace(sealed, id=key("acme/other").id),
        replace(sealed, version="v2"),
        replace(sealed, kind="files"),
        replace(sealed, host="other.example"),
        replace(sealed, name="acme/other"),
        replace(sealed, observed=sealed.observed + 1),
        replace(sealed, body=sealed.body[:-1]),
        replace(sealed, body=sealed.body + b"x"),
        replace(sealed, body=b""),
    ]

    assert [one.opened() for one in changed] == [None] * len(changed)
