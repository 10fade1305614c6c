from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.weight_files import gguf, text

from weighbridge.model.outcomes import Unreadable
from weighbridge.weights import Header, Short, gguf_header
from weighbridge.weights.gguf import LONGEST_START

NAME = "model-Q4_K_M.gguf"
KEYS = {
    "general.architecture": "llama",
    "general.file_type": 15,
    "llama.rope.freq_base": 10_000.0,
    "tokenizer.ggml.add_bos_token": True,
    "tokenizer.ggml.tokens": ["<s>", "a"],
    "tokenizer.ggml.token_type": [1, 2],
    "general.base_model.count": 3,
    "general.base_model.0.repo_url": "https://huggingface.co/acme/base",
    "general.base_model.1.name": "Llama 3.1 8B",
    "general.base_model.2.repo_url": "https://huggingface.co/acme/other",
}
TENSORS = {"token_embd.weight": (14, [256, 10]), "output_norm.weight": (0, [7]), "odd": (12, [255])}
PARENTS = ("https://huggingface.co/acme/base", "https://huggingface.co/acme/other")
COUNTS = struct.pack("<IQQ", 3, 0, 1)


def test_tensors_are_added_up_by_the_size_of_their_blocks() -> None:
    start = gguf(KEYS, TENSORS)

    found = gguf_header(start + b"\0" * 3_000, NAME, 5_000)

    size = 10 * 210 + 7 * 4 + 144
    assert found == Header(size, {"Q6_K": 2_560, "F32": 7, "Q4_K": 255}, True, "Q4_K_M", PARENTS)


def test_a_header_that_was_not_read_to_its_end_asks_for_more() -> None:
    start = gguf(KEYS, TENSORS)

    assert {gguf_header(start[:length], NAME, 5_000) for length in range(4, len(start), 7)} == {Short(LONGEST_START)}


def test_keys_before_a_list_that_is_too_long_are_kept() -> None:
    start = gguf({**KEYS, "tokenizer.ggml.merges": ["x" * 1_000_000] * 17}, TENSORS)

    assert gguf_header(start[:LONGEST_START], NAME, 10**10) == Header(0, {}, False, "Q4_K_M", PARENTS)


@given(st.binary(max_size=100))
def test_no_content_crashes_the_reader(content: bytes) -> None:
    assert isinstance(gguf_header(content, NAME, None), Short | Unreadable)
    assert isinstance(gguf_header(b"GGUF" + COUNTS + content, NAME, None), Header | Short | Unreadable)
    assert isinstance(gguf_header(gguf(KEYS, TENSORS)[:90] + content, NAME, 150), Header | Short | Unreadable)


@pytest.mark.parametrize(
    ("start", "why"),
    [
        (b"GGML", "does not begin as a GGUF file does"),
        (gguf({}, {}, version=1), "is of GGUF version 1, versions 2 and 3 are read"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 0), f"announces {2**60} tensors, at most 200000 are read"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 10**9), "announces 1000000000 keys, at most 4096 are read"),
        (b"GGUF" + COUNTS + struct.pack("<Q", 2**63), f"announces {2**63} bytes of text, at most 1048576 are read"),
        (b"GGUF" + COUNTS + text("k") + struct.pack("<I", 99), "has a value of the unknown type 99"),
        (b"GGUF" + COUNTS + text("k") + struct.pack("<IIQ", 9, 9, 1), "has a value of the unknown type 9"),
        (b"GGUF" + COUNTS + text("k") + struct.pack("<IIQ", 9, 4, 2**62), f"announces {2**62} items of a list, at most 4000000 are read"),
        (gguf({}, {"t": (0, [1] * 5)}), "announces 5 dimensions of a tensor, at most 4 are read"),
        (gguf({}, {"t": (99, [1])}), "keeps the tensor t in the unknown format 99"),
        (gguf({}, {"t": (0, [2**40, 2**40])}), "gives the tensor t a shape no file can hold"),
        (gguf({}, {"t": (0, [10_000])}), "announces 40000 bytes of tensors, the file has 5000"),
        (gguf(KEYS, TENSORS)[:60], "ends in the middle of its header"),
    ],
)  # fmt: skip
def test_what_is_no_header_is_unreadable(start: bytes, why: str) -> None:
    size = len(start) if why.startswith("ends") else 5_000

    assert gguf_header(start, NAME, size) == Unreadable(f"{NAME} {why}")


@pytest.mark.parametrize(
    ("keys", "quantization", "parents"),
    [
        ({}, None, ()),
        ({"general.file_type": "Q4_K_M"}, None, ()),
        ({"general.file_type": 999}, None, ()),
        ({"general.base_model.count": "many", "general.base_model.0.repo_url": "acme/base"}, None, ()),
        ({"general.base_model.count": 2**31, "general.base_model.0.repo_url": 5}, None, ()),
    ],
)
def test_keys_of_another_type_say_nothing(
    keys: dict[str, object], quantization: None, parents: tuple[str, ...]
) -> None:
    assert gguf_header(gguf(keys, {}), NAME, None) == Header(0, {}, True, quantization, parents)
