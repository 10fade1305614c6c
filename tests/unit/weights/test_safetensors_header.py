from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.weight_files import framed, safetensors

from weighbridge.model.outcomes import Unreadable
from weighbridge.weights import Header, Short, safetensors_header
from weighbridge.weights.headers import MOST_TENSORS
from weighbridge.weights.safetensors import LONGEST_HEADER

NAME = "model.safetensors"
TENSOR = {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}


def read(header: Any, size: int | None = 10_000) -> Header | Short | Unreadable:
    return safetensors_header(framed(json.dumps(header).encode()), NAME, size)


def test_tensors_are_added_up_by_dtype() -> None:
    start, size = safetensors({"a": ("BF16", [2, 3]), "b": ("BF16", [4]), "c": ("F32", []), "packed": ("NEW", [4])})

    assert safetensors_header(start, NAME, size) == Header(30, {"BF16": 10, "F32": 1, "NEW": 4})
    assert safetensors_header(start + b"weights", NAME, None) == Header(30, {"BF16": 10, "F32": 1, "NEW": 4})


def test_a_header_that_was_not_read_to_its_end_says_how_long_it_is() -> None:
    start, size = safetensors({"a": ("BF16", [2, 3])})

    assert safetensors_header(start[:20], NAME, size) == Short(len(start))


@given(st.binary(max_size=200), st.none() | st.integers(0, 300))
def test_no_content_crashes_the_reader(content: bytes, size: int | None) -> None:
    assert isinstance(safetensors_header(content, NAME, size), Header | Short | Unreadable)
    assert isinstance(safetensors_header(framed(content), NAME, size), Header | Short | Unreadable)


@pytest.mark.parametrize(
    ("start", "why"),
    [
        (b"", "is too short to be a safetensors file"),
        (struct.pack("<Q", LONGEST_HEADER + 1), "announces a header of 4194305 bytes, at most 4194304 are read"),
        (struct.pack("<Q", 10_000), "announces a header of 10000 bytes, the file has 10000"),
        (framed(b"{"), "has a header that is not JSON"),
        (framed(b"\xff"), "has a header that is not JSON"),
        (framed(b"[" * 5_000 + b"]" * 4_000), "has a header that is not JSON"),
        (framed(b"[]"), "has a header that is not a JSON object"),
        (framed(b'{"a": {}, "a": {}}'), "has a header in which a name stands twice"),
    ],
)
def test_what_is_no_header_is_unreadable(start: bytes, why: str) -> None:
    assert safetensors_header(start, NAME, 10_000) == Unreadable(f"{NAME} {why}")


@pytest.mark.parametrize(
    ("tensor", "why"),
    [
        (5, "describes the tensor t with something else than dtype, shape and data_offsets"),
        ({**TENSOR, "dtype": 16}, "describes the tensor t with something else than dtype, shape and data_offsets"),
        ({**TENSOR, "shape": [-1]}, "describes the tensor t with something else than dtype, shape and data_offsets"),
        ({**TENSOR, "shape": [True]}, "describes the tensor t with something else than dtype, shape and data_offsets"),
        (
            {**TENSOR, "shape": [1] * 17},
            "describes the tensor t with something else than dtype, shape and data_offsets",
        ),
        (
            {**TENSOR, "data_offsets": None},
            "describes the tensor t with something else than dtype, shape and data_offsets",
        ),
        ({**TENSOR, "data_offsets": [0]}, "places the tensor t outside the file"),
        ({**TENSOR, "data_offsets": [12, 0]}, "places the tensor t outside the file"),
        ({**TENSOR, "data_offsets": [0, 10**9]}, "places the tensor t outside the file"),
        ({**TENSOR, "shape": [2, 4]}, "gives the tensor t a shape that does not fill its place"),
        ({**TENSOR, "dtype": "NEW", "shape": [2**52, 4]}, "gives the tensor t a shape that does not fill its place"),
    ],
)
def test_a_tensor_that_cannot_be_is_unreadable(tensor: Any, why: str) -> None:
    assert read({"t": tensor}) == Unreadable(f"{NAME} {why}")


def test_tensors_that_overlap_cannot_add_up_to_more_than_the_file() -> None:
    start = framed(json.dumps({"a": TENSOR, "b": TENSOR}).encode())

    assert safetensors_header(start, NAME, len(start) + 12) == Unreadable(
        f"{NAME} announces 24 bytes of tensors, 12 follow its header"
    )


def test_more_tensors_than_any_model_has_are_unreadable() -> None:
    header = "{" + ",".join(f'"{number}":0' for number in range(MOST_TENSORS + 1)) + "}"

    assert safetensors_header(framed(header.encode()), NAME, None) == Unreadable(
        f"{NAME} announces 200001 tensors, at most 200000 are read"
    )
