"""The table of what registries hold, `oci.toml`, and the names of registries and their repositories."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files
from typing import Literal

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?|\[[0-9a-f:.]{2,45}\](?::\d{1,5})?", re.ASCII)
_NAME = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*", re.ASCII)
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class LayerKind:
    """What a media type of a layer means."""

    media_type: re.Pattern[str]
    form: Literal["blob", "tar"]
    path: str
    """How its file is called where no annotation says so; may hold `{1}`."""
    unless_named: bool
    """An archive only where no annotation names a file."""


@dataclass(frozen=True, slots=True)
class ConfigKind:
    """What a configuration says."""

    licenses: tuple[tuple[str, ...], ...]
    file: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Content that is kept while an archive is walked."""

    match: re.Pattern[str]
    bytes: int
    weights: re.Pattern[str]
    weights_bytes: int


@dataclass(frozen=True, slots=True)
class OciTable:
    """Everything in `oci.toml`."""

    image_manifests: tuple[str, ...]
    index_manifests: tuple[str, ...]
    platform: tuple[str, str]
    """System and architecture."""
    image_configs: frozenset[str]
    image_layers: re.Pattern[str]
    roots: tuple[str, ...]
    layers: tuple[LayerKind, ...]
    path_annotations: tuple[str, ...]
    unpack_annotation: str
    license_annotation: str
    configs: Mapping[str, ConfigKind]
    kept: Kept
    hub: Mapping[str, str]
    hub_names: frozenset[str]
    ollama: Mapping[str, str]
    companions: Mapping[str, frozenset[str]]

    @property
    def accept(self) -> str:
        """The manifests we can read, as a header says it."""
        return ", ".join((*self.image_manifests, *self.index_manifests))


@cache
def oci_table() -> OciTable:
    """Read the table."""
    text = package_files("weighbridge.sources").joinpath("oci.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    kept = document["kept"]
    return OciTable(
        image_manifests=tuple(document["manifests"]["image"]),
        index_manifests=tuple(document["manifests"]["index"]),
        platform=(document["platform"]["os"], document["platform"]["architecture"]),
        image_configs=frozenset(document["images"]["configs"]),
        image_layers=re.compile(document["images"]["layers"]),
        roots=tuple(document["images"]["roots"]),
        layers=tuple(
            LayerKind(re.compile(one["match"]), one["form"], one.get("path", ""), one.get("unless_named", False))
            for one in document["layers"]
        ),
        path_annotations=tuple(document["annotations"]["path"]),
        unpack_annotation=document["annotations"]["unpack"],
        license_annotation=document["annotations"]["licenses"],
        configs={
            media_type: ConfigKind(tuple(tuple(keys) for keys in entry["licenses"]), entry.get("file"))
            for media_type, entry in document["configs"].items()
        },
        kept=Kept(
            re.compile(kept["match"], re.IGNORECASE),
            kept["bytes"],
            re.compile(kept["weights"], re.IGNORECASE),
            kept["weights_bytes"],
        ),
        hub=document["hub"],
        hub_names=frozenset(document["hub"]["names"]),
        ollama=document["ollama"],
        companions={host: frozenset(others) for host, others in document["companions"].items()},
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a repository lies."""

    host: str
    """Who answers, with its port where it is unusual."""
    listed_as: str
    """How an operator writes the host: `docker.io`."""
    name: str | None
    """The repository's name there; `None` for a text that can be none."""


def place_of(repository: str) -> Place:
    """
    Return where `ghcr.io/org/model` lies, by the rules of container runtimes.

    A first part with a dot or a colon, or `localhost`, is a host; every other name is one of Docker Hub.
    """
    table = oci_table()
    first, slash, rest = repository.partition("/")
    host, name = (first.lower(), rest) if slash and _is_host(first) else (table.hub["listed"], repository)
    if host in table.hub_names:
        name = name if "/" in name else table.hub["prefix"] + name
        return Place(table.hub["host"], table.hub["listed"], _valid(name))
    return Place(host, host, _valid(name) if can_be_host(host) else None)


def ollama_place(repository: str) -> Place:
    """Return where `llama3.2` or `org/model` of Ollama lies; a name with a host is one of that registry."""
    table = oci_table()
    first, slash, _ = repository.partition("/")
    if slash and _is_host(first):
        return place_of(repository)
    host = table.ollama["host"]
    return Place(host, host, _valid(repository if slash else table.ollama["prefix"] + repository))


def can_be_host(text: str) -> bool:
    """Tell whether a text can be the name or address of a host, with or without a port."""
    return _HOST.fullmatch(text) is not None


def _is_host(text: str) -> bool:
    return "." in text or ":" in text or text == "localhost"


def _valid(name: str) -> str | None:
    return name if len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) else None
