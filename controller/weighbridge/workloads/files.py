"""
Text files of a container, as far as objects of the same input and its own command line hold them.

A ConfigMap that is mounted, and a file that a script writes before it is read. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from weighbridge.model.companions import Wanted
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.naming import LENGTH, clean
from weighbridge.workloads.reading import TEXT, at, mappings, named, text
from weighbridge.workloads.volumes import Mount, Mounts

WRITTEN = 100
"""Files a script may write that are remembered."""
CHARACTERS = 524_288
"""Characters that are read of the files of one container."""
BELOW = 200
"""Files that are looked at below one folder."""


@dataclass(frozen=True, slots=True)
class File:
    """What a path leads to."""

    text: str | None = None
    because: str = ""
    """Why it cannot be read, a sentence without subject."""
    of_image: bool = False
    """Whether it can only be a file of the image."""


@dataclass(slots=True)
class Files:
    """The files of one container; remembers what it was asked for and did not have."""

    mounts: Mounts = field(default_factory=Mounts)
    companions: Companions = field(default_factory=Companions)
    written: dict[str, str] = field(default_factory=dict)
    """What the command line itself writes, by path."""
    wanted: list[Wanted] = field(default_factory=list)
    characters: int = 0
    """What was read so far."""

    def write(self, path: str, directory: str | None, content: str) -> None:
        """Remember a file that a script writes."""
        place = _absolute(path, directory)
        if place is not None and len(self.written) < WRITTEN:
            self.written[place] = content[:TEXT]

    def read(self, path: str, directory: str | None) -> File:
        """Return the text behind a path, or why nobody knows it."""
        if self.characters > CHARACTERS:
            return File(because="comes after more text than is read of one container")
        found = self._read(path, directory)
        self.characters += len(found.text or "")
        return found

    def _read(self, path: str, directory: str | None) -> File:
        place = _absolute(path, directory)
        if place is None:
            return File(because="is a path that only the image can place", of_image=True)
        if place in self.written:
            return File(self.written[place])
        mount = self.mounts.under(place)
        if mount is None:
            return File(because="is not in the object", of_image=True)
        inner = clean(f"/{mount.sub_path}/{place[len(mount.path.rstrip('/')) :]}").lstrip("/")
        for name, keys in _config_maps(mount):
            found = self._entry(name, keys, inner)
            if found is not None:
                return found
        return File(because="lies on a volume")

    def below(self, folder: str, directory: str | None, name: re.Pattern[str]) -> Iterator[tuple[str, File]]:
        """Yield the files of a folder, at any depth, whose names match, as far as the object holds them."""
        root = _absolute(folder, directory)
        if root is None:
            return
        start = f"{root.rstrip('/')}/"
        paths = [*self.written, *self._mounted(start)]
        for path in dict.fromkeys(paths):
            if path.startswith(start) and name.fullmatch(path.rpartition("/")[2]):
                yield path, self.read(path, None)

    def unknown_below(self, folder: str, directory: str | None) -> str | None:
        """Return the ConfigMap at a folder whose content is not at hand."""
        root = _absolute(folder, directory)
        mount = self.mounts.under(root) if root is not None else None
        for name, _ in _config_maps(mount) if mount is not None else ():
            if not isinstance(self.companions.config_map(name), dict):
                return self._want(name)
        return None

    def _mounted(self, start: str) -> Iterator[str]:
        """Yield the paths that ConfigMaps show in or around a folder."""
        for mount, key in islice(self._keys(start), BELOW):
            root = clean(f"/{mount.sub_path}").rstrip("/")
            inner = clean(f"/{key}")
            if f"{inner}/".startswith(f"{root}/"):
                yield clean(f"{mount.path}/{inner[len(root) :]}")

    def _keys(self, start: str) -> Iterator[tuple[Mount, str]]:
        for mount in self.mounts.mounts:
            if mount.path.startswith(start) or start.startswith(f"{mount.path.rstrip('/')}/"):
                for name, keys in _config_maps(mount):
                    entries = self.companions.config_map(name)
                    shown = keys if keys is not None else entries if isinstance(entries, dict) else ()
                    yield from ((mount, key) for key in shown)

    def _want(self, name: str) -> str:
        """Ask for a ConfigMap, and return what it is called."""
        wanted = Wanted("ConfigMap", name, self.companions.namespace)
        if wanted not in self.wanted:
            self.wanted.append(wanted)
        return self.companions.called(wanted)

    def beyond(self) -> str:
        """Return where text lies that a program may have read from here, a sentence without a full stop."""
        told = " and ".join(self.companions.called(one) for one in self.wanted[:3])
        return f"what it loads is told by {told}" if told else "what it loads is not in the object"

    def _entry(self, name: str, keys: Mapping[str, str] | None, inner: str) -> File | None:
        key = inner if keys is None else keys.get(inner)
        if key is None:
            return None
        entries = self.companions.config_map(name)
        value = at(entries, key)
        if isinstance(value, str):
            return File(value[:TEXT]) if len(value) <= TEXT else File(because=f"is longer than {TEXT} characters")
        if isinstance(entries, dict):
            return None
        return File(because=f"comes from {self._want(name)}")


def _absolute(path: str, directory: str | None) -> str | None:
    if not path or len(path) > LENGTH or "$" in path:
        return None
    if path.startswith("/"):
        return clean(path)
    return None if directory is None or not directory.startswith("/") else clean(f"{directory}/{path}")


def _config_maps(mount: Mount) -> Iterator[tuple[str, Mapping[str, str] | None]]:
    """Yield the ConfigMaps of a volume, each with path → key where the volume picks some."""
    sources = [at(mount.volume, "configMap")]
    sources.extend(at(one, "configMap") for one in mappings(at(mount.volume, "projected", "sources")))
    for source in sources:
        name = named(source)
        if not name:
            continue
        items = at(source, "items")
        keys = {text(one.get("path")) or "": text(one.get("key")) or "" for one in mappings(items)} if items else None
        yield name, keys
