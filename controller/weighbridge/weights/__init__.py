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
from weighbridge.weights.content import content_digest, content_files, digest_of_content
from weighbridge.weights.expected import Promise, promise
from weighbridge.weights.formats import ListedFile, files, is_weights
from weighbridge.weights.gguf import gguf_header
from weighbridge.weights.headers import Header, Reading, Short
from weighbridge.weights.safetensors import safetensors_header
from weighbridge.weights.weighing import WeightSet, units, weigh, weight_set

__all__ = [
    "Header",
    "JsonFile",
    "ListedFile",
    "Promise",
    "Reading",
    "Short",
    "WeightSet",
    "adapter",
    "config",
    "content_digest",
    "content_files",
    "digest_of_content",
    "files",
    "generation_config",
    "gguf_header",
    "is_quantized",
    "is_weights",
    "promise",
    "read_json",
    "safetensors_header",
    "shape",
    "tokenizer",
    "units",
    "weigh",
    "weight_set",
]
