from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from weighbridge.store.memory import ENTRY_BYTES, Memory


def test_the_least_recently_used_goes_first() -> None:
    memory = Memory(int(2.5 * ENTRY_BYTES))
    memory.put(b"a", b"1")
    memory.put(b"b", b"2")
    memory.get(b"a")
    memory.put(b"c", b"3")

    assert [memory.get(key) for key in (b"a", b"b", b"c")] == [b"1", None, b"3"]


def test_a_value_that_is_larger_than_all_of_it_is_not_held() -> None:
    memory = Memory(1000)
    memory.put(b"small", b"x")
    memory.put(b"large", b"x" * 1001)

    assert memory.get(b"large") is None
    assert len(memory) == memory.size == 0


@given(st.lists(st.tuples(st.sampled_from([b"a", b"b", b"c", b"d"]), st.binary(max_size=600), st.booleans())))
def test_it_never_holds_more_than_it_may_and_knows_how_much_it_holds(
    steps: list[tuple[bytes, bytes, bool]],
) -> None:
    memory, expected = Memory(1500), dict[bytes, bytes]()
    for key, value, gone in steps:
        expected[key] = value
        if gone:
            memory.drop(key)
            del expected[key]
        else:
            memory.put(key, value)
        held = {one: found for one in (b"a", b"b", b"c", b"d") if (found := memory.get(one)) is not None}
        assert held.items() <= expected.items()
        assert memory.size == sum(ENTRY_BYTES + len(one) + len(found) for one, found in held.items()) <= 1500
        assert memory.room == 1500 - memory.size
