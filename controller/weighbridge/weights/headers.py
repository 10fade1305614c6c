"""
What stands at the beginning of a weight file: which tensors it holds, and in which numbers they are kept.

A reader is given the first bytes of a file and asks for more when these do not reach. No input or output.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files
from typing import TypeAlias

from weighbridge.model.outcomes import Unreadable

MOST_TENSORS = 200_000
"""Tensors of one file; the largest mixtures of experts have some ten thousand."""
MOST_NUMBERS = 2**53
"""Numbers in one tensor; a larger shape is a lie, and no JSON could say it."""


@dataclass(frozen=True, slots=True)
class Short:
    """The bytes that were read do not reach to the end of the header."""

    needed: int
    """Bytes from the beginning of the file that would do."""


@dataclass(frozen=True, slots=True)
class Header:
    """The tensors of one file, added up."""

    size: int
    """Bytes of all tensors."""
    numbers: Mapping[str, int]
    """How many numbers are kept in each number format."""
    complete: bool = True
    """Whether all tensors were seen; otherwise only what stands before them is known."""
    quantization: str | None = None
    """What the file calls its own number format as a whole: `Q4_K_M`."""
    parents: tuple[str, ...] = ()
    """Repositories it says it was made from, as written."""


Reading: TypeAlias = Header | Short | Unreadable


@dataclass(frozen=True, slots=True)
class NumberFormats:
    """The tables of headers.toml."""

    safetensors: Mapping[str, int]
    """Bits of one number."""
    gguf: Mapping[int, tuple[str, int, int]]
    """Name, numbers in a block, bytes of a block."""
    gguf_files: Mapping[int, str]


@cache
def number_formats() -> NumberFormats:
    """Return the shipped tables."""
    text = package_files("weighbridge.weights").joinpath("headers.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    return NumberFormats(
        safetensors=document["safetensors"],
        gguf={number: (name, block, size) for number, name, block, size in document["gguf"]["types"]},
        gguf_files=dict(document["gguf"]["files"]),
    )
