"""How large the weights of a model are, and in which numbers they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Format: TypeAlias = Literal["safetensors", "gguf", "onnx", "pickle", "keras", "code"]


@dataclass(frozen=True, slots=True)
class Dtype:
    """A number format that weights are kept in."""

    name: str
    """As the file writes it: `BF16`, `Q4_K`."""
    parameters: int
    """Numbers kept in it; packed ones count once."""


@dataclass(frozen=True, slots=True)
class ParentRatio:
    """The size of a model against one of its parents, each counted in numbers of its own precision."""

    parent: str
    ratio: float


@dataclass(frozen=True, slots=True)
class Weights:
    """How large the weights are that an engine would load; other formats beside them are not counted."""

    format: Format
    source: Literal["headers", "sizes"]
    """Whether the headers of the files were read, or only the sizes of the files are known."""
    files: int
    variants: int
    """How many sets of this format there are; more than one where no name says which is served."""
    size: int
    """Bytes."""
    parameters: int | None
    """Numbers kept in the files, `None` when no header was read; of packed weights fewer than the model has."""
    dtypes: tuple[Dtype, ...]
    """Most numbers first."""
    quantization: str | None
    """What a GGUF file calls its own format: `Q4_K_M`."""
    expected_parameters: int | None
    """What the numbers of config.json come to."""
    supported: bool
    """Whether that formula is exact for the model type."""
    ratio: float | None
    """Size against expected parameters in the stated precision; 1.0 where nothing was left out, packed or added."""
    bits: float | None
    """Bits of each parameter."""
    ratios_to_parents: tuple[ParentRatio, ...]
