"""The configuration files of a model, as far as rules ask."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Config:
    """config.json, as far as rules ask."""

    architectures: tuple[str, ...]
    model_type: str | None
    auto_map: tuple[str, ...]
    """Values of `auto_map`: `modeling_x.Class`, or `owner/repo--modeling_x.Class` for code of another repository."""
    name_or_path: str | None
    torch_dtype: str | None
    quantization: str | None
    """`quantization_config.quant_method`."""
    max_position_embeddings: int | None
    context_length: int | None = None
    """Tokens that positions and rope scaling allow together, as engines reckon them."""


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """tokenizer_config.json, as far as rules ask."""

    tokenizer_class: str | None
    auto_map: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GenerationConfig:
    """generation_config.json, as far as rules ask."""

    trust_remote_code: bool
    custom_generate: bool
    temperature: float | None
    top_p: float | None
    max_new_tokens: int | None


@dataclass(frozen=True, slots=True)
class Adapter:
    """adapter_config.json, as far as rules ask."""

    base: str | None
    """`base_model_name_or_path`."""
    revision: str | None
    peft_type: str | None
