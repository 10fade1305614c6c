from __future__ import annotations

import zlib
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.model.outcomes import Found, Missing, Outcome, Unreadable
from weighbridge.store import encoding as module
from weighbridge.store.encoding import Damaged, Encoding, Unwritable


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    count: int | None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Other:
    name: str


PARTS: Encoding[Part | Unreadable] = Encoding(Part)
_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)


@given(
    st.one_of(
        st.builds(Found, st.builds(Part, _text, st.none() | st.integers(-(2**60), 2**60), st.lists(_text).map(tuple))),
        st.builds(Found, st.builds(Unreadable, _text)),
        st.builds(Missing, _text),
    )
)
def test_what_is_written_is_what_is_read(outcome: Found[Part | Unreadable] | Missing) -> None:
    assert PARTS.decode(PARTS.encode(outcome)) == outcome


@given(st.binary(max_size=300), st.sampled_from([b"", b"\0", b"\1"]))
def test_no_bytes_do_more_than_not_being_an_answer(content: bytes, kind: bytes) -> None:
    try:
        found: Outcome[Part | Unreadable] = PARTS.decode(kind + content)
    except Damaged:
        return
    assert isinstance(found, Found | Missing)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\2anything",
        b"\0",
        b"\0" + msgspec.msgpack.encode([]),
        b"\0" + msgspec.msgpack.encode([None, None, None]),
        b"\0" + msgspec.msgpack.encode([{"name": 1, "count": None}]),
        b"\0" + msgspec.msgpack.encode([{"name": "x"}]),
        b"\1" + zlib.compress(b"x" * 1000)[:-4],
        b"\1not compressed",
        b"\1" + zlib.compress(b"\0" * (module.MOST_BYTES + 1)),
    ],
)
def test_bytes_of_another_shape_are_damaged(body: bytes) -> None:
    with pytest.raises(Damaged):
        PARTS.decode(body)


@pytest.mark.parametrize("part", [Part("\ud800", 1), Part("x", 10**30)])
def test_what_no_bytes_can_say_is_not_written(part: Part) -> None:
    with pytest.raises(Unwritable):
        PARTS.encode(Found(part))


def test_what_would_not_be_read_again_is_not_written() -> None:
    with pytest.raises(Unwritable, match="bytes"):
        PARTS.encode(Found(Part("x" * (module.MOST_BYTES + 1), 1)))


def test_a_union_that_its_bytes_do_not_tell_apart_is_refused_at_once() -> None:
    with pytest.raises(TypeError):
        Encoding(Part | Other)


def test_long_answers_are_kept_small() -> None:
    assert len(PARTS.encode(Found(Part("ab" * 5_000, 1)))) < 200
