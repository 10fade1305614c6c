"""
What manifests of a registry say. No input or output: bytes in, values out.

An index stands for one manifest of it: the first for linux/amd64, else the first for linux, else the first. Other
platforms run other bytes; whoever wants them judged names their digest.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from weighbridge.model.outcomes import Unreadable
from weighbridge.model.text import printable
from weighbridge.sources.answers import size_of
from weighbridge.sources.oci_tables import ConfigKind, oci_table

MOST_LAYERS = 1_000
LONGEST_LICENSE = 200

_DIGEST = re.compile(r"(sha256):([0-9a-f]{64})|(sha512):([0-9a-f]{128})")


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A pointer to content (OCI image-spec, descriptor.md)."""

    media_type: str
    digest: str
    size: int
    annotations: Mapping[str, str]
    platform: tuple[str, str] | None
    """System and architecture, in an index."""

    @property
    def sha256(self) -> str | None:
        """64 hexadecimal digits, where that is the algorithm."""
        return self.digest.removeprefix("sha256:") if self.digest.startswith("sha256:") else None


@dataclass(frozen=True, slots=True)
class Index:
    """A list of manifests."""

    manifests: tuple[Descriptor, ...]

    def chosen(self) -> Descriptor | None:
        """Return the manifest that stands for all; `None` when there is none."""
        table = oci_table()
        known = [one for one in self.manifests if one.platform != ("unknown", "unknown")]
        system = [one for one in known if one.platform is not None and one.platform[0] == table.platform[0]]
        exact = [one for one in system if one.platform == table.platform]
        return next(iter((*exact, *system, *known)), None)


@dataclass(frozen=True, slots=True)
class Manifest:
    """An image or artifact."""

    config: Descriptor
    layers: tuple[Descriptor, ...]
    annotations: Mapping[str, str]

    @property
    def is_image(self) -> bool:
        """Whether its layers are changes of one file system."""
        table = oci_table()
        changes = all(table.image_layers.fullmatch(one.media_type) for one in self.layers)
        return self.config.media_type in table.image_configs and changes


@dataclass(frozen=True, slots=True)
class Part:
    """A layer, and what is in it."""

    form: Literal["blob", "tar"]
    layer: Descriptor
    path: str
    """Of a blob: its name; archives have none."""


def is_digest(text: str) -> bool:
    """Tell whether a text is a digest of an algorithm we can check."""
    return _DIGEST.fullmatch(text) is not None


def matches(content: bytes, digest: str) -> bool:
    """Tell whether content has a digest."""
    algorithm, _, expected = digest.partition(":")
    return is_digest(digest) and hashlib.new(algorithm, content).hexdigest() == expected


def read_manifest(content: bytes) -> Manifest | Index | Unreadable:
    """Read what a registry delivered for a tag or digest."""
    try:
        values = json.loads(content)
    except (ValueError, RecursionError):
        return Unreadable("the manifest is not JSON")
    if not isinstance(values, Mapping) or values.get("schemaVersion") != 2:
        return Unreadable("the manifest is none of version 2")
    table = oci_table()
    media_type = values.get("mediaType")
    if media_type in table.index_manifests or (media_type is None and "manifests" in values):
        listed = _descriptors(values.get("manifests"))
        return listed if isinstance(listed, Unreadable) else Index(listed)
    if media_type is not None and media_type not in table.image_manifests:
        return Unreadable(f"the manifest is of type {printable(str(media_type), 80)}, which nothing here reads")
    config, layers = _descriptor(values.get("config")), _descriptors(values.get("layers"))
    if isinstance(layers, Unreadable):
        return layers
    if config is None:
        return Unreadable("the manifest has no config")
    return Manifest(config, layers, _annotations(values.get("annotations")))


def parts_of(manifest: Manifest) -> tuple[Part, ...] | Unreadable:
    """Return what the layers hold; a layer that nobody can name makes all of it unreadable."""
    if manifest.is_image:
        return tuple(Part("tar", layer, "") for layer in manifest.layers)
    found: list[Part] = []
    for layer in manifest.layers:
        part = _part(layer)
        if part is None:
            kind = printable(layer.media_type, 80) or "no type"
            return Unreadable(f"a layer of {kind} has no name, so nobody can tell what is in it")
        if not _safe(part.path):
            return Unreadable(f"a layer has the path {printable(part.path, 80)}, which leads out of the model")
        found.append(part)
    blobs = [part.path for part in found if part.form == "blob"]
    if len(blobs) != len(set(blobs)):
        return Unreadable("two layers have one name")
    return tuple(found)


def _part(layer: Descriptor) -> Part | None:
    table = oci_table()
    named = next((layer.annotations[one] for one in table.path_annotations if layer.annotations.get(one)), "")
    if layer.annotations.get(table.unpack_annotation) == "true":
        return Part("tar", layer, "")
    for kind in table.layers:
        match = kind.media_type.fullmatch(layer.media_type)
        if match is None or (kind.unless_named and named):
            continue
        if kind.form == "tar":
            return Part("tar", layer, "")
        named = named or kind.path.format("", *match.groups(""))
        break
    return Part("blob", layer, named.removeprefix("./")) if named else None


def _safe(path: str) -> bool:
    return not path.startswith("/") and "\0" not in path and ".." not in path.split("/")


def config_kind(manifest: Manifest) -> ConfigKind | None:
    """Return what the configuration can say, if anything."""
    return oci_table().configs.get(manifest.config.media_type)


def licenses_of(manifest: Manifest, config: bytes | None) -> tuple[str, ...]:
    """Return the licenses that annotations and the configuration state, as written."""
    kind = config_kind(manifest)
    found: list[object] = [manifest.annotations.get(oci_table().license_annotation)]
    if kind is not None and config is not None:
        try:
            values = json.loads(config)
        except (ValueError, RecursionError):
            values = None
        found += [_at(values, keys) for keys in kind.licenses]
    flat = [text for one in found for text in (one if isinstance(one, list) else [one])]
    return tuple(
        dict.fromkeys(
            printable(one.strip(), LONGEST_LICENSE) for one in flat[:20] if isinstance(one, str) and one.strip()
        )
    )


def _at(values: object, keys: Sequence[str]) -> object:
    for key in keys:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values


def _descriptors(value: object) -> tuple[Descriptor, ...] | Unreadable:
    if not isinstance(value, list):
        return Unreadable("the manifest lists nothing")
    if len(value) > MOST_LAYERS:
        return Unreadable(f"the manifest lists {len(value)} parts, at most {MOST_LAYERS} are read")
    found = [_descriptor(one) for one in value]
    known = tuple(one for one in found if one is not None)
    return known if len(known) == len(found) else Unreadable("the manifest lists something without size or digest")


def _descriptor(value: object) -> Descriptor | None:
    if not isinstance(value, Mapping):
        return None
    digest, size, platform = value.get("digest"), size_of(value.get("size")), value.get("platform")
    if not isinstance(digest, str) or not is_digest(digest) or size is None:
        return None
    runs_on = (
        (_text(platform.get("os")), _text(platform.get("architecture"))) if isinstance(platform, Mapping) else None
    )
    kind, annotations = _text(value.get("mediaType")), _annotations(value.get("annotations"))
    return Descriptor(kind, digest, size, annotations, runs_on)


def _annotations(value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        return {}
    return {str(key): text for key, text in value.items() if isinstance(text, str)}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
