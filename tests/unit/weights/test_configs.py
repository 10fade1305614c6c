from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.facts import to_json
from weighbridge.model.configurations import Adapter, Config, GenerationConfig, Tokenizer
from weighbridge.model.evidence import Place, Shape
from weighbridge.model.outcomes import Unreadable
from weighbridge.weights import JsonFile, adapter, config, generation_config, is_quantized, read_json, shape, tokenizer

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = (
    "architectures", "model_type", "auto_map", "_name_or_path", "torch_dtype", "quantization_config", "hidden_size",
    "vocab_size", "num_hidden_layers", "text_config", "temperature", "top_p", "max_new_tokens", "trust_remote_code",
    "custom_generate", "base_model_name_or_path", "revision", "peft_type", "tokenizer_class", "max_position_embeddings",
)  # fmt: skip


def read(values: object) -> JsonFile:
    file = read_json(json.dumps(values).encode(), "config.json")
    assert isinstance(file, JsonFile)
    return file


@given(st.binary())
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    file = read_json(content, "config.json")

    assert isinstance(file, JsonFile | Unreadable)


@given(st.dictionaries(st.sampled_from(KEYS), ANY_JSON))
def test_no_values_crash_a_reader_and_all_results_can_be_sent(values: dict[str, Any]) -> None:
    file = read(values)

    for fact in (config(file), tokenizer(file), generation_config(file), adapter(file), shape(file)):
        msgspec.json.encode(to_json(fact))
    assert is_quantized(file) in (True, False)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "config.json is not JSON, line 1"),
        (b"{\n  'a': 1}", "config.json is not JSON, line 2"),
        (b"[]", "config.json is not a JSON object"),
        (b"\xff\xfe{}", "config.json is not UTF-8"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "config.json is nested deeper than 64 levels"),
        (b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "config.json is nested deeper than 64 levels"),
        (b'{"a": ' + b"9" * 5000 + b"}", "config.json is not JSON"),
    ],
)
def test_content_that_cannot_be_used_says_why(content: bytes, why: str) -> None:
    assert read_json(content, "config.json") == Unreadable(why)


def test_a_byte_order_mark_is_no_error() -> None:
    file = read_json(b'\xef\xbb\xbf{"model_type": "llama"}', "config.json")

    assert isinstance(file, JsonFile)
    assert config(file).model_type == "llama"


def test_config_is_read_as_engines_read_it() -> None:
    file = read(
        {
            "architectures": ["LlamaForCausalLM", 5],
            "model_type": "llama",
            "auto_map": {"AutoConfig": "configuration_x.C", "AutoModel": ["modeling_x.M", None]},
            "_name_or_path": "meta-llama/Llama-3.1-8B",
            "torch_dtype": "bfloat16",
            "quantization_config": {"quant_method": "awq"},
            "max_position_embeddings": 131072,
        }
    )

    assert config(file) == Config(
        ("LlamaForCausalLM",), "llama", ("configuration_x.C", "modeling_x.M"), "meta-llama/Llama-3.1-8B", "bfloat16", "awq", 131072, 131072
    )  # fmt: skip
    assert is_quantized(file)


@pytest.mark.parametrize(
    ("values", "tokens"),
    [
        ({"max_position_embeddings": 4096}, 4096),
        ({"max_position_embeddings": 32768, "rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768}}, 131072),
        ({"max_position_embeddings": 163840, "rope_scaling": {"type": "yarn", "factor": 40, "original_max_position_embeddings": 4096}}, 163840),
        ({"max_position_embeddings": 131072, "rope_scaling": {"rope_type": "llama3", "factor": 8.0}}, 131072),
        ({"max_position_embeddings": 2048, "rope_scaling": {"type": "linear", "factor": 2}}, 4096),
        ({"max_position_embeddings": 2048, "rope_scaling": {"type": "linear", "factor": "2"}}, 2048),
        ({"text_config": {"max_position_embeddings": 8192}}, 8192),
        ({"rope_scaling": {"type": "linear", "factor": 2}}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_rope_scaling_stretches_the_context_as_engines_reckon_it(values: object, tokens: int | None) -> None:
    assert config(read(values)).context_length == tokens


def test_what_is_not_stated_is_none() -> None:
    assert config(read({})) == Config((), None, (), None, None, None, None)
    assert config(
        read({"architectures": "X", "dtype": "float16", "auto_map": "a.B", "quantization_config": 5})
    ) == Config(("X",), None, ("a.B",), None, "float16", None, None)


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        ({"hidden_size": 4096, "num_hidden_layers": 32, "vocab_size": 5}, Shape(4096, 32, 5)),
        ({"n_embd": 6144, "n_layer": 40, "vocab_size": 5}, Shape(6144, 40, 5)),
        (
            {"vocab_size": 1, "text_config": {"hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 9}},
            Shape(64, 2, 9),
        ),
        ({"text_config": 5, "llm_config": {"num_layers": 2}}, Shape(None, 2, None)),
        ({"hidden_size": -1, "num_hidden_layers": True, "vocab_size": 2**60}, None),
        ({"vocab_size": 5}, None),
        ({}, None),
    ],
)
def test_a_shape_is_found_where_families_keep_it(values: object, numbers: Shape | None) -> None:
    assert shape(read(values)) == numbers


@pytest.mark.parametrize(
    ("value", "enabled"),
    [
        (True, True),
        ("true", True),
        (1, True),
        ("yes", True),
        (False, False),
        (None, False),
        ("false", False),
        ("", False),
        (0, False),
    ],
)
def test_anything_but_a_no_enables_remote_code(value: object, *, enabled: bool) -> None:
    assert generation_config(read({"trust_remote_code": value})).trust_remote_code is enabled


def test_sampling_is_read_and_nonsense_is_not_stated() -> None:
    good = generation_config(read({"temperature": 0.7, "top_p": 1, "max_new_tokens": 600, "custom_generate": "a/b"}))
    odd = generation_config(read({"temperature": float("inf"), "top_p": float("nan"), "max_new_tokens": "600"}))

    assert good == GenerationConfig(
        trust_remote_code=False, custom_generate=True, temperature=0.7, top_p=1.0, max_new_tokens=600
    )
    assert odd == GenerationConfig(
        trust_remote_code=False, custom_generate=False, temperature=None, top_p=None, max_new_tokens=None
    )


def test_adapter_and_tokenizer_are_read() -> None:
    lora = read({"base_model_name_or_path": "acme/base", "revision": None, "peft_type": "LORA"})
    tokens = read({"tokenizer_class": "X", "auto_map": {"AutoTokenizer": ["tokenization_x.T", None]}})

    assert adapter(lora) == Adapter("acme/base", None, "LORA")
    assert tokenizer(tokens) == Tokenizer("X", ("tokenization_x.T",))


def test_a_fact_has_its_line() -> None:
    file = read_json(b'{\n "auto_map": {\n  "A": "b.C"},\n "x": "auto_map"\n}', "config.json")
    assert isinstance(file, JsonFile)

    assert file.place("auto_map") == Place("config.json", 2, '"auto_map": {')
    assert file.place("auto_map", '"x"') == Place("config.json", 4, '"x": "auto_map"')
    assert file.place("nothing") == Place("config.json", None, None)
