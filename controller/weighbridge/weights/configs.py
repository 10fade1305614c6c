"""
config.json and its neighbors: bytes → what rules ask.

They are written by the publisher, so every reader is total: a value of the wrong type is a value nobody stated.
No input or output.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from weighbridge.model.configurations import Adapter, Config, GenerationConfig, Tokenizer
from weighbridge.model.evidence import Place, Shape
from weighbridge.model.outcomes import Unreadable
from weighbridge.model.text import printable

DEPTH = 64
"""Levels a configuration file may be nested."""
MOST_NAMES = 64
"""Names kept of a list such as `auto_map`."""
LONGEST_NAME = 300

_NESTED = ("text_config", "llm_config", "language_config", "language_model_config")
"""Where configurations of models that also see or hear keep the numbers of the language model."""


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A JSON object as it was read."""

    name: str
    values: Mapping[str, object]
    text: str

    def place(self, key: str, value: str | None = None) -> Place:
        """Return where `key` stands, with the line quoted; the first line that holds `value` too is better."""
        quoted = json.dumps(key)
        lines = self.text.split("\n")
        hits = [number for number, line in enumerate(lines, 1) if quoted in line]
        exact = [number for number in hits if value is not None and value in lines[number - 1]]
        line = next(iter([*exact, *hits]), None)
        return Place(self.name, line, printable(lines[line - 1].strip(), 200) if line is not None else None)


def read_json(content: bytes, name: str) -> JsonFile | Unreadable:
    """Read a configuration file; whatever is no JSON object of reasonable depth is `Unreadable`."""
    try:
        text = content.decode("utf-8-sig")
        values = json.loads(text)
    except UnicodeDecodeError:
        return Unreadable(f"{name} is not UTF-8")
    except RecursionError:
        return Unreadable(f"{name} is nested deeper than {DEPTH} levels")
    except ValueError as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        return Unreadable(f"{name} is not JSON{line}")
    if not isinstance(values, dict):
        return Unreadable(f"{name} is not a JSON object")
    if _too_deep(values):
        return Unreadable(f"{name} is nested deeper than {DEPTH} levels")
    return JsonFile(name, values, text)


def config(file: JsonFile) -> Config:
    """Read config.json."""
    values = file.values
    quantization = values.get("quantization_config")
    return Config(
        architectures=tuple(_names(values.get("architectures"))),
        model_type=_text(values.get("model_type")),
        auto_map=_auto_map(values),
        name_or_path=_text(values.get("_name_or_path")),
        torch_dtype=_text(values.get("torch_dtype")) or _text(values.get("dtype")),
        quantization=_text(quantization.get("quant_method")) if isinstance(quantization, Mapping) else None,
        max_position_embeddings=_positions(values),
        context_length=_context_length(values),
    )


def _positions(values: Mapping[str, object]) -> int | None:
    return _count(values, "max_position_embeddings", "n_positions", "max_seq_len", "seq_length")


_SCALED_ALREADY = ("llama3", "longrope", "su", "mrope", "default")
"""Rope types whose `max_position_embeddings` is the stretched length (source: vLLM, `_get_and_verify_max_len`)."""


def _context_length(values: Mapping[str, object]) -> int | None:
    """
    Return the tokens that positions and rope scaling allow together.

    yarn stretches `original_max_position_embeddings`, linear and dynamic scaling `max_position_embeddings`
    (source: vLLM, `_get_and_verify_max_len`); a nested `text_config` speaks where there is one.
    """
    text = values.get("text_config")
    values = text if isinstance(text, Mapping) else values
    positions = _positions(values)
    scaling = values.get("rope_scaling") or values.get("rope_parameters")
    if positions is None or not isinstance(scaling, Mapping):
        return positions
    kind = _text(scaling.get("rope_type")) or _text(scaling.get("type"))
    factor = _number(scaling.get("factor"))
    if factor is None or factor < 1 or kind in _SCALED_ALREADY:
        return positions
    start = _count(scaling, "original_max_position_embeddings") or positions
    return max(positions, int((start if kind == "yarn" else positions) * factor))


def is_quantized(file: JsonFile) -> bool:
    """Tell whether config.json says that the weights are quantized, by whatever method."""
    return bool(file.values.get("quantization_config"))


def tokenizer(file: JsonFile) -> Tokenizer:
    """Read tokenizer_config.json."""
    return Tokenizer(_text(file.values.get("tokenizer_class")), _auto_map(file.values))


def generation_config(file: JsonFile) -> GenerationConfig:
    """Read generation_config.json; anything but an explicit no enables what it names."""
    values = file.values
    return GenerationConfig(
        trust_remote_code=_enabled(values.get("trust_remote_code")),
        custom_generate=_enabled(values.get("custom_generate")),
        temperature=_number(values.get("temperature")),
        top_p=_number(values.get("top_p")),
        max_new_tokens=_count(values, "max_new_tokens"),
    )


def adapter(file: JsonFile) -> Adapter:
    """Read adapter_config.json."""
    values = file.values
    return Adapter(
        _text(values.get("base_model_name_or_path")), _text(values.get("revision")), _text(values.get("peft_type"))
    )


def shape(file: JsonFile) -> Shape | None:
    """Return the numbers that tell one architecture from another; `None` when config.json has none of them."""
    nested = (file.values.get(key) for key in _NESTED)
    for values in (file.values, *(one for one in nested if isinstance(one, Mapping))):
        found = Shape(
            hidden_size=_count(values, "hidden_size", "n_embd", "d_model", "dim"),
            layers=_count(values, "num_hidden_layers", "n_layer", "num_layers", "n_layers"),
            vocab_size=_count(values, "vocab_size", "padded_vocab_size"),
        )
        if found.hidden_size is not None or found.layers is not None:
            return found
    return None


def language_model(file: JsonFile) -> Mapping[str, object]:
    """Return the part of config.json that describes the language model; the whole of it where it has no such part."""
    nested = (file.values.get(key) for key in _NESTED)
    return next((one for one in nested if isinstance(one, Mapping)), file.values)


def _too_deep(root: object) -> bool:
    level: list[object] = [root]
    for _ in range(DEPTH):
        level = [child for value in level for child in _children(value)]
        if not level:
            return False
    return True


def _children(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _text(value: object) -> str | None:
    return printable(value, LONGEST_NAME) if isinstance(value, str) else None


def _names(value: object) -> Iterator[str]:
    values = value if isinstance(value, list) else [value]
    for one in values[:MOST_NAMES]:
        if isinstance(one, str) and one:
            yield printable(one, LONGEST_NAME)


def _auto_map(values: Mapping[str, object]) -> tuple[str, ...]:
    named = values.get("auto_map")
    if not isinstance(named, Mapping):
        return tuple(_names(named))
    return tuple(sorted({name for one in named.values() for name in _names(one)})[:MOST_NAMES])


def _enabled(value: object) -> bool:
    return value.strip().lower() not in ("", "false", "no", "0") if isinstance(value, str) else bool(value)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e15 else None  # neither infinite nor NaN


def _count(values: Mapping[str, object], *keys: str) -> int | None:
    for key in keys:
        value = values.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
            return value
    return None
