"""The data sets that a card names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set the metadata of a card names."""

    name: str
    pin: str | None
    """A commit, a sha256 or a DOI of one version."""
