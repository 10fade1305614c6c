"""Bytes in memory, bounded by bytes; what was not used for longest goes first."""

from __future__ import annotations

from collections import OrderedDict

ENTRY_BYTES = 250
"""What Python needs for one entry beside its own bytes: two objects, two pointers and a place in a table (measured)."""


class Memory:
    """A bounded store in this process."""

    def __init__(self, most_bytes: int) -> None:
        """Hold at most `most_bytes`, all told."""
        self._most = most_bytes
        self._entries: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes in use."""
        return self._size

    @property
    def room(self) -> int:
        """Bytes that are left."""
        return self._most - self._size

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: bytes) -> bytes | None:
        """Return what is kept under `key`."""
        value = self._entries.get(key)
        if value is not None:
            self._entries.move_to_end(key)
        return value

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value instead of what was there before."""
        self.drop(key)
        self._entries[key] = value
        self._size += _cost(key, value)
        while self._size > self._most:
            self._size -= _cost(*self._entries.popitem(last=False))

    def drop(self, key: bytes) -> None:
        """Forget what is kept under `key`."""
        value = self._entries.pop(key, None)
        if value is not None:
            self._size -= _cost(key, value)


def _cost(key: bytes, value: bytes) -> int:
    return ENTRY_BYTES + len(key) + len(value)
