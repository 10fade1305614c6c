"""
The metadata block at the top of a card.

It is found where huggingface_hub finds it, since a block anywhere else means nothing to the Hub. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from weighbridge.model.text import printable
from weighbridge.safe_yaml import BadDocument, load

_RULE = "---"
_LONGEST = 256 * 1024
"""Characters of metadata that are read; evaluation results of the largest known cards take a tenth."""
_KEY = re.compile(r"(license|base_model|library_name|pipeline_tag|tags|language|datasets)\s*:")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands between the rules at the top of a card."""

    state: Literal["ok", "none", "unreadable", "misplaced"]
    problem: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    body_line: int = 1
    """The line the text below begins on, counted from 1."""


def read_front_matter(lines: list[str]) -> FrontMatter:
    """
    Read the metadata of a card that was split into lines.

    Only white space may precede it. Values stay what YAML 1.1 makes of them: an unquoted `no` is false.
    """
    start = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    if start == len(lines) or lines[start].lstrip() != _RULE:
        return _without(lines)
    end = next((number for number in range(start + 1, len(lines)) if lines[number] == _RULE), None)
    if end is None:
        return _without(lines)
    text = "\n".join(lines[start + 1 : end])
    if len(text) > _LONGEST:
        problem = f"the metadata is longer than {_LONGEST // 1024} KiB"
        return FrontMatter("unreadable", problem, body_line=end + 2)
    try:
        values = load(text)
    except BadDocument as error:
        problem = printable(f"line {start + 1 + error.line}: {error.why}", 200)
        return FrontMatter("unreadable", problem, body_line=end + 2)
    if values is None:
        return FrontMatter("none", body_line=end + 2)
    if not isinstance(values, Mapping):
        return FrontMatter("unreadable", "the metadata is not a mapping of keys to values", body_line=end + 2)
    return FrontMatter("ok", None, {str(key): value for key, value in values.items()}, end + 2)


def _without(lines: list[str]) -> FrontMatter:
    """Tell a card without metadata from one whose metadata stands where the Hub does not look."""
    rules = [number for number, line in enumerate(lines) if line.strip() == _RULE]
    for first, second in pairwise(rules):
        keys = [line for line in lines[first + 1 : second] if _KEY.match(line)]
        if keys and not lines[first + 1].startswith((" ", "\t")) and _is_mapping(lines[first + 1 : second]):
            return FrontMatter(
                "misplaced", f"line {first + 1}: metadata is not at the top of the file; the Hub ignores it"
            )
    return FrontMatter("none")


def _is_mapping(lines: list[str]) -> bool:
    text = "\n".join(lines)
    try:
        return len(text) <= _LONGEST and isinstance(load(text), Mapping)
    except BadDocument:
        return False
