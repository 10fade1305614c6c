"""
The beginning of a GGUF file: typed keys and values, then one description for each tensor.

The keys stand before the long lists of the tokenizer, so that most of what we ask is known after the first bytes.
No input or output.
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Iterator, Mapping

from weighbridge.model.outcomes import Unreadable
from weighbridge.model.text import printable
from weighbridge.weights.headers import MOST_NUMBERS, MOST_TENSORS, Header, Reading, Short, number_formats

LONGEST_START = 16 * 1024 * 1024
"""Bytes of the file that are read; the largest tokenizers take some seven million before the tensors are described."""
MOST_KEYS = 4_096
MOST_ITEMS = 4_000_000
"""Items of one list; the largest tokenizers have some hundred thousand."""
LONGEST_TEXT = 1024 * 1024
"""Bytes of one text; chat templates take some ten thousand."""
MOST_PARENTS = 32
"""Base models that a file may count; the largest merges name a dozen."""
_KEPT_TEXT = 500

_VERSIONS = (2, 3)
_TEXT, _LIST = 8, 9
_FIXED: Mapping[int, str] = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d",
}  # fmt: skip
"""How values of each type are written."""
_DIMENSIONS = 4

_Value = str | int | float | bool


class _EndsHere(Exception):
    """The bytes that were read do not reach."""


class _Nonsense(Exception):
    """What is wrong with the file, as the end of a sentence that begins with it."""


class _Reader:
    """Reads values one after the other and never beyond what there is."""

    def __init__(self, start: bytes) -> None:
        self._start = start
        self._at = 0

    def skip(self, length: int) -> int:
        """Go on by `length` bytes and return where they begin."""
        begin, end = self._at, self._at + length
        if end > len(self._start):
            raise _EndsHere
        self._at = end
        return begin

    def fixed(self, layout: str) -> int | float | bool:
        begin = self.skip(struct.calcsize(layout))
        value: int | float | bool = struct.unpack_from(layout, self._start, begin)[0]
        return value

    def count(self, layout: str, most: int, what: str) -> int:
        """Read how many of something follow."""
        value = int(self.fixed(layout))
        if value > most:
            raise _Nonsense(f"announces {value} {what}, at most {most} are read")
        return value

    def text(self) -> str:
        length = self.count("<Q", LONGEST_TEXT, "bytes of text")
        begin = self.skip(length)
        return printable(self._start[begin : begin + min(length, _KEPT_TEXT)].decode("utf-8", "replace"), _KEPT_TEXT)

    def value(self) -> _Value | None:
        """Read a typed value; a list is passed over."""
        kind = int(self.fixed("<I"))
        if kind == _TEXT:
            return self.text()
        if kind == _LIST:
            self._list()
            return None
        return self.fixed(_layout(kind))

    def _list(self) -> None:
        kind = int(self.fixed("<I"))
        count = self.count("<Q", MOST_ITEMS, "items of a list")
        if kind == _TEXT:
            for _ in range(count):
                self.skip(self.count("<Q", LONGEST_TEXT, "bytes of text"))
        else:
            self.skip(count * struct.calcsize(_layout(kind)))


def gguf_header(start: bytes, path: str, size: int | None) -> Reading:
    """
    Read the first bytes of the file `path` of `size` bytes.

    When they do not reach, more are asked for, up to `LONGEST_START`; beyond it the tensors are left out.
    """
    if start[:4] != b"GGUF":
        return Unreadable(f"{path} does not begin as a GGUF file does")
    keys: dict[str, _Value] = {}
    try:
        return _header(_Reader(start), keys, size)
    except _EndsHere:
        if size is not None and len(start) >= size:
            return Unreadable(f"{path} ends in the middle of its header")
        if len(start) < LONGEST_START:
            return Short(LONGEST_START)
        return Header(0, {}, False, _file_type(keys), tuple(_parents(keys)))
    except _Nonsense as error:
        return Unreadable(f"{path} {error}")


def _header(reader: _Reader, keys: dict[str, _Value], size: int | None) -> Header:
    reader.skip(4)
    version = int(reader.fixed("<I"))
    if version not in _VERSIONS:
        raise _Nonsense(f"is of GGUF version {version}, versions 2 and 3 are read")
    tensors = reader.count("<Q", MOST_TENSORS, "tensors")
    for _ in range(reader.count("<Q", MOST_KEYS, "keys")):
        key, value = reader.text(), reader.value()
        if value is not None:
            keys.setdefault(key, value)
    numbers: Counter[str] = Counter()
    filled = 0
    for _ in range(tensors):
        kind, count, length = _tensor(reader)
        numbers[kind] += count
        filled += length
    if size is not None and filled > size:
        raise _Nonsense(f"announces {filled} bytes of tensors, the file has {size}")
    return Header(filled, dict(numbers), True, _file_type(keys), tuple(_parents(keys)))


def _tensor(reader: _Reader) -> tuple[str, int, int]:
    """Return the format of a tensor, how many numbers it has and how many bytes these fill."""
    name = reader.text()
    shape = [int(reader.fixed("<Q")) for _ in range(reader.count("<I", _DIMENSIONS, "dimensions of a tensor"))]
    kind = int(reader.fixed("<I"))
    reader.skip(8)  # where it stands
    known = number_formats().gguf.get(kind)
    if known is None:
        raise _Nonsense(f"keeps the tensor {printable(name, 100)} in the unknown format {kind}")
    title, block, length = known
    count = math.prod(shape)
    if count > MOST_NUMBERS:
        raise _Nonsense(f"gives the tensor {printable(name, 100)} a shape no file can hold")
    return title, count, -(-count // block) * length


def _layout(kind: int) -> str:
    layout = _FIXED.get(kind)
    if layout is None:
        raise _Nonsense(f"has a value of the unknown type {kind}")
    return layout


def _file_type(keys: Mapping[str, _Value]) -> str | None:
    number = keys.get("general.file_type")
    return number_formats().gguf_files.get(number) if isinstance(number, int) else None


def _parents(keys: Mapping[str, _Value]) -> Iterator[str]:
    """
    Name the repositories of the base models a converter wrote down.

    Names and organizations alone are written for people ("Llama 3.1 8B" of "Meta Llama") and name no repository.
    """
    count = keys.get("general.base_model.count")
    for number in range(min(count, MOST_PARENTS) if isinstance(count, int) else 0):
        address = keys.get(f"general.base_model.{number}.repo_url")
        if isinstance(address, str):
            yield address
