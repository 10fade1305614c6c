"""
Keeps the webhook configuration as it should be.

The chart ships the object without `webhooks`; we fill it once we can decide, follow it, and undo what others change.
The object itself is never created here: when it is gone, somebody uninstalled us.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from weighbridge.cluster.client import Api, Expired, NotThere
from weighbridge.cluster.entries import Entry
from weighbridge.cluster.namespaces import BREATH, pauses
from weighbridge.errors import ClusterError, OperatorError
from weighbridge.model.requests import KubeObject

FIELD_MANAGER = "weighbridge"
_PATH = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
_API_VERSION, _KIND = "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"

MANY_EDITS = 30
FIGHT_SECONDS = 120.0

_log = structlog.get_logger("weighbridge.cluster")


@dataclass(slots=True)
class WebhookConfiguration:
    """One ValidatingWebhookConfiguration, by name."""

    api: Api
    name: str
    wanted: Callable[[], Awaitable[list[Entry]]]
    """Returns the entries there should be now. Raises `OperatorError` while that cannot be told; then nothing is changed."""
    healed: Callable[[], None] = lambda: None
    """Called when somebody else's edit has been undone."""
    debounce: float = 0.2
    """Seconds that further changes are waited for before we write."""
    look_again: float = 30.0
    """Seconds after which we look without being told: stages change by date."""
    fighting: float = 10.0
    """Seconds waited instead once others have undone our last MANY_EDITS writes within FIGHT_SECONDS."""
    _live: KubeObject | None = None
    _written: list[Entry] | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _absent: bool = False
    _edits: deque[float] = field(default_factory=lambda: deque(maxlen=MANY_EDITS))

    def look(self) -> None:
        """Look again soon."""
        self._wake.set()

    async def keep(self) -> None:
        """Follow the object and correct it, forever; what goes wrong is logged and tried again."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow())
            tasks.create_task(self._correct())

    async def _follow(self) -> None:
        tries = pauses()
        while True:
            try:
                await self._read_and_watch()
                tries = pauses()
                await asyncio.sleep(BREATH)
            except Expired:
                await asyncio.sleep(BREATH)
            except ClusterError as error:
                _log.warning("webhook configuration cannot be watched", name=self.name, because=str(error))
                await asyncio.sleep(next(tries))

    async def _read_and_watch(self) -> None:
        query = {"fieldSelector": f"metadata.name={self.name}"}
        try:
            self._saw(await self.api.get(f"{_PATH}/{self.name}"))
            query["resourceVersion"] = _text(self._live, "resourceVersion")
        except NotThere:
            self._lost()
        async for event in self.api.watch(_PATH, query):
            if event.type == "DELETED":
                self._lost()
            elif event.type != "BOOKMARK":
                self._saw(event.object)

    def _saw(self, obj: KubeObject) -> None:
        self._live, self._absent = obj, False
        self._wake.set()

    def _lost(self) -> None:
        self._live = self._written = None
        if not self._absent:
            self._absent = True
            _log.warning("there is no webhook configuration; nothing is reviewed until it is installed", name=self.name)

    async def _correct(self) -> None:
        tries = pauses()
        while True:
            try:
                await self._once()
                tries = pauses()
            except OperatorError as error:
                _log.warning("webhook configuration left as it is", name=self.name, because=str(error))
                await asyncio.sleep(next(tries))
                continue
            # Not `wait_for`: in Python 3.11 it swallows a cancellation that arrives together with its result.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.look_again):
                    await self._wake.wait()
                await asyncio.sleep(self._pause())

    def _pause(self) -> float:
        """Return the seconds to wait before writing: longer while somebody undoes whatever we write."""
        fight = len(self._edits) == MANY_EDITS and time.monotonic() - self._edits[0] < FIGHT_SECONDS
        return self.fighting if fight else self.debounce

    async def _once(self) -> None:
        self._wake.clear()
        live = self._live
        if live is None:
            return
        wanted = await self.wanted()
        if _entries(live) == wanted:
            self._written = wanted
            return
        foreign = self._written == wanted
        stored = await self._write(live, wanted)
        if self._live is live:
            self._live = stored
        self._written = wanted
        if foreign:
            self._edits.append(time.monotonic())
            self.healed()
        _log.info(
            "webhook configuration written",
            name=self.name,
            entries=[one["name"] for one in wanted],
            foreign_edit=foreign,
        )

    async def _write(self, live: KubeObject, wanted: list[Entry]) -> KubeObject:
        path = f"{_PATH}/{self.name}"
        body: dict[str, object] = {
            "apiVersion": _API_VERSION,
            "kind": _KIND,
            # With the uid the API server refuses to create an object that has been deleted meanwhile.
            "metadata": {"name": self.name, "uid": _text(live, "uid")},
            "webhooks": wanted,
        }
        stored = await self.api.patch(path, "apply-patch+yaml", body, {"fieldManager": FIELD_MANAGER, "force": "true"})
        if _entries(stored) == wanted:
            return stored
        # Applying keeps what others added beside our fields, such as a condition that never holds; replacing the list does not.
        replaced = {"metadata": {"resourceVersion": _text(stored, "resourceVersion")}, "webhooks": wanted}
        return await self.api.patch(path, "merge-patch+json", replaced, {"fieldManager": FIELD_MANAGER})


def _entries(obj: KubeObject) -> object:
    return obj.get("webhooks") or []


def _text(obj: KubeObject | None, key: str) -> str:
    metadata = (obj or {}).get("metadata")
    value = metadata.get(key) if isinstance(metadata, dict) else None
    return value if isinstance(value, str) else ""
