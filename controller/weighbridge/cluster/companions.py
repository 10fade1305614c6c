"""
Other objects that a workload names, read from the API server one by one.

Only kinds of a list are read, by name, where the controller that uses them would look; never more than a few, never Secrets.
What cannot be had is said, so that it stays unresolved.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from weighbridge.cluster.client import Api, Forbidden, NotThere
from weighbridge.errors import ClusterError
from weighbridge.model.companions import Unread, Wanted
from weighbridge.model.requests import Fetched, KubeObject
from weighbridge.model.text import printable
from weighbridge.workloads import CompanionKind

MOST = 8
"""Objects that are read for one review."""
MAX_BYTES = 1 << 20
"""Of all of them together, without what field managers note."""
MAX_ANSWER = 4 << 20
"""Bytes of one answer."""
MAX_DEPTH = 100
"""Levels of nesting of one object, as of the objects that are reviewed."""
DISCOVERED_SECONDS, ABSENT_SECONDS = 300.0, 15.0
"""For which it is remembered in which version a group serves a resource, and that none does."""
THERE_IS_NONE = "there is no such object"

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")


@dataclass(slots=True)
class CompanionObjects:
    """Reads companions with our own rights."""

    api: Api
    kinds: Sequence[CompanionKind]
    now: Callable[[], float] = time.monotonic
    _versions: dict[tuple[str, str], tuple[str | None, float]] = field(default_factory=dict)
    """By group and resource: the version, `None` where it is not served, and until when that holds."""

    def __post_init__(self) -> None:
        """Bound what one answer may be."""
        self.api = replace(self.api, most=min(self.api.most, MAX_ANSWER))

    async def read(self, wanted: Sequence[Wanted], namespace: str, seconds: float) -> Fetched:
        """Return what is to be had of `wanted`, named by an object of `namespace`, within `seconds`."""
        answers = await asyncio.gather(*(self._within(one, namespace, seconds) for one in wanted[:MOST]))
        objects: list[KubeObject] = []
        unread = [Unread(one, f"more than {MOST} objects are named") for one in wanted[MOST:]]
        size = 0
        for one, answer in zip(wanted[:MOST], answers, strict=True):
            if isinstance(answer, str):
                unread.append(Unread(one, answer))
                continue
            size += len(json.dumps(answer))
            if size > MAX_BYTES:
                unread.append(Unread(one, f"what the workload names is larger than {MAX_BYTES >> 20} MiB"))
            else:
                objects.append(answer)
        return Fetched(tuple(objects), tuple(unread))

    async def _within(self, wanted: Wanted, namespace: str, seconds: float) -> KubeObject | str:
        """Return the object, or why it is not to be had."""
        try:
            async with asyncio.timeout(seconds):
                return await self._read(wanted, namespace)
        except TimeoutError:
            return "the API server did not answer in time"
        except Forbidden:
            return "the API server forbids it"
        except RecursionError:
            return _too_deep()
        except ClusterError as error:
            return printable(str(error).partition(": ")[2], 200)

    async def _read(self, wanted: Wanted, namespace: str) -> KubeObject | str:
        for one in _places(wanted, namespace):
            kind = next((kind for kind in self.kinds if (kind.group, kind.kind) == (one.group, one.kind)), None)
            if kind is None:
                return "objects of this kind are not read"
            named = one.name, one.namespace if kind.scope == "Namespaced" else "any"
            if not all(map(_NAME.fullmatch, named)):
                return "its name is none that an object can have"
            version = await self._version(kind)
            if version is None:
                continue
            try:
                return _bounded(await self.api.get(_path(kind, version, one)))
            except NotThere:
                continue
        return THERE_IS_NONE

    async def _version(self, kind: CompanionKind) -> str | None:
        """Return the version in which a resource is served, `None` where it is not. Raises `ClusterError`."""
        if not kind.group:
            return "v1"
        known, until = self._versions.get((kind.group, kind.resource), (None, 0.0))
        if self.now() < until:
            return known
        try:
            group = await self.api.get(f"/apis/{kind.group}")
        except NotThere:
            group = {}
        found = None
        for version in _texts(group.get("versions"), "version"):
            served = await self.api.get(f"/apis/{kind.group}/{version}")
            if kind.resource in _texts(served.get("resources"), "name"):
                found = version
                break
        self._versions[kind.group, kind.resource] = (
            found,
            self.now() + (DISCOVERED_SECONDS if found else ABSENT_SECONDS),
        )
        return found


def _places(wanted: Wanted, namespace: str) -> Iterator[Wanted]:
    """Yield where to look: first beside the object that names it, whatever that says about itself."""
    one: Wanted | None = replace(wanted, namespace=namespace)
    while one is not None:
        yield one
        one = one.otherwise


def _path(kind: CompanionKind, version: str, wanted: Wanted) -> str:
    root = f"/apis/{kind.group}/{version}" if kind.group else f"/api/{version}"
    place = f"/namespaces/{wanted.namespace}" if kind.scope == "Namespaced" else ""
    return f"{root}{place}/{kind.resource}/{wanted.name}"


def _bounded(obj: KubeObject) -> KubeObject | str:
    """Return an object without what field managers note, or why it is not read."""
    metadata = obj.get("metadata")
    if isinstance(metadata, dict):
        obj = {**obj, "metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}
    level: list[object] = [obj]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for one in level
            for child in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
            if isinstance(child, dict | list)
        ]
        if not level:
            return obj
    return _too_deep()


def _too_deep() -> str:
    return f"it is nested deeper than {MAX_DEPTH} levels"


def _texts(items: object, key: str) -> list[str]:
    found = [one.get(key) for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    return [one for one in found if isinstance(one, str)]
