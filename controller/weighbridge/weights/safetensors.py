"""
The header of a safetensors file: eight bytes of length, then JSON with a dtype, a shape and a place for each tensor.

The file is a publisher's, so a header that contradicts itself or the size of its file is `Unreadable`.
No input or output.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from typing import TypeGuard

from weighbridge.model.outcomes import Unreadable
from weighbridge.model.text import printable
from weighbridge.weights.headers import MOST_NUMBERS, MOST_TENSORS, Header, Reading, Short, number_formats

LONGEST_HEADER = 4 * 1024 * 1024
"""Bytes of JSON; the headers of the largest shards take some hundred thousand."""
_LENGTH = 8
_DIMENSIONS = 16


class _Contradiction(Exception):
    """What is wrong with the header, as the end of a sentence that begins with the file."""


def safetensors_header(start: bytes, path: str, size: int | None) -> Reading:
    """Read the first bytes of the file `path` of `size` bytes; asks for the whole header when they do not reach."""
    if len(start) < _LENGTH:
        return Unreadable(f"{path} is too short to be a safetensors file")
    length = int.from_bytes(start[:_LENGTH], "little")
    if length > LONGEST_HEADER:
        return Unreadable(f"{path} announces a header of {length} bytes, at most {LONGEST_HEADER} are read")
    end = _LENGTH + length
    if size is not None and end > size:
        return Unreadable(f"{path} announces a header of {length} bytes, the file has {size}")
    if len(start) < end:
        return Short(end)
    try:
        return _header(json.loads(start[_LENGTH:end], object_pairs_hook=_once), None if size is None else size - end)
    except _Contradiction as error:
        return Unreadable(f"{path} {error}")
    except (ValueError, RecursionError):
        return Unreadable(f"{path} has a header that is not JSON")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a key that stands twice: two readers would see two files."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise _Contradiction("has a header in which a name stands twice")
    return values


def _header(values: object, room: int | None) -> Header:
    if not isinstance(values, dict):
        raise _Contradiction("has a header that is not a JSON object")
    tensors = {name: one for name, one in values.items() if name != "__metadata__"}
    if len(tensors) > MOST_TENSORS:
        raise _Contradiction(f"announces {len(tensors)} tensors, at most {MOST_TENSORS} are read")
    numbers: Counter[str] = Counter()
    size = 0
    for name, tensor in tensors.items():
        dtype, count, filled = _tensor(tensor, printable(name, 100), room)
        numbers[dtype] += count
        size += filled
    if room is not None and size > room:
        raise _Contradiction(f"announces {size} bytes of tensors, {room} follow its header")
    return Header(size, dict(numbers))


def _tensor(tensor: object, name: str, room: int | None) -> tuple[str, int, int]:
    """Return the dtype of a tensor, how many numbers it has and how many bytes these fill."""
    values: Mapping[str, object] = tensor if isinstance(tensor, dict) else {}
    dtype, shape, offsets = values.get("dtype"), values.get("shape"), values.get("data_offsets")
    if not isinstance(dtype, str) or not _sizes(shape) or not _sizes(offsets):
        raise _Contradiction(f"describes the tensor {name} with something else than dtype, shape and data_offsets")
    if len(offsets) != 2 or offsets[0] > offsets[1] or (room is not None and offsets[1] > room):
        raise _Contradiction(f"places the tensor {name} outside the file")
    count, filled = math.prod(shape), offsets[1] - offsets[0]
    bits = number_formats().safetensors.get(dtype)
    if count > MOST_NUMBERS or (bits is not None and count * bits != 8 * filled):
        raise _Contradiction(f"gives the tensor {name} a shape that does not fill its place")
    return printable(dtype, 20), count, filled


def _sizes(value: object) -> TypeGuard[list[int]]:
    """Tell whether a value is a short list of sizes."""
    return (
        isinstance(value, list)
        and len(value) <= _DIMENSIONS
        and all(isinstance(one, int) and not isinstance(one, bool) and 0 <= one < MOST_NUMBERS for one in value)
    )
