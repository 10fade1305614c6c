"""The small files of a repository: bytes → the part of them that is kept."""

from __future__ import annotations

from weighbridge.gathering.parts import MERGE, AdapterPart, ConfigPart, GenerationPart, NamesPart, TokenizerPart
from weighbridge.lineage import merge_names
from weighbridge.model.outcomes import Unreadable
from weighbridge.weights import adapter, config, generation_config, promise, read_json, shape, tokenizer

CONFIG, TOKENIZER, GENERATION = "config.json", "tokenizer_config.json", "generation_config.json"
ADAPTER, QUANTIZER = "adapter_config.json", "quantize_config.json"


def read_config(content: bytes) -> ConfigPart | Unreadable:
    """Read config.json."""
    file = read_json(content, CONFIG)
    if isinstance(file, Unreadable):
        return file
    read = config(file)
    places = {"config.name_or_path": file.place("_name_or_path")}
    if read.auto_map:
        places["config.auto_map"] = file.place("auto_map")
    return ConfigPart(read, shape(file), promise(file), places)


def read_tokenizer(content: bytes) -> TokenizerPart | Unreadable:
    """Read tokenizer_config.json."""
    file = read_json(content, TOKENIZER)
    if isinstance(file, Unreadable):
        return file
    read = tokenizer(file)
    return TokenizerPart(read, {"tokenizer.auto_map": file.place("auto_map")} if read.auto_map else {})


def read_generation(content: bytes) -> GenerationPart | Unreadable:
    """Read generation_config.json."""
    file = read_json(content, GENERATION)
    if isinstance(file, Unreadable):
        return file
    places = {
        f"generation_config.{key}": file.place(key)
        for key in ("trust_remote_code", "custom_generate")
        if key in file.values
    }
    return GenerationPart(generation_config(file), places)


def read_adapter(content: bytes) -> AdapterPart | Unreadable:
    """Read adapter_config.json."""
    file = read_json(content, ADAPTER)
    if isinstance(file, Unreadable):
        return file
    return AdapterPart(adapter(file), {"adapter.base": file.place("base_model_name_or_path")})


def read_merge(content: bytes) -> NamesPart | Unreadable:
    """Read the configuration of a merge."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Unreadable(f"{MERGE} is not UTF-8")
    names = merge_names(text, MERGE)
    return names if isinstance(names, Unreadable) else NamesPart(names)


def read_quantizer(content: bytes) -> NamesPart | Unreadable:
    """Read quantize_config.json."""
    file = read_json(content, QUANTIZER)
    if isinstance(file, Unreadable):
        return file
    name = file.values.get("model_name_or_path")
    return NamesPart((name,) if isinstance(name, str) else ())
