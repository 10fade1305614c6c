"""How a container would serve a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from weighbridge.model.companions import Wanted
from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import Json


@dataclass(frozen=True, slots=True)
class Settings:
    """Serving settings as the workload states them; `None` where it does not."""

    max_model_len: int | None = None
    """Tokens."""
    dtype: str | None = None
    quantization: str | None = None
    load_format: str | None = None
    trust_remote_code: bool | None = None
    enable_lora: bool | None = None
    runtime_loading: tuple[str, ...] = ()
    """The flags and variables that let the running container load other models."""
    generation_overrides: Mapping[str, Json] | None = None
    hf_overrides: Mapping[str, Json] | None = None
    temperature: float | None = None
    kv_cache_dtype: str | None = None
    max_output_tokens: int | None = None
    """Tokens one answer may have."""
    chat_template: str | None = None
    """A file or the template itself, cut to 200 characters."""
    code_loading: tuple[str, ...] = ()
    """The flags and variables, other than trust in remote code, that make the container load code."""
    served_names: tuple[str, ...] = ()
    """The names clients ask for: claims, not models."""


@dataclass(frozen=True, slots=True)
class Serving:
    """One container that serves, or may serve, a model."""

    container: str
    engine: str | None
    """`vllm`, `sglang`, `tgi`, `llama.cpp`, …; `None` when nobody can tell."""
    settings: Settings
    image: str | None
    image_digest: str | None
    """`sha256:…` when the image is pinned."""
    models: tuple[str, ...] = ()
    """`str(ref)` of the models this container names; empty when the link cannot be told."""


@dataclass(frozen=True, slots=True)
class FoundModels:
    """Everything a Kubernetes object says about models."""

    references: tuple[ModelRef, ...] = ()
    serving: tuple[Serving, ...] = ()
    of_interest: bool = False
    """True for a reference, an unresolved one, an engine image or an accelerator request (DESIGN §2)."""
    wanted: tuple[Wanted, ...] = ()
    problems: tuple[str, ...] = ()
    """What could not be read, one sentence each."""
