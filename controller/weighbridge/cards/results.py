"""Numbers that are results of an evaluation, in sentences, tables, code and metadata. No input or output."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files

from weighbridge.cards.parts import Part
from weighbridge.cards.passages import Passage

_SECTION = "evaluation_results"
_REACH = 80
"""Characters between a metric and its number."""
_BAR = " | "
_BOUND = re.compile(r"(?:[:=]|\b(?:of|is|was|at)) ?\d")
"""Without a number behind one of these, no whole number belongs to a metric."""
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class _Table:
    metrics: re.Pattern[str]
    other: re.Pattern[str]
    others: re.Pattern[str]
    number: re.Pattern[str]
    bound: re.Pattern[str]
    near: re.Pattern[str]
    cell: re.Pattern[str]


@cache
def _table() -> _Table:
    text = package_files("weighbridge.cards").joinpath("results.toml").read_text(encoding="utf-8")
    one = tomllib.loads(text)
    metrics, number = one["metrics"], one["number"]
    return _Table(
        metrics=re.compile(metrics, re.IGNORECASE),
        other=re.compile(one["other"], re.IGNORECASE),
        others=re.compile(one["others"], re.IGNORECASE),
        number=re.compile(number, re.IGNORECASE),
        bound=re.compile(one["bound"].replace("metrics", metrics), re.IGNORECASE),
        near=re.compile(f"(?:{metrics}).{{0,{_REACH}}}?{number}|{number}.{{0,30}}?(?:{metrics})", re.IGNORECASE),
        cell=re.compile(one["cell"], re.IGNORECASE),
    )


def is_result(passage: Passage, part: Part) -> bool:
    """Tell whether a passage gives a number that was measured on this model."""
    if _DIGIT.search(passage.text) is None:
        return False
    labelled = _SECTION in part.sections
    match passage.kind:
        case "row":
            return _row(passage, part, labelled=labelled)
        case "code":
            return labelled and _code(passage.text)
        case "text" | "label" | "head":
            return _sentence(passage.text, labelled=labelled)


def _sentence(text: str, *, labelled: bool) -> bool:
    table = _table()
    if table.number.search(text) is None and _BOUND.search(text) is None:
        return False
    if table.others.search(text) is not None:
        return False
    if table.metrics.search(text) is not None:
        return table.near.search(text) is not None or table.bound.search(text) is not None
    return labelled and table.number.search(text) is not None and table.other.search(text) is None


def _row(passage: Passage, part: Part, *, labelled: bool) -> bool:
    table = _table()
    cells = passage.text.split(_BAR)
    figures = [cell for cell in cells[1:] if table.cell.fullmatch(cell)]
    if not figures:
        return len(cells) > 1 and _sentence(passage.text, labelled=False)
    about = f"{passage.head}{_BAR}{cells[0]}"
    if table.metrics.search(about) is not None or any(table.metrics.search(cell) for cell in cells[1:3]):
        return True
    return labelled and table.other.search(f"{about} {part.label}") is None


def _code(text: str) -> bool:
    table = _table()
    return any(table.near.search(line[:400]) or table.bound.search(line[:400]) for line in text.split("\n")[:200])


def has_results(index: object) -> bool:
    """Tell whether a `model-index` of the metadata holds a number."""
    models = index if isinstance(index, Sequence) and not isinstance(index, str) else ()
    return any(
        _value(metric) for model in models for result in _list(model, "results") for metric in _list(result, "metrics")
    )


def _list(holder: object, key: str) -> Sequence[object]:
    value = holder.get(key) if isinstance(holder, Mapping) else None
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _value(metric: object) -> bool:
    value = metric.get("value") if isinstance(metric, Mapping) else None
    if isinstance(value, str):
        return _DIGIT.search(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)
