"""
Which data sets a card names, and whether somebody could get the very same bytes again.

A commit, a sha256 or a DOI with a version pins a data set; a name, a branch and a year do not. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from weighbridge.model.datasets import Dataset
from weighbridge.model.evidence import Section

MOST_DATASETS = 100
MOST_LINES = 200
"""Lines read below one label."""
_NAME_KEYS = ("name", "repo_id", "id", "path")
_PIN_KEYS = ("revision", "commit", "sha256", "digest", "checksum", "doi", "version")
_PIN = re.compile(
    r"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])|\b10\.\d{4,9}/\S{0,80}?(?:[./]v\d{1,4}|zenodo\.\d{1,12})\b",
    re.IGNORECASE,
)
"""A commit, a sha256, or a DOI that stands for one version: Zenodo gives each version its own."""


def datasets(front_matter: Mapping[str, object], lines: Iterable[str]) -> tuple[Dataset, ...]:
    """Return the data sets of the metadata; `lines`, the text about training data, may pin one by naming it."""
    value = front_matter.get("datasets")
    listed = value if isinstance(value, list) else [value]
    texts = [line.lower() for line in lines]
    found: dict[str, Dataset] = {}
    for entry in listed[:MOST_DATASETS]:
        named = _entry(entry)
        if named is not None and named.name.lower() not in found:
            pin = named.pin or _pin_beside(named.name.lower(), texts)
            found[named.name.lower()] = Dataset(named.name, pin)
    return tuple(found.values())


def about(sections: Mapping[str, Section], key: str, source: Sequence[str], body_line: int) -> list[str]:
    """Return the lines of a card from where it answers a section to the next heading or the next section."""
    starts = {line for name, section in sections.items() if name != key for line in section.lines}
    found: list[str] = []
    for start in sections[key].lines:
        if not body_line <= start <= len(source):
            continue
        found.append(source[start - 1])
        for number in range(start + 1, min(start + MOST_LINES, len(source)) + 1):
            if number in starts or source[number - 1].startswith("#"):
                break
            found.append(source[number - 1])
    return found


def pins(lines: Iterable[str]) -> int:
    """Return how many different commits, digests and versioned DOIs stand in a text about training data."""
    return len({pin.lower() for line in lines for pin in _PIN.findall(line)})


def _entry(entry: object) -> Dataset | None:
    match entry:
        case str():
            name, _, revision = entry.strip().partition("@")
            return Dataset(name[:200], _pin(revision)) if name else None
        case Mapping():
            name = next((str(entry[key]) for key in _NAME_KEYS if isinstance(entry.get(key), str)), "").strip()
            pinned = (_pin(str(entry[key])) for key in _PIN_KEYS if isinstance(entry.get(key), str))
            return Dataset(name[:200], next((one for one in pinned if one), None)) if name else None
        case _:
            return None


def _pin(text: str) -> str | None:
    found = _PIN.search(text)
    return found.group().lower() if found else None


def _pin_beside(name: str, texts: Iterable[str]) -> str | None:
    return next((pin for text in texts if name in text and (pin := _pin(text)) is not None), None)
