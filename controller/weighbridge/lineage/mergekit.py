"""
What a merge configuration names: `mergekit_config.yml`, or the same text in a block of the card.

Models stand in it at any depth, with a revision behind `@` and an adapter behind `+`. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from weighbridge.model.outcomes import Unreadable
from weighbridge.safe_yaml import BadDocument, load_all

MOST_NAMES = 256
"""Names kept of one configuration; more than a merge can have anyway."""
LONGEST_BLOCK = 64 * 1024
"""Characters of a block in a card."""
_MOST_BLOCKS = 50

_KEYS = ("model", "base_model", "source_model", "path", "lora")
_INSIDE = ("models", "slices", "sources", "experts", "moe", "model", "base_model")
_BLOCK = re.compile(r"^```ya?ml[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_MERGES = re.compile(r"^\s{0,8}(?:merge_method|gate_mode):", re.MULTILINE)


def merge_names(text: str, name: str) -> tuple[str, ...] | Unreadable:
    """Return the models that the configuration `name` merges, as written; documents of several steps count together."""
    try:
        documents = load_all(text)
    except BadDocument as error:
        return Unreadable(f"{name}: {error}")
    found = dict.fromkeys(part for one in documents for written in _models(one.value) for part in written.split("+"))
    return tuple(found)[:MOST_NAMES]


def merge_names_in_card(text: str) -> tuple[str, ...]:
    """Return the models that a merge configuration in a card names; a block nobody can read names none."""
    for number, block in enumerate(_BLOCK.finditer(text.replace("\r\n", "\n"))):
        if number == _MOST_BLOCKS:
            break
        if len(block[1]) <= LONGEST_BLOCK and _MERGES.search(block[1]) is not None:
            names = merge_names(block[1], "README.md")
            return names if isinstance(names, tuple) else ()
    return ()


def _models(value: object) -> Iterator[str]:
    """Walk a document; its depth was bounded when it was read."""
    if isinstance(value, list):
        for one in value:
            yield from _models(one)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if key in _KEYS and isinstance(one, str):
                yield one.strip()
            elif key in _INSIDE:
                yield from _models(one)
