"""What the metadata of a card says was measured: the `model-index` of the Hugging Face Hub. No input or output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from weighbridge.model.text import printable

MOST = 200
"""Measurements of one card."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number bound to a metric."""

    metric: str
    value: float
    dataset: str | None


def measurements(front_matter: Mapping[str, object]) -> tuple[Measurement, ...]:
    """Return the measurements of the metadata, those that are numbers."""
    found = (
        one
        for entry in _list(front_matter.get("model-index"))
        for result in _list(_get(entry, "results"))
        for one in _of_result(result)
    )
    return tuple(one for one, _ in zip(found, range(MOST), strict=False))


def _of_result(result: object) -> Iterator[Measurement]:
    dataset = _get(_get(result, "dataset"), "name") or _get(_get(result, "dataset"), "type")
    for metric in _list(_get(result, "metrics")):
        name, value = _get(metric, "type") or _get(metric, "name"), _get(metric, "value")
        if isinstance(name, str) and isinstance(value, int | float) and not isinstance(value, bool):
            yield Measurement(
                printable(name, 100), float(value), printable(dataset, 200) if isinstance(dataset, str) else None
            )


def _get(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, Mapping) else None


def _list(value: object) -> list[object]:
    return value[:MOST] if isinstance(value, list) else []
