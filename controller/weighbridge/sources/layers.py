"""
Reads the layers of an image or artifact at a registry and puts their files together.

Small layers are read whole and compared with their digest. Of a large one that is not compressed the headers are read
piece by piece; of a large compressed one its beginning. Weights are never downloaded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from weighbridge.model.outcomes import Unreadable
from weighbridge.sources.artifacts import Descriptor, Manifest, Part, config_kind, licenses_of, parts_of
from weighbridge.sources.oci_tables import oci_table
from weighbridge.sources.registry import Registry
from weighbridge.sources.tar import MOST_ENTRIES, BadArchive, walk
from weighbridge.sources.trees import Item, Layer, Tree, artifact_tree, image_tree
from weighbridge.sources.unpacking import GZIP, PIECE, ZSTD, walk_from_afar, walk_in_memory

MIB = 1024 * 1024
CONFIG_BYTES = MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one artifact is read, in bytes where nothing else is said."""

    whole: int = 32 * MIB
    """A layer up to this size is read whole."""
    beginning: int = 16 * MIB
    """What is read of a compressed layer that is larger."""
    layers: int = 64 * MIB
    """Of all layers."""
    kept: int = 8 * MIB
    """Content of files in archives that is kept."""
    entries: int = MOST_ENTRIES
    """Files, folders and links of all layers."""
    pieces: int = 1_024
    """Questions about pieces of layers."""


_HUGE = "publish it with one layer for each file (ModelPack), or without compression"


class TreeReader:
    """Reads one artifact."""

    def __init__(self, registry: Registry, name: str, limits: Limits) -> None:
        """Ask `registry` about the repository `name`."""
        self._registry = registry
        self._name = name
        self._limits = limits
        self._left = limits.layers
        self._kept = limits.kept
        self._entries = limits.entries
        self._pieces = limits.pieces

    async def tree(self, manifest: Manifest) -> Tree:
        """Return the files of an artifact, with the reason why where not all can be known; raises `Ended`."""
        kind, config = config_kind(manifest), None
        if kind is not None and manifest.config.size <= CONFIG_BYTES:
            config = await self._registry.blob(self._name, manifest.config, CONFIG_BYTES)
        parts = parts_of(manifest)
        if isinstance(parts, Unreadable):
            tree = Tree(unread=parts.unreadable)
        elif manifest.is_image:
            whole = await self._image([one.layer for one in parts])
            tree = whole.below(oci_table().roots)
        else:
            tree = await self._artifact(parts)
        tree.licenses = licenses_of(manifest, config)
        if kind is not None and kind.file is not None and config is not None:
            tree.items.setdefault(kind.file, Item(len(config), manifest.config, 0, config, whole=True))
        return tree

    async def _image(self, layers: Sequence[Descriptor]) -> Tree:
        """Read from the top down, until a layer hides what lies below it."""
        read: list[Layer] = []
        for layer in reversed(layers):
            found, why = await self._layer(layer)
            if found is not None:
                read.append(found)
            if why is not None:
                return await asyncio.to_thread(image_tree, read, why)
        return await asyncio.to_thread(image_tree, read, None)

    async def _artifact(self, parts: Sequence[Part]) -> Tree:
        archives: list[Layer] = []
        unread: str | None = None
        for part in parts:
            if part.form == "tar":
                found, why = await self._layer(part.layer)
                archives += [found] if found is not None else []
                unread = unread or why
        return artifact_tree({one.path: one.layer for one in parts if one.form == "blob"}, archives, unread)

    async def _layer(self, layer: Descriptor) -> tuple[Layer | None, str | None]:
        """Return what could be read of a layer, and why that is not all of it."""
        found, why = await self._read(layer)
        self._entries -= len(found.entries) if found is not None else 0
        return found, why

    async def _read(self, layer: Descriptor) -> tuple[Layer | None, str | None]:
        about = f"layer {layer.digest[:19]}"
        try:
            if layer.size <= self._limits.whole:
                return await self._whole(layer, about)
            start = await self._fetch(layer, 0, PIECE)
            if start.startswith((GZIP, ZSTD)):
                return await self._beginning(layer, about)
            walked = await walk_from_afar(
                lambda at, length: self._fetch(layer, at, length), walk(self._keep, self._entries)
            )
        except BadArchive as error:
            return None, f"{about} {error}"
        return Layer(layer, walked.entries, compressed=False), None if walked.complete else f"{about} has no end"

    async def _whole(self, layer: Descriptor, about: str) -> tuple[Layer | None, str | None]:
        if not self._spend(layer.size):
            return None, f"{about} is not read: more than {self._limits.layers // MIB} MiB of layers are"
        content = await self._registry.blob(self._name, layer, self._limits.whole)
        # Unpacking takes a moment, and others are waiting.
        walked = await asyncio.to_thread(walk_in_memory, content, walk(self._keep, self._entries))
        compressed = content.startswith(GZIP)
        return Layer(layer, walked.entries, compressed), None if walked.complete else f"{about} has no end"

    async def _beginning(self, layer: Descriptor, about: str) -> tuple[Layer | None, str | None]:
        read = f"{self._limits.beginning // MIB} MiB of a compressed layer are"
        why = f"{about} is {layer.size // MIB} MiB, at most {read} read. Fix: {_HUGE}"
        if not self._spend(self._limits.beginning):
            return None, why
        content = await self._fetch(layer, 0, self._limits.beginning)
        walked = await asyncio.to_thread(walk_in_memory, content, walk(self._keep, self._entries))
        return Layer(layer, walked.entries, compressed=True), why

    async def _fetch(self, layer: Descriptor, start: int, length: int) -> bytes:
        self._pieces -= 1
        if self._pieces < 0:
            raise BadArchive(f"is not read: of one artifact {self._limits.pieces} pieces are")
        return await self._registry.piece(self._name, layer, start, length)

    def _spend(self, size: int) -> bool:
        self._left -= size
        return self._left >= 0

    def _keep(self, path: str, size: int) -> int:
        kept, name = oci_table().kept, path.rpartition("/")[2]
        if kept.weights.fullmatch(name):
            wanted = min(kept.weights_bytes, size)
        else:
            wanted = size if kept.match.fullmatch(name) and size <= kept.bytes else 0
        found = wanted if wanted <= self._kept else 0
        self._kept -= found
        return found
