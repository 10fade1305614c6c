"""The tables of the policy bundle that reading evidence needs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import msgspec

from weighbridge.errors import BadPolicies
from weighbridge.licenses import LicenseTable
from weighbridge.lineage import AliasTable

_PACKAGE = Path(__file__).parents[1]
_NO_READERS = ("cli", "webhook", "cluster", "reports", "engine", "site", "workloads")
"""What reads no answer of a source."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Spellings of licenses and names of models."""

    licenses: LicenseTable
    aliases: AliasTable
    version: str = ""
    """Changes whenever a table or our reading code does, so that nothing is taken for what older ones understood."""

    @classmethod
    def from_documents(cls, documents: Mapping[str, object]) -> Self:
        """Read the bundle's documents `licenses` and `aliases`; raises `BadPolicies` with the name of the key that is wrong."""
        for name in ("licenses", "aliases"):
            if name not in documents:
                raise BadPolicies(f"data/{name}.yaml: missing. Fix: copy it from the shipped policies")
        digest = hashlib.blake2b(_code(), digest_size=12)
        digest.update(msgspec.json.encode([documents["licenses"], documents["aliases"]], order="deterministic"))
        return cls(
            LicenseTable.from_document(documents["licenses"]),
            AliasTable.from_document(documents["aliases"]),
            digest.hexdigest(),
        )


@cache
def _code() -> bytes:
    """Return a digest over everything that has a part in reading what sources deliver."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(_PACKAGE.rglob("*")):
        below = path.relative_to(_PACKAGE)
        if path.suffix in (".py", ".toml") and below.parts[0] not in _NO_READERS:
            content = path.read_bytes()
            digest.update(f"{below.as_posix()}\0{len(content)}\0".encode() + content)
    return digest.digest()
