"""
How large the weights of a model are, against what its configuration promises.

One format is counted, the one an engine takes first; where the headers of its files are known these are exact,
otherwise the sizes of the files stand in for them. No input or output.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from weighbridge.model.evidence import File, Files
from weighbridge.model.weights import Dtype, Format, Weights
from weighbridge.weights.expected import Promise, sizes
from weighbridge.weights.headers import Header

MOST_HEADERS = 32
"""Files of one model whose headers are read; weights in more parts are weighed by the sizes of their files."""
_MOST_DTYPES = 16

_PART = re.compile(r"(?P<name>.*?)[-_.]?\d{1,5}-of-(?P<of>\d{1,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class WeightSet:
    """The files that together are the weights."""

    format: Format
    files: tuple[File, ...]
    variants: int
    """How many sets of this format the repository holds; a file of GGUF weights is usually one of many."""

    @property
    def headers(self) -> tuple[File, ...]:
        """Return the files whose headers are worth reading."""
        readable = self.format in ("safetensors", "gguf") and len(self.files) <= MOST_HEADERS
        return self.files if readable else ()


def weight_set(files: Files, named: str | None) -> WeightSet | None:
    """Return the weights an engine would load; `named` is the file a reference asks for. `None` when there are none."""
    for kind, names in sizes().sets:
        sets = _sets([one for one in files.files if one.loaded and one.format == kind])
        if sets:
            chosen = next((one for one in sets.values() if any(file.path == named for file in one)), None)
            chosen = chosen or next((sets[name] for name in names if name in sets), None)
            # Without a name that engines look for, the first by name, so that the same listing gives the same answer.
            files_of_it = chosen or sets[min(sets)]
            return WeightSet(files_of_it[0].format, tuple(files_of_it), len(sets))
    return None


def _sets(files: Sequence[File]) -> Mapping[str, list[File]]:
    """Put the parts of one whole together, by the path without part numbers and suffix."""
    found: dict[str, list[File]] = {}
    for file in files:
        stem = file.path.rpartition(".")[0]
        part = _PART.fullmatch(stem)
        found.setdefault(part["name"] if part is not None else stem, []).append(file)
    return found


def weigh(chosen: WeightSet, headers: Sequence[Header], promise: Promise | None) -> Weights | None:
    """
    Weigh a set by its headers, or by the sizes of its files where `headers` are not those of all of it.

    `None` when neither is known.
    """
    listed = [file.size for file in chosen.files if file.size is not None]
    exact = len(headers) == len(chosen.files) and all(one.complete for one in headers)
    if not exact and len(listed) < len(chosen.files):
        return None
    size = sum(one.size for one in headers) if exact else sum(listed)
    numbers: Counter[str] = Counter()
    for header in headers if exact else ():
        numbers.update(header.numbers)
    parameters = sum(numbers.values()) if exact else None
    quantization = next((one.quantization for one in headers if one.quantization is not None), None)
    expected = promise.parameters if promise is not None else None
    # Packed numbers are several parameters each, so what config.json promises is the better divisor.
    divisor = expected if chosen.format != "gguf" or parameters is None else parameters
    return Weights(
        format=chosen.format,
        source="headers" if exact else "sizes",
        files=len(chosen.files),
        variants=chosen.variants,
        size=size,
        parameters=parameters,
        dtypes=tuple(Dtype(name, count) for name, count in numbers.most_common(_MOST_DTYPES)),
        quantization=quantization,
        expected_parameters=expected,
        supported=promise is not None and promise.supported,
        ratio=_ratio(size, promise.size if promise is not None else None),
        bits=_ratio(8 * size, divisor if divisor is not None else parameters),
        ratios_to_parents=(),
    )


def units(weights: Weights | None, promise: Promise | None) -> float | None:
    """
    Return the size of a model in numbers of its own precision, so that an upcast of it is no change.

    Where the weights are not known, what its configuration promises stands in for them.
    """
    if weights is not None:
        return weights.size / (promise.dtype_bytes if promise is not None else 2)
    return float(promise.parameters) if promise is not None and promise.parameters is not None else None


def _ratio(size: int, of: int | None) -> float | None:
    return round(size / of, 4) if of else None
