"""
Models in object stores: S3 and what speaks like it, Google Cloud Storage, Azure Blob Storage, files on a web server.

A prefix has no commit. What it resolves to is a digest over its listing (path, size, entity tag), and everything else is
read only while the objects still are what was listed, so that two look-ups never mix. Weights are never read whole.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self, TypeVar

from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.sources.answers import Refused
from weighbridge.sources.interface import Clock, Listing, Outage, utc_now
from weighbridge.sources.object_clients import Changed, Client, ObjectMissing
from weighbridge.sources.object_stores import StoreAddress
from weighbridge.sources.snapshots import Snapshot, snapshot_of

MOST_OBJECTS = 20_000
"""Objects below one prefix; a store lists a thousand at a time."""
_KEPT_SNAPSHOTS = 64
_VERSION = re.compile(r"(?P<path>.*?)(?:\?(?:versionId|generation)=|%23)(?P<version>[A-Za-z0-9._~+/=-]{1,1024})")

T = TypeVar("T")


class ObjectSource:
    """The listed stores of one scheme."""

    def __init__(
        self, stores: Sequence[StoreAddress], clock: Clock = utc_now, *, seconds: float = 10.0, offline: bool = False
    ) -> None:
        """Ask `stores`, all of one scheme, each question for at most `seconds`; with `offline` nothing is asked."""
        self._clients = {one.root: Client(one) for one in stores}
        self._outages = {one.root: Outage(one.name, clock) for one in stores}
        self._scheme = stores[0].scheme
        self._host = stores[0].name if len(stores) == 1 else f"{self._scheme}://"
        self._clock = clock
        self._seconds = seconds
        self._offline = offline
        self._snapshots: OrderedDict[tuple[str, str], Snapshot] = OrderedDict()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for client in self._clients.values():
            await self._stack.enter_async_context(client)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def host(self) -> str:
        """The store, where one is listed; else the scheme."""
        return self._host

    def late(self, seconds: float) -> Unknown:
        """Say that the store has not answered in time."""
        return Unknown(
            "timeout",
            self.host,
            int(self._clock().timestamp()) // 60 * 60,
            f"no answer from {self.host} in {seconds:.3g} s",
        )

    async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
        """Return the digest of what lies there now; only an object that is named with its version is immutable."""
        taken = await self._taken(repository)
        match taken:
            case Found(value=snapshot):
                if revision not in (None, snapshot.digest):
                    return Missing(f"{self._scheme}://{repository}@{revision}")
                immutable = snapshot.version is not None or revision == snapshot.digest
                return Found(Resolved(None, snapshot.digest, revision, immutable=immutable))
            case Missing() | Unknown():
                return taken

    async def listing(self, repository: str, commit: str) -> Outcome[Listing | Unreadable]:
        """Return what was listed when the digest was made."""
        snapshot = await self._at(repository, commit)
        return Found(snapshot.value.listing) if isinstance(snapshot, Found) else snapshot

    async def read(self, repository: str, commit: str, path: str, limit: int) -> Outcome[bytes | Unreadable]:
        """Return an object that still is what was listed."""
        snapshot = await self._at(repository, commit)
        if not isinstance(snapshot, Found):
            return snapshot
        found = snapshot.value.objects.get(path)
        if found is not None and found.size > limit:
            return Found(Unreadable(f"{path} is larger than {limit // 1024} KiB"))
        return await self._range(snapshot.value, repository, path, (0, limit))

    async def read_range(
        self, repository: str, commit: str, path: str, start: int, length: int
    ) -> Outcome[bytes | Unreadable]:
        """Return a piece of an object that still is what was listed."""
        snapshot = await self._at(repository, commit)
        if not isinstance(snapshot, Found):
            return snapshot
        return await self._range(snapshot.value, repository, path, (start, length))

    async def _range(
        self, snapshot: Snapshot, repository: str, path: str, piece: tuple[int, int]
    ) -> Outcome[bytes | Unreadable]:
        found, (start, length) = snapshot.objects.get(path), piece
        if found is None:
            return Missing(f"{path} of {self._scheme}://{repository}")
        if start >= found.size:
            return Found(b"")
        end = min(start + length, found.size)
        root, _ = self._placed(repository) or ("", "")
        client = self._clients[root]
        read = await self._ask(root, f"{path} of {self._scheme}://{repository}", client.read(found, start, end))
        return Found(read.value) if isinstance(read, Found) else read

    async def _at(self, repository: str, commit: str) -> Outcome[Snapshot]:
        known = self._snapshots.get((repository, commit))
        if known is not None:
            return Found(known)
        taken = await self._taken(repository)
        if isinstance(taken, Found) and taken.value.digest != commit:
            why = f"{self._scheme}://{repository} has changed since it was listed"
            return Unknown("server_error", self.host, None, why)
        return taken

    async def _taken(self, repository: str) -> Outcome[Snapshot]:
        placed = self._placed(repository)
        if placed is None:
            return self._not_listed(repository)
        if self._offline:
            return Unknown("offline", self.host, None, f"{self.host} is not asked: --offline")
        root, path = placed
        about = f"{self._scheme}://{repository}"
        if "?" in path and not _VERSION.fullmatch(path):
            return Unknown("no_source", self.host, None, f"{about} is not looked up: it is a question and not a place")
        if ".." in path.split("/") or "" in path.split("/")[:-1]:
            return Missing(about)
        versioned = _VERSION.fullmatch(path)
        path, version = (versioned["path"], versioned["version"]) if versioned else (path, None)
        taken = await self._ask(
            root, about, snapshot_of(self._clients[root], path.removesuffix("/*"), version, MOST_OBJECTS)
        )
        if isinstance(taken, Found):
            self._snapshots[repository, taken.value.digest] = taken.value
            self._snapshots.move_to_end((repository, taken.value.digest))
            if len(self._snapshots) > _KEPT_SNAPSHOTS:
                self._snapshots.popitem(last=False)
        return taken

    def _placed(self, repository: str) -> tuple[str, str] | None:
        """Return the store a reference lies in, and its path there; the longest that matches, `None` when none is listed."""
        fits = [root for root in self._clients if repository == root or repository.startswith(f"{root}/")]
        root = max(fits, key=len, default=None)
        return None if root is None else (root, repository[len(root) :].strip("/"))

    def _not_listed(self, repository: str) -> Unknown:
        place = f"{self._scheme}://{repository.partition('/')[0]}"
        why = f"{place} is not asked: it is not among the listed object stores. Fix: --object-store {place}"
        return Unknown("host_not_listed", place, None, why)

    async def _ask(self, root: str, about: str, question: Coroutine[Any, Any, T]) -> Outcome[T]:
        outage, client = self._outages[root], self._clients[root]
        turned_away = len(client.refused)
        try:
            async with asyncio.timeout(self._seconds):
                answer = await question
        except TimeoutError:
            return outage.unknown("timeout", f"{outage.host} gave no answer in {self._seconds:.3g} s")
        except ObjectMissing:
            outage.over()
            return Missing(about)
        except Changed:
            return outage.unknown("server_error", f"{about} has changed since it was listed")
        except Refused as error:
            if len(client.refused) > turned_away:
                why = f"{outage.host} leads to {client.refused[-1]}, which is not listed"
                return outage.unknown("host_not_listed", why)
            if error.because == "private_or_absent":
                outage.over()
                return Unknown("private_or_absent", outage.host, None, f"{about}: {outage.host} {error}")
            return outage.unknown(error.because, f"{outage.host} {error}")
        outage.over()
        return Found(answer)
