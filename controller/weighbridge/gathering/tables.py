"""The tables of the policy bundle that reading evidence needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from weighbridge.errors import BadPolicies
from weighbridge.licenses import LicenseTable
from weighbridge.lineage import AliasTable


@dataclass(frozen=True, slots=True)
class Tables:
    """Spellings of licenses and names of models."""

    licenses: LicenseTable
    aliases: AliasTable

    @classmethod
    def from_documents(cls, documents: Mapping[str, object]) -> Self:
        """Read the bundle's documents `licenses` and `aliases`; raises `BadPolicies` with the name of the key that is wrong."""
        for name in ("licenses", "aliases"):
            if name not in documents:
                raise BadPolicies(f"data/{name}.yaml: missing. Fix: copy it from the shipped policies")
        return cls(LicenseTable.from_document(documents["licenses"]), AliasTable.from_document(documents["aliases"]))
