"""Bytes in memory, bounded by bytes; what was not used for longest goes first."""

from __future__ import annotations

ENTRY_BYTES = 150
"""What Python needs for one entry beside its own bytes: two objects, two pointers and a place in a table (measured)."""
_ROOM = 0.05
"""The share that is freed at once, because finding the oldest means walking past those that are gone."""


class Memory:
    """A bounded store in this process."""

    def __init__(self, most_bytes: int) -> None:
        """Hold at most `most_bytes`, all told."""
        self._most = most_bytes
        # In order of use. A plain table, which takes a third less than one that keeps its own order.
        self._entries: dict[bytes, bytes] = {}
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
        value = self._entries.pop(key, None)
        if value is not None:
            self._entries[key] = value
        return value

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value instead of what was there before."""
        self.drop(key)
        self._entries[key] = value
        self._size += _cost(key, value)
        if self._size > self._most:
            self._make_room()

    def drop(self, key: bytes) -> None:
        """Forget what is kept under `key`."""
        value = self._entries.pop(key, None)
        if value is not None:
            self._size -= _cost(key, value)

    def _make_room(self) -> None:
        wanted = self._most * (1 - _ROOM)
        gone: list[bytes] = []
        for key, value in self._entries.items():
            if self._size <= wanted:
                break
            self._size -= _cost(key, value)
            gone.append(key)
        for key in gone:
            del self._entries[key]


def _cost(key: bytes, value: bytes) -> int:
    return ENTRY_BYTES + len(key) + len(value)
