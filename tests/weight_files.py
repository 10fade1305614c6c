"""The beginnings of weight files, as publishers write them."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from typing import Any

BITS = {"BF16": 16, "F32": 32, "I32": 32, "U8": 8, "NEW": 12}


def safetensors(tensors: Mapping[str, tuple[str, list[int]]]) -> tuple[bytes, int]:
    """Return the header of a file and the size of the whole file."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, (dtype, shape) in tensors.items():
        size = math.prod(shape) * BITS[dtype] // 8
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    start = framed(json.dumps(header).encode())
    return start, len(start) + at


def framed(header: bytes) -> bytes:
    """Put the length before a header."""
    return struct.pack("<Q", len(header)) + header


def gguf(keys: Mapping[str, Any], tensors: Mapping[str, tuple[int, list[int]]], *, version: int = 3) -> bytes:
    """Return the header of a GGUF file."""
    parts = [b"GGUF", struct.pack("<IQQ", version, len(tensors), len(keys))]
    for key, value in keys.items():
        parts += [text(key), typed(value)]
    for name, (kind, shape) in tensors.items():
        parts += [text(name), struct.pack(f"<I{len(shape)}Q", len(shape), *shape), struct.pack("<IQ", kind, 0)]
    return b"".join(parts)


def text(value: str) -> bytes:
    """Write a text with its length."""
    return struct.pack("<Q", len(value.encode())) + value.encode()


def typed(value: Any) -> bytes:
    """Write a value with its type."""
    match value:
        case bytes():
            return value
        case bool():
            return struct.pack("<I?", 7, value)
        case int():
            return struct.pack("<II", 4, value)
        case float():
            return struct.pack("<If", 6, value)
        case str():
            return struct.pack("<I", 8) + text(value)
        case [str(), *_]:
            return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))
        case _:
            return struct.pack(f"<IIQ{len(value)}I", 9, 4, len(value), *value)
