"""What a card says beside its sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

ClaimKind: TypeAlias = Literal["alignment_removed", "personal_data", "data_date", "curation", "superseded"]


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that a card says, known by a word of our own and never by the text itself."""

    kind: ClaimKind
    what: str
    """Of that kind: `abliterated`, `web`, `deduplicated` …"""
    line: int
