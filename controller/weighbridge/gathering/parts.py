"""One repository at one commit: its files, read and understood, each an outcome of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from weighbridge.cards import ReadCard
from weighbridge.gathering.tables import Tables
from weighbridge.licenses import CardStatement, FileStatement, card_statement, identify
from weighbridge.lineage import Prose, Repository, Statements, read_prose, read_statements
from weighbridge.model.evidence import Adapter, Card, Config, Files, GenerationConfig, License, Place, Shape, Tokenizer
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.weights import Header, ListedFile, Promise, WeightSet

CARD, MERGE = "README.md", "mergekit_config.yml"
_METADATA = (
    "license", "license_name", "license_link", "datasets", "base_model", "base_model_revision", "base_model_relation", "tags",
)  # fmt: skip
"""Keys of the metadata that are kept; the rest is an attacker's to fill memory with."""
_NO_STATEMENT = CardStatement(None, None, custom=False, line=None, named=())


@dataclass(frozen=True, slots=True)
class CardPart:
    """What is kept of a card once it was read."""

    card: Card
    front_matter: Mapping[str, object]
    key_lines: Mapping[str, int]
    license: CardStatement
    prose: Prose
    places: Mapping[str, Place]
    merged: tuple[str, ...]
    """Models that a merge configuration in its text names."""


@dataclass(frozen=True, slots=True)
class ConfigPart:
    """config.json, and the shape it gives."""

    config: Config
    shape: Shape | None
    promise: Promise
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class TokenizerPart:
    """tokenizer_config.json."""

    tokenizer: Tokenizer
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class GenerationPart:
    """generation_config.json."""

    generation: GenerationConfig
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class AdapterPart:
    """adapter_config.json."""

    adapter: Adapter
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class NamesPart:
    """A file that names models and holds nothing else that rules ask."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatedPart:
    """What a source states beside the files."""

    licenses: tuple[str, ...]
    """As written there."""


@dataclass(frozen=True, slots=True)
class FilesPart:
    """The listing: weights and code, and the paths of the small files we read."""

    files: Files | Unreadable
    paths: frozenset[str]
    licenses: tuple[str, ...]
    """License files worth reading."""
    tags: tuple[str, ...] = ()
    """Base models that the source itself shows."""
    content: tuple[ListedFile, ...] = ()
    """What the content digest is made of."""


@dataclass(frozen=True, slots=True)
class HeadersPart:
    """The weights an engine would load, with what the headers of their files say."""

    chosen: WeightSet | None
    headers: tuple[Header, ...] = ()
    """None where the source lists the files and does not hold them."""

    @property
    def parents(self) -> tuple[str, ...]:
        """Repositories that GGUF files say they were made from, as written."""
        return tuple(dict.fromkeys(name for header in self.headers for name in header.parents))


@dataclass(frozen=True, slots=True)
class Parts:
    """A repository at one commit."""

    name: str
    commit: str
    files: Outcome[FilesPart | Unreadable]
    card: Outcome[CardPart | Unreadable]
    config: Outcome[ConfigPart | Unreadable]
    tokenizer: Outcome[TokenizerPart | Unreadable]
    generation: Outcome[GenerationPart | Unreadable]
    adapter: Outcome[AdapterPart | Unreadable]
    merge: Outcome[NamesPart | Unreadable]
    quantizer: Outcome[NamesPart | Unreadable]
    license_files: tuple[Outcome[FileStatement | Unreadable], ...] = ()
    stated: Outcome[StatedPart | Unreadable] = field(default_factory=lambda: Missing("statements beside the files"))

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        """What could not be asked of what says where the model comes from and what its license is."""
        asked = (
            self.files, self.card, self.config, self.adapter, self.merge, self.quantizer, *self.license_files, self.stated,
        )  # fmt: skip
        return tuple(dict.fromkeys(one for one in asked if isinstance(one, Unknown)))


def understood(read: ReadCard, merged: tuple[str, ...], tables: Tables) -> CardPart:
    """Keep of a card what rules ask, and nothing of its text."""
    return CardPart(
        card=read.card,
        front_matter={key: read.front_matter[key] for key in _METADATA if key in read.front_matter},
        key_lines={key: line for key, line in read.key_lines.items() if key in _METADATA},
        license=card_statement(read.lines, read.images, tables.licenses),
        prose=read_prose(read.lines),
        places=read.places,
        merged=merged,
    )


def license_of(parts: Parts, tables: Tables) -> tuple[Outcome[License | Unreadable], Mapping[str, Place]]:
    """
    Return the license of a repository and where it is stated.

    The metadata of the card outranks everything else, so while the card is not known the license is not either:
    what it would say could be stricter than the file beside it.
    """
    card = _found(parts.card)
    files = [one for outcome in parts.license_files if (one := _found(outcome)) is not None]
    identified = identify(
        card.front_matter if card is not None else {},
        card.key_lines if card is not None else {},
        card.license if card is not None else _NO_STATEMENT,
        files,
        tables.licenses,
    )
    if isinstance(parts.card, Unknown):
        return parts.card, {}
    if not identified.decided:
        for outcome in (*parts.license_files, parts.stated):
            if isinstance(outcome, Unknown):
                return outcome, {}
    beside = _stated(parts, tables)
    if identified.license is not None:
        return Found(_with(identified.license, beside)), identified.places
    if beside is not None:
        place = Place("manifest", None, f"license: {beside.declared}")
        return Found(beside), {**identified.places, "license.declared": place}
    unusable = _unusable(parts.card, card)
    if unusable is not None:
        return Found(unusable), identified.places
    return Missing(f"README.md and license files of {parts.name}@{parts.commit[:12]}"), identified.places


def _stated(parts: Parts, tables: Tables) -> License | None:
    """Return the license that a source states beside the files: the weakest statement, and still one."""
    stated = _found(parts.stated)
    if stated is None or not stated.licenses:
        return None
    found = identify({"license": list(stated.licenses)}, {}, _NO_STATEMENT, (), tables.licenses).license
    return replace(found, source="oci_annotation") if found is not None else None


def _with(license_: License, beside: License | None) -> License:
    """Add what is named beside the files, so that a contradiction shows."""
    if beside is None:
        return license_
    named = (*license_.also_named, *(one for one in (beside.id, *beside.also_named) if one is not None))
    return replace(license_, also_named=tuple(dict.fromkeys(one for one in named if one != license_.id)))


def statements_of(parts: Parts, converted_from: tuple[str, ...], tables: Tables) -> Statements:
    """Return what a repository says about its parents; `converted_from` is what its GGUF files say."""
    card, config, adapter = _found(parts.card), _found(parts.config), _found(parts.adapter)
    files, merge, quantizer = _found(parts.files), _found(parts.merge), _found(parts.quantizer)
    places = [part.places for part in (config, adapter) if part is not None]
    return read_statements(
        Repository(
            name=parts.name,
            front_matter=card.front_matter if card is not None else {},
            key_lines=card.key_lines if card is not None else {},
            prose=card.prose if card is not None else Prose(),
            config=config.config if config is not None else None,
            shape=config.shape if config is not None else None,
            adapter=adapter.adapter if adapter is not None else None,
            paths=tuple(files.paths) if files is not None else (),
            places={pointer: place for some in places for pointer, place in some.items()},
            merged=merge.names if merge is not None else card.merged if card is not None else (),
            merged_in=MERGE if merge is not None else CARD,
            quantized_from=next(iter(quantizer.names), None) if quantizer is not None else None,
            converted_from=converted_from,
            hub_tags=files.tags if files is not None else (),
        ),
        tables.aliases,
    )


T = TypeVar("T")


def _found(outcome: Outcome[T | Unreadable]) -> T | None:
    match outcome:
        case Found(value=value) if not isinstance(value, Unreadable):
            return value
        case _:
            return None


def _unusable(card: Outcome[CardPart | Unreadable], part: CardPart | None) -> Unreadable | None:
    """Return why a delivered card could not say what the license is."""
    match card:
        case Found(value=Unreadable() as unreadable):
            return unreadable
        case _:
            broken = part is not None and part.card.front_matter == "unreadable"
            return Unreadable(f"README.md: {part.card.front_matter_problem}") if part is not None and broken else None
