"""
The files of an image or artifact, put together out of its layers (OCI image-spec, layer.md: whiteouts). No input or output.

What is not known of a layer makes the listing unreadable, never shorter: nobody can hide a file in a layer we do not read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from weighbridge.model.outcomes import Unreadable
from weighbridge.model.text import printable
from weighbridge.sources.artifacts import Descriptor
from weighbridge.sources.interface import MOST_LISTED, Listing
from weighbridge.sources.tar import Entry
from weighbridge.weights import ListedFile

_WHITEOUT, _OPAQUE = ".wh.", ".wh..wh..opq"


@dataclass(frozen=True, slots=True)
class Item:
    """A file, and where its bytes are."""

    size: int
    layer: Descriptor
    offset: int | None
    """In the layer; `None` where the layer is compressed and only `start` can be had."""
    start: bytes = b""
    whole: bool = False
    """Whether the layer is this file."""
    link: str | None = None
    """Where it leads, for a link."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What was read of one layer."""

    descriptor: Descriptor
    entries: Sequence[Entry]
    compressed: bool


@dataclass(slots=True)
class Tree:
    """Files by path."""

    items: dict[str, Item] = field(default_factory=dict)
    unread: str | None = None
    """Why there may be files that are not known: `layer sha256:… is …`."""
    licenses: tuple[str, ...] = ()
    """Stated by annotations and the configuration."""

    def below(self, roots: Sequence[str]) -> Tree:
        """Return the tree of the first of these folders that holds something, else all of it."""
        for root in roots:
            found = {path[len(root) + 1 :]: one for path, one in self.items.items() if path.startswith(f"{root}/")}
            if found or self._link(root) is not None:
                unread = self.unread if found else f"{root} is a link, which is not followed"
                return Tree(found, unread, self.licenses)
        return self

    def _link(self, path: str) -> Item | None:
        item = self.items.get(path)
        return item if item is not None and item.link is not None else None

    def listing(self) -> Listing | Unreadable:
        """Return all files; unreadable where some are not known."""
        if self.unread is not None:
            return Unreadable(self.unread)
        if len(self.items) > MOST_LISTED:
            return Unreadable(f"the artifact holds {len(self.items)} files, at most {MOST_LISTED} are read")
        found: list[ListedFile] = []
        for path, item in sorted(self.items.items()):
            if item.link is None:
                digest = item.layer.sha256 if item.whole else None
                found.append(ListedFile(path, item.size, digest))
                continue
            if not self._leads_to_a_file(path, item.link):
                return Unreadable(
                    f"{printable(path, 80)} is a link to {printable(item.link, 80)}, which is not followed"
                )
            found.append(ListedFile(path, None, None))
        return Listing(tuple(found))

    def _leads_to_a_file(self, path: str, target: str) -> bool:
        led = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        item = self.items.get(led)
        return item is not None and item.link is None


def image_tree(layers_from_top: Sequence[Layer], unread: str | None) -> Tree:
    """
    Put an image together, from its top layer down; `unread` is why the rest is not known.

    What a layer holds or removes hides what the layers below it hold under the same name.
    """
    tree, removed, folders, implied = Tree(unread=unread), set[str](), set[str](), set[str]()
    for layer in layers_from_top:
        gone: set[str] = set()
        own: dict[str, Item] = {}
        for entry in layer.entries:
            folder, _, name = entry.path.rpartition("/")
            if name == _OPAQUE:
                gone.add(f"{folder}/")
            elif name.startswith(_WHITEOUT):
                gone.add(f"{folder}/{name[len(_WHITEOUT) :]}".lstrip("/"))
            elif entry.kind != "folder":
                _place(own, entry, layer)
        for path, item in own.items():
            replaced = path in folders or (path in implied and item.link is None)
            if not replaced and not _hidden(path, removed):
                tree.items[path] = item
        removed |= gone | set(own)
        folders |= {entry.path for entry in layer.entries if entry.kind == "folder"}
        # A folder that only what lies in it speaks of takes the place of a file; a link of that name is written through.
        implied |= {parent for path in (*own, *folders) for parent in _parents(path)}
    return tree


def artifact_tree(blobs: Mapping[str, Descriptor], archives: Sequence[Layer], unread: str | None) -> Tree:
    """Put an artifact together: files of their own, and unpacked archives, of which later ones win."""
    tree = Tree({path: Item(one.size, one, 0, whole=True) for path, one in blobs.items()}, unread)
    for layer in archives:
        for entry in layer.entries:
            if entry.kind != "folder":
                _place(tree.items, entry, layer)
    return tree


def _place(items: dict[str, Item], entry: Entry, layer: Layer) -> None:
    if entry.kind == "hard_link":
        led = items.get(entry.target.removeprefix("./").strip("/"))
        items[entry.path] = led if led is not None else Item(0, layer.descriptor, None, link=entry.target)
        return
    link = entry.target if entry.kind == "link" else None
    offset = None if layer.compressed or link is not None else entry.offset
    items[entry.path] = Item(entry.size, layer.descriptor, offset, entry.start, link=link)


def _hidden(path: str, removed: set[str]) -> bool:
    """Tell whether a higher layer removed a path, a folder it lies in, or all that such a folder held (`folder/`)."""
    if path in removed or "/" in removed:
        return True
    return any(folder in removed or f"{folder}/" in removed for folder in _parents(path))


def _parents(path: str) -> Iterator[str]:
    folder = posixpath.dirname(path)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
