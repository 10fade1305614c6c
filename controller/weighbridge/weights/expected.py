"""How many numbers config.json promises: the parameter formula of decoders. No input or output."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files

from weighbridge.weights.configs import JsonFile, language_model

_MOST = 10**6
"""No layer count, width or vocabulary is larger; a larger one is a lie."""
_DEFAULT_BYTES = 2


@dataclass(frozen=True, slots=True)
class Promise:
    """What config.json says about the size of its weights."""

    parameters: int | None
    """`None` when a number of the formula is not stated."""
    dtype_bytes: int
    """Bytes of one number in the stated `torch_dtype`; two when none is stated."""
    supported: bool
    """Whether the formula is exact for this model type, biases aside."""

    @property
    def size(self) -> int | None:
        """Bytes of weights that are neither quantized nor pruned."""
        return None if self.parameters is None else self.parameters * self.dtype_bytes


@dataclass(frozen=True, slots=True)
class Sizes:
    """The tables of sizes.toml."""

    dtypes: Mapping[str, int]
    keys: Mapping[str, tuple[str, ...]]
    supported: frozenset[str]
    gated: frozenset[str]
    gated_activations: frozenset[str]
    tied: frozenset[str]
    sets: tuple[tuple[str, tuple[str, ...]], ...]
    """Formats and names of weights in the order engines prefer them."""


@cache
def sizes() -> Sizes:
    """Return the shipped tables."""
    text = package_files("weighbridge.weights").joinpath("sizes.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    architectures = document["architectures"]
    return Sizes(
        dtypes=document["dtypes"],
        keys={name: tuple(keys) for name, keys in document["keys"].items()},
        supported=frozenset(architectures["supported"]),
        gated=frozenset(architectures["gated"]),
        gated_activations=frozenset(architectures["gated_activations"]),
        tied=frozenset(architectures["tied_by_default"]),
        sets=tuple((one["format"], tuple(one["names"])) for one in document["sets"]),
    )


def promise(file: JsonFile) -> Promise:
    """Read from config.json how large its weights should be."""
    language, table = language_model(file), sizes()
    kind = str(language.get("model_type", file.values.get("model_type", "")))
    stated = (
        values.get(key) for values in (language, file.values) for key in ("torch_dtype", "dtype") if key in values
    )
    dtype = next((one for one in stated if isinstance(one, str)), "")
    return Promise(
        parameters=_parameters(language, file.values, kind),
        dtype_bytes=table.dtypes.get(dtype, _DEFAULT_BYTES),
        supported=kind in table.supported,
    )


def _parameters(language: Mapping[str, object], whole: Mapping[str, object], kind: str) -> int | None:
    numbers = {name: _number(language, name) for name in sizes().keys}
    hidden, layers, heads = numbers["hidden"], numbers["layers"], numbers["heads"]
    vocabulary = numbers["vocabulary"] or _number(whole, "vocabulary")
    if not hidden or not layers or not heads or not vocabulary:
        return None
    shared_heads = 1 if language.get("multi_query") is True else heads
    key_value_heads = numbers["key_value_heads"] or shared_heads
    head_size = numbers["head_size"] or hidden // heads
    attention = 2 * hidden * heads * head_size + 2 * hidden * key_value_heads * head_size
    tied = language.get("tie_word_embeddings", whole.get("tie_word_embeddings", kind in sizes().tied))
    embeddings = vocabulary * hidden * (1 if tied is True else 2)
    return layers * (attention + _feed_forward(language, numbers, hidden, kind) + 2 * hidden) + embeddings + hidden


def _feed_forward(language: Mapping[str, object], numbers: Mapping[str, int | None], hidden: int, kind: str) -> int:
    inner = numbers["inner"] or 4 * hidden
    experts = numbers["experts"]
    if experts:
        shared = 3 * hidden * (numbers["shared_inner"] or 0)
        return experts * 3 * hidden * (numbers["expert_inner"] or inner) + hidden * experts + shared
    gated = kind in sizes().gated or language.get("hidden_act") in sizes().gated_activations
    return (3 if gated else 2) * hidden * inner


def _number(values: Mapping[str, object], name: str) -> int | None:
    for key in sizes().keys[name]:
        value = values.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return value if 0 <= value <= _MOST else None
    return None
