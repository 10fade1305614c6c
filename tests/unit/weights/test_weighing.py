from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.model.evidence import File, Files
from weighbridge.model.weights import Dtype, Format
from weighbridge.weights import Header, JsonFile, Promise, WeightSet, promise, units, weigh, weight_set
from weighbridge.weights.weighing import MOST_HEADERS

LLAMA = {
    "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "vocab_size": 128256, "intermediate_size": 14336,
    "num_attention_heads": 32, "num_key_value_heads": 8, "torch_dtype": "bfloat16",
}  # fmt: skip
ANY = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)


def stored(*paths: str, kind: Format = "safetensors", size: int | None = 100, loaded: bool = True) -> tuple[File, ...]:
    return tuple(File(path, size, None, kind, loaded) for path in paths)


def chosen(files: tuple[File, ...], named: str | None = None) -> tuple[list[str], int] | None:
    found = weight_set(Files(files, len(files)), named)
    return None if found is None else ([file.path for file in found.files], found.variants)


def promised(**values: Any) -> Promise:
    return promise(JsonFile("config.json", values, ""))


def test_the_formula_gives_the_published_number_of_parameters() -> None:
    assert promised(**LLAMA) == Promise(8_030_261_248, 2, True)


@pytest.mark.parametrize(
    ("changes", "parameters"),
    [
        ({"tie_word_embeddings": True}, 7_504_924_672),
        ({"head_dim": 64}, 7_359_172_608),
        ({"num_key_value_heads": None}, 8_835_567_616),
        ({"num_local_experts": 8, "moe_intermediate_size": 2048}, 8_836_616_192),
        ({"num_experts": 2, "shared_expert_intermediate_size": 10}, 13_671_600_128),
        ({"model_type": "falcon"}, 6_151_213_056),
        ({"model_type": "falcon", "hidden_act": "silu"}, 8_030_261_248),
        ({"model_type": "falcon", "num_key_value_heads": None, "multi_query": True}, 5_916_332_032),
        ({"model_type": "gemma2"}, 7_504_924_672),
        ({"intermediate_size": None}, 8_835_567_616),
        ({"hidden_size": 0}, None),
        ({"num_attention_heads": 0}, None),
        ({"vocab_size": None}, None),
        ({"num_hidden_layers": 10**7}, None),
        ({"num_hidden_layers": True}, None),
    ],
)
def test_each_number_counts(changes: dict[str, Any], parameters: int | None) -> None:
    assert promised(**{**LLAMA, **changes}).parameters == parameters


def test_a_nested_language_model_is_the_one_that_counts() -> None:
    nested = {key: value for key, value in LLAMA.items() if key not in ("torch_dtype", "vocab_size")}

    found = promised(text_config=nested, torch_dtype="float32", vocab_size=128256, model_type="llava")

    assert found == Promise(8_030_261_248, 4, True)


def test_without_a_dtype_a_number_takes_two_bytes() -> None:
    assert promised(**{**LLAMA, "torch_dtype": 5}).dtype_bytes == 2
    assert promised().size is None


@given(st.dictionaries(st.sampled_from([*LLAMA, "text_config", "num_experts", "head_dim"]), ANY))
def test_no_configuration_crashes_the_formula(values: dict[str, Any]) -> None:
    json.dumps(promised(**values).size)


@pytest.mark.parametrize(
    ("files", "named", "expected"),
    [
        (stored("model.safetensors", "consolidated.safetensors"), None, (["model.safetensors"], 2)),
        (stored("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"), None,
         (["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"], 1)),
        (stored("model.safetensors") + stored("pytorch_model.bin", kind="pickle"), None, (["model.safetensors"], 1)),
        (stored("a.bin", "pytorch_model.bin", kind="pickle"), None, (["pytorch_model.bin"], 2)),
        (stored("z.safetensors", "b.safetensors"), None, (["b.safetensors"], 2)),
        (stored("x-Q4_0.gguf", "x-Q8_0.gguf", kind="gguf"), "x-Q8_0.gguf", (["x-Q8_0.gguf"], 2)),
        (stored("x-Q4_0.gguf", "x-Q8_0.gguf", kind="gguf"), "gone.gguf", (["x-Q4_0.gguf"], 2)),
        (stored("model.safetensors", loaded=False), None, None),
        (stored("model.h5", kind="keras"), None, None),
        ((), None, None),
    ],
)  # fmt: skip
def test_the_weights_an_engine_would_load_are_one_format_and_one_set(
    files: tuple[File, ...], named: str | None, expected: tuple[list[str], int] | None
) -> None:
    assert chosen(files, named) == expected


def test_headers_are_read_of_few_files_of_readable_formats() -> None:
    many = stored(*(f"model-{number:05}-of-00033.safetensors" for number in range(MOST_HEADERS + 1)))

    assert WeightSet("safetensors", many[:2], 1).headers == many[:2]
    assert WeightSet("safetensors", many, 1).headers == ()
    assert WeightSet("pickle", stored("pytorch_model.bin", kind="pickle"), 1).headers == ()


def test_headers_are_exact() -> None:
    files = WeightSet("safetensors", stored("a", "b"), 1)

    found = weigh(files, (Header(120, {"BF16": 50, "F32": 5}), Header(40, {"BF16": 20})), Promise(100, 2, True))

    assert found is not None
    assert (found.source, found.size, found.parameters, found.ratio, found.bits) == ("headers", 160, 75, 0.8, 12.8)
    assert found.dtypes == (Dtype("BF16", 70), Dtype("F32", 5))


def test_sizes_stand_in_for_headers_nobody_could_read() -> None:
    found = weigh(WeightSet("safetensors", stored("a", "b"), 1), (Header(120, {"BF16": 60}),), Promise(100, 2, False))

    assert found is not None
    assert (found.source, found.size, found.parameters, found.ratio, found.dtypes) == ("sizes", 200, None, 1.0, ())


def test_what_is_neither_read_nor_listed_has_no_weight() -> None:
    assert weigh(WeightSet("safetensors", stored("a", size=None), 1), (), None) is None


def test_a_gguf_file_counts_its_own_parameters() -> None:
    header = Header(450, {"Q4_K": 700, "F32": 100}, quantization="Q4_K_M")

    found = weigh(WeightSet("gguf", stored("x.gguf", kind="gguf"), 3), (header,), Promise(1_000, 2, True))
    without = weigh(
        WeightSet("gguf", stored("x.gguf", kind="gguf", size=500), 3), (Header(0, {}, False, "Q8_0"),), None
    )

    assert found is not None
    assert without is not None
    assert (found.bits, found.quantization, found.variants) == (4.5, "Q4_K_M", 3)
    assert (without.source, without.size, without.bits, without.quantization) == ("sizes", 500, None, "Q8_0")


def test_an_upcast_is_no_change_of_size() -> None:
    half = weigh(WeightSet("safetensors", stored("a", size=200), 1), (), Promise(100, 2, True))
    full = weigh(WeightSet("safetensors", stored("a", size=400), 1), (), Promise(100, 4, True))

    assert units(half, Promise(100, 2, True)) == units(full, Promise(100, 4, True)) == 100
    assert units(half, None) == units(None, Promise(100, 4, True)) == 100
    assert units(None, Promise(None, 2, False)) is units(None, None) is None
