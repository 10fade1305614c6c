"""
Texts as sets of hashed three-word sequences, so that they can be compared without being kept.

The fingerprints beside this module hold numbers and the first words of each section, no text; tools/fingerprints.py makes them.
No input or output.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]{2,}")
"""Words of one letter are the marks of lists, which copies write in many ways."""
_NON = re.compile(r"\bnon[- ](?=\w)")
_HOLDER = re.compile(
    r"\W{0,8}(?:portions )?copyright\b(?! (?:holder|owner|notice|law|and|or|license|statement|in|interest|protection|of)s?\b)"
    r"|\W{0,8}(?:\(c\)|©)|\W{0,8}all rights reserved\W{0,8}$"
)
LONGEST_TITLE = 8
"""Words of a line above the text proper."""
LONGEST_HOLDER = 20
"""Words of a line that names who holds the rights; those lines differ from copy to copy and are left out."""
_A, _B, _C = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D
_MASK = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text in order, with the line each stands on."""

    words: Sequence[str]
    lines: Sequence[int]


@dataclass(frozen=True, slots=True)
class Section:
    """A paragraph of a known text."""

    title: str
    """Its first words."""
    shingles: frozenset[int]


def words_of(text: str, turning: Collection[str]) -> Words:
    """
    Split a text into lower-case words.

    Titles and lines that only name a holder are left out unless they hold a turning word.
    """
    words: list[str] = []
    lines: list[int] = []
    for number, line in enumerate(_NON.sub("non", text.lower()).replace("https:", "http:").split("\n"), 1):
        found = _WORD.findall(line)
        title = not words and len(found) <= LONGEST_TITLE
        holder = len(found) <= LONGEST_HOLDER and _HOLDER.match(line) is not None
        if (title or holder) and not any(word in turning for word in found):
            continue
        words += found
        lines += [number] * len(found)
    return Words(words, lines)


def shingles_of(words: Sequence[str]) -> list[int]:
    """Return a number of 32 bits for each three words in a row."""
    seen: dict[str, int] = {}
    numbers = [seen[word] if word in seen else seen.setdefault(word, zlib.crc32(word.encode())) for word in words]
    return [
        (first * _A ^ second * _B ^ third * _C) & _MASK
        for first, second, third in zip(numbers, numbers[1:], numbers[2:], strict=False)
    ]


def packed(shingles: Iterable[int]) -> str:
    """Write numbers down as text; `unpacked(packed(x))` are the numbers of `x`, in order."""
    ordered = sorted(set(shingles))
    return base64.b85encode(struct.pack(f">{len(ordered)}I", *ordered)).decode()


def unpacked(text: str) -> frozenset[int]:
    """Read what `packed` wrote."""
    content = base64.b85decode(text)
    return frozenset(struct.unpack(f">{len(content) // 4}I", content))
