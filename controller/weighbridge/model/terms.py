"""What texts and ancestors say about the terms of a model, as policies see it (licenses.md §5 is the source of the chain)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Via: TypeAlias = Literal["own", "weights", "outputs", "data"]
"""How a model comes from where a term is: it is the same, was made of its weights, or was trained on what it said or on its records."""
TextState: TypeAlias = Literal["match", "modified", "named", "unknown", "unreadable"]
"""`match` the text of a license; `modified` the text of one with differences; `named` known by its title and phrases alone."""


@dataclass(frozen=True, slots=True)
class LicenseStatement:
    """One place that says under which license a model comes."""

    source: Literal["front_matter", "license_file", "card_text", "badge", "model_name", "oci_annotation"]
    id: str | None
    """Key of `data.weighbridge.licenses`; `None` when the statement names no known license."""
    declared: str
    """As written, at most 100 characters."""
    file: str
    line: int | None


@dataclass(frozen=True, slots=True)
class LicenseText:
    """A license file that comes with a model."""

    path: str
    state: TextState
    id: str | None
    """The license whose text it is; `None` for a modified or unknown text: its terms are its own."""
    nearest: str | None
    """The license it resembles most."""
    score: float | None
    """Share of three-word sequences it has in common with that license, 0 to 1; `None` where no fingerprint is known."""
    letters: int
    notice: bool
    """A NOTICE file: it names licenses, and states none."""


@dataclass(frozen=True, slots=True)
class TermSource:
    """A model that terms come from: the model itself or an ancestor whose license is known."""

    node: str
    license: str
    via: Via
    path: tuple[str, ...]
    """The edges from the model up, nearest first: `finetune by front_matter`."""
    stated: str
    """Where that node states its license: `front_matter`, `license_file`, `card_text`."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a license that binds the model."""

    facet: str
    value: str
    license: str
    clause: str | None
    """Where it stands in the text of the license."""
    node: str
    """The nearest one that brings it."""
    via: Via


@dataclass(frozen=True, slots=True)
class InTheEnd:
    """The strictest value of a facet along the chain."""

    facet: str
    value: str
    license: str
    node: str


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything that binds who uses a model, its own license and those of all it was made from."""

    sources: tuple[TermSource, ...]
    terms: tuple[Term, ...]
    effective: tuple[InTheEnd, ...]
    unidentified: tuple[str, ...]
    """Ancestors whose license is not known."""
    texts: tuple[LicenseText, ...] = ()
    notices: tuple[str, ...] = ()
    """Licenses whose notice sentence is in a NOTICE or license file or in the card."""
    displays: tuple[str, ...] = ()
    """Licenses whose display text is in the card."""
