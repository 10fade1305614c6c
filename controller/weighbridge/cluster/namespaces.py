"""
The namespaces of the cluster with their labels.

They come from a watch. A namespace that the watch has not shown yet, and any while the watch is silent, is read directly,
so that a decision never rests on labels that nobody has confirmed for five minutes.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import structlog

from weighbridge.cluster.client import SILENCE_SECONDS, Api, Expired
from weighbridge.errors import ClusterError
from weighbridge.model.requests import KubeObject, Namespace

_PATH = "/api/v1/namespaces"
_PAGE = "500"
LONGEST_PAUSE = 30.0
"""Seconds between two attempts to watch."""
BREATH = 0.1
"""Seconds between a watch that ended and the next, so that one which ends at once is no busy loop."""

_log = structlog.get_logger("weighbridge.cluster")


def pauses(first: float = 0.5, longest: float = LONGEST_PAUSE) -> Iterator[float]:
    """Yield ever longer pauses in seconds, with jitter so that replicas do not return all at once."""
    pause = first
    while True:
        yield pause * random.uniform(0.5, 1.0)  # noqa: S311  spreads load, guards nothing
        pause = min(pause * 2, longest)


@dataclass(slots=True)
class Namespaces:
    """What the watch has shown, and how long ago it was heard."""

    api: Api
    changed: Callable[[], None] = lambda: None
    """Called when a namespace came, went or changed its labels."""
    now: Callable[[], float] = time.monotonic
    silence: float = SILENCE_SECONDS
    _known: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _heard: float | None = None

    @property
    def synced(self) -> bool:
        """Whether the watch has shown every namespace there is."""
        return self._heard is not None

    @property
    def current(self) -> bool:
        """Whether the watch was heard lately."""
        return self._heard is not None and self.now() - self._heard < self.silence

    def all(self) -> tuple[Namespace, ...]:
        """Return the namespaces as the watch shows them, by name."""
        return tuple(Namespace(name, self._known[name]) for name in sorted(self._known))

    async def find(self, name: str) -> Namespace:
        """Return a namespace with its labels. Raises `ClusterError` when nobody can say."""
        if self.current and name in self._known:
            return Namespace(name, self._known[name])
        found = _read(await self.api.get(f"{_PATH}/{name}"))
        if found is None:
            raise ClusterError(f"namespace {name}: the API server's answer has no name")
        return found

    async def follow(self) -> None:
        """List, then watch, forever; what goes wrong is logged and tried again."""
        tries = pauses()
        while True:
            try:
                version = await self.read_all()
                tries = pauses()
                while True:
                    version = await self._watch(version)
                    await asyncio.sleep(BREATH)
            except Expired:
                _log.info("namespaces are listed again")
            except ClusterError as error:
                _log.warning("namespaces cannot be watched", because=str(error))
            await asyncio.sleep(next(tries))

    async def read_all(self) -> str:
        """List all namespaces and return the place in history to watch from. Raises `ClusterError`."""
        known: dict[str, Mapping[str, str]] = {}
        query = {"limit": _PAGE}
        while True:
            page = await self.api.get(_PATH, query)
            for namespace in filter(None, map(_read, _items(page))):
                known[namespace.name] = namespace.labels
            version, more = _metadata(page, "resourceVersion"), _metadata(page, "continue")
            if not more:
                break
            query = {"limit": _PAGE, "continue": more}
        if known != self._known or self._heard is None:
            self._known = known
            self._heard = self.now()
            self.changed()
        self._heard = self.now()
        return version

    async def _watch(self, version: str) -> str:
        """Follow changes until the watch ends, and return the place in history to go on from."""
        async for event in self.api.watch(_PATH, {"resourceVersion": version}):
            self._heard = self.now()
            version = _metadata(event.object, "resourceVersion") or version
            namespace = _read(event.object)
            if event.type == "BOOKMARK" or namespace is None:
                continue
            before = self._known.get(namespace.name)
            if event.type == "DELETED":
                self._known.pop(namespace.name, None)
            else:
                self._known[namespace.name] = namespace.labels
            if self._known.get(namespace.name) != before:
                self.changed()
        return version


def _items(page: KubeObject) -> list[KubeObject]:
    items = page.get("items")
    return [one for one in items if isinstance(one, Mapping)] if isinstance(items, list) else []


def _metadata(obj: KubeObject, key: str) -> str:
    metadata = obj.get("metadata")
    value = metadata.get(key) if isinstance(metadata, Mapping) else None
    return value if isinstance(value, str) else ""


def _read(obj: KubeObject) -> Namespace | None:
    metadata = obj.get("metadata")
    name = _metadata(obj, "name")
    if not isinstance(metadata, Mapping) or not name:
        return None
    labels = metadata.get("labels")
    labels = labels if isinstance(labels, Mapping) else {}
    return Namespace(name, {str(key): str(value) for key, value in labels.items()})
