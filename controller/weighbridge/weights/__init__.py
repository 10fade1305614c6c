"""What the files of a repository are, and what its configuration files say. No input or output."""

from weighbridge.weights.configs import (
    JsonFile,
    adapter,
    config,
    generation_config,
    is_quantized,
    read_json,
    shape,
    tokenizer,
)
from weighbridge.weights.formats import ListedFile, files

__all__ = [
    "JsonFile",
    "ListedFile",
    "adapter",
    "config",
    "files",
    "generation_config",
    "is_quantized",
    "read_json",
    "shape",
    "tokenizer",
]
