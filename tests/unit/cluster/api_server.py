"""A few resources of an API server on loopback, with the faults of a real one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from tests.waiting import until

from weighbridge.cluster.client import Api, connected

NAMESPACES = "/api/v1/namespaces"
CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"


def namespace(name: str, **labels: str) -> dict[str, Any]:
    """Return a Namespace object."""
    return {"kind": "Namespace", "metadata": {"name": name, "labels": labels, "resourceVersion": "1"}}


@dataclass(slots=True)
class ApiServer:
    """
    Holds namespaces and one webhook configuration, and sends what it is told to whoever watches.

    Real: paging, watches by line, 404, server-side apply of `webhooks` that keeps conditions of others.
    """

    namespaces: dict[str, dict[str, Any]]
    configuration: dict[str, Any] | None = None
    refuse: list[tuple[int, str]] = field(default_factory=list)
    """Status and text of the next answers, instead of what was asked for."""
    added_condition: dict[str, Any] | None = None
    """What somebody else keeps in the first entry, beside our fields."""
    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    watches: list[asyncio.Queue[bytes | None]] = field(default_factory=list)
    version: int = 1
    objects: dict[str, dict[str, Any] | int | bytes] = field(default_factory=dict)
    """What stands at further paths: an object, the status of a refusal, or bytes."""
    slow: asyncio.Event | None = None
    """What an answer about one of `objects` waits for."""

    def __init__(self, *names: str, configuration: dict[str, Any] | None = None) -> None:
        self.namespaces = {name: namespace(name) for name in names}
        self.configuration = configuration
        self.refuse, self.asked, self.watches, self.added_condition, self.version = [], [], [], None, 1
        self.objects, self.slow = {}, None

    def times(self, method: str, start: str) -> int:
        """Return how often something was asked for."""
        return sum(
            1 for used, path, query in self.asked if used == method and path.startswith(start) and "watch" not in query
        )

    async def watched(self, count: int = 1) -> None:
        """Wait until so many watches were begun."""
        await until(lambda: len(self.watches) >= count)

    def send(self, kind: str, obj: Mapping[str, Any]) -> None:
        """Send an event to the latest watch."""
        self.watches[-1].put_nowait(json.dumps({"type": kind, "object": obj}).encode() + b"\n")

    def send_raw(self, line: bytes) -> None:
        """Send bytes to the latest watch."""
        self.watches[-1].put_nowait(line)

    def end(self) -> None:
        """End the latest watch, as the API server does after some minutes."""
        self.watches[-1].put_nowait(None)

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[Api]:
        """Serve, and connect to it as the controller does."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            with tempfile.TemporaryDirectory() as folder:
                kubeconfig = Path(folder) / "kubeconfig"
                kubeconfig.write_text(kubeconfig_for(f"http://127.0.0.1:{port}"), encoding="utf-8")
                async with connected(kubeconfig) as api:
                    yield api
        finally:
            for queue in self.watches:
                queue.put_nowait(None)
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path, dict(request.query)))
        if self.refuse:
            status, text = self.refuse.pop(0)
            return web.Response(status=status, text=text)
        if request.path in self.objects:
            return await self._object(self.objects[request.path])
        if request.query.get("watch") == "true":
            return await self._watch(request)
        if request.path == NAMESPACES:
            return self._page(request)
        if request.path.startswith(NAMESPACES) and request.path.count("/") == NAMESPACES.count("/") + 1:
            return _found(self.namespaces.get(request.path.rpartition("/")[2]))
        if request.method == "PATCH" and self.configuration is not None:
            await self._patch(request)
        return _found(self.configuration if request.path.startswith(CONFIGURATIONS) else None)

    async def _object(self, obj: dict[str, Any] | int | bytes) -> web.Response:
        if self.slow is not None:
            await self.slow.wait()
        if isinstance(obj, int):
            return web.json_response({"kind": "Status", "code": obj, "message": "no way"}, status=obj)
        return web.Response(body=obj) if isinstance(obj, bytes) else web.json_response(obj)

    def serve(self, group: str, version: str, *resources: str) -> None:
        """Answer discovery as if CRDs of a group were installed, in one version beside an older one."""
        versions = [{"groupVersion": f"{group}/{one}", "version": one} for one in ("v1beta9", version)]
        self.objects[f"/apis/{group}"] = {"kind": "APIGroup", "name": group, "versions": versions}
        self.objects[f"/apis/{group}/v1beta9"] = {"kind": "APIResourceList", "resources": [{"name": "others"}]}
        names = [{"name": one} for one in resources]
        self.objects[f"/apis/{group}/{version}"] = {"kind": "APIResourceList", "resources": names}

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.watches.append(queue)
        response = web.StreamResponse()
        await response.prepare(request)
        while (line := await queue.get()) is not None:
            await response.write(line)
        return response

    def _page(self, request: web.Request) -> web.Response:
        """Return at most two namespaces, so that three need a second page."""
        names = sorted(self.namespaces)
        start = int(request.query.get("continue") or 0)
        metadata = {"resourceVersion": str(self.version)}
        if start + 2 < len(names):
            metadata["continue"] = str(start + 2)
        return web.json_response(
            {"metadata": metadata, "items": [self.namespaces[one] for one in names[start : start + 2]]}
        )

    async def _patch(self, request: web.Request) -> None:
        assert self.configuration is not None
        body = json.loads(await request.read())
        self.version += 1
        webhooks = body["webhooks"]
        if "apply" in request.headers["Content-Type"] and self.added_condition:
            first = {**webhooks[0], "matchConditions": [*webhooks[0]["matchConditions"], self.added_condition]}
            webhooks = [first, *webhooks[1:]]
        metadata = {**self.configuration["metadata"], "resourceVersion": str(self.version)}
        self.configuration = {**self.configuration, "metadata": metadata, "webhooks": webhooks}
        if self.watches:
            self.send("MODIFIED", self.configuration)


def _found(obj: dict[str, Any] | None) -> web.Response:
    if obj is None:
        return web.json_response({"kind": "Status", "code": 404, "message": "not found"}, status=404)
    return web.json_response(obj)


def kubeconfig_for(server: str) -> str:
    """Return a kubeconfig that leads to a server."""
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": server}}],
            "users": [{"name": "u", "user": {"token": "t"}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }
    )
