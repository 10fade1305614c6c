"""The fingerprints of known license texts, read once: the only file this package touches."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from weighbridge.licenses.shingles import Section, unpacked


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One text of one license; a license may have several, such as with and without an appendix."""

    key: str
    origin: str
    """What the text was read from."""
    sections: tuple[Section, ...]
    shingles: frozenset[int]


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """All texts, and for each sequence of words the texts that have it."""

    texts: Sequence[Fingerprint]
    index: Mapping[int, tuple[int, ...]]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Fingerprints:
        """Read a document that tools/fingerprints.py wrote."""
        texts = tuple(_fingerprint(one) for one in document["texts"])
        index: dict[int, tuple[int, ...]] = {}
        for number, text in enumerate(texts):
            for shingle in text.shingles:
                index[shingle] = (*index.get(shingle, ()), number)
        return cls(texts, index)


@cache
def shipped() -> Fingerprints:
    """Return the fingerprints that come with weighbridge."""
    file = resources.files("weighbridge.licenses") / "fingerprints.json"
    return Fingerprints.of(json.loads(file.read_text(encoding="utf-8")))


def _fingerprint(one: Mapping[str, Any]) -> Fingerprint:
    sections = tuple(Section(title, unpacked(shingles)) for title, shingles in one["sections"])
    return Fingerprint(one["key"], one["origin"], sections, frozenset().union(*(part.shingles for part in sections)))
