"""
Talks to the API server in plain JSON.

Errors of the network and of the API server are translated here and nowhere else.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import aiohttp
import yaml
from kubernetes.aio.client import ApiClient, Configuration
from kubernetes.aio.config import ConfigException, load_incluster_config, load_kube_config

from weighbridge.errors import ClusterError
from weighbridge.model.requests import KubeObject
from weighbridge.model.text import printable

SECONDS = 10.0
"""For one answer of the API server."""
WATCH_SECONDS = 240
"""After which the API server ends a watch and we ask again."""
SILENCE_SECONDS = 300.0
"""Without a word, bookmarks included, after which a watch is taken for dead."""
MAX_ANSWER = 256 << 20
"""Bytes of one list; a thousand namespaces are about two megabytes."""

Query: TypeAlias = Mapping[str, str]
PatchKind: TypeAlias = Literal["apply-patch+yaml", "merge-patch+json"]


class NotThere(ClusterError):
    """The API server knows no such object."""


class Forbidden(ClusterError):
    """We may not do what we asked for."""


class Expired(ClusterError):
    """The place in history from which we wanted to go on is gone; list again."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change that a watch reports."""

    type: str
    """`ADDED`, `MODIFIED`, `DELETED` or `BOOKMARK`."""
    object: KubeObject


@dataclass(frozen=True, slots=True)
class Api:
    """The API server, with our credentials."""

    client: ApiClient
    seconds: float = SECONDS
    """For one answer."""
    most: int = MAX_ANSWER
    """Bytes of one answer."""

    async def get(self, path: str, query: Query | None = None) -> KubeObject:
        """Return an object or a list. Raises `NotThere`, else `ClusterError`."""
        return await self._ask("GET", path, query or {}, None, {"Accept": "application/json"})

    async def patch(self, path: str, kind: PatchKind, body: KubeObject, query: Query) -> KubeObject:
        """Change an object and return it. Raises `NotThere`, else `ClusterError`."""
        headers = {"Accept": "application/json", "Content-Type": f"application/{kind}"}
        return await self._ask("PATCH", path, query, body, headers)

    async def watch(self, path: str, query: Query) -> AsyncIterator[Event]:
        """Yield changes until the API server ends the watch. Raises `Expired`, else `ClusterError`."""
        asked = {**query, "watch": "true", "allowWatchBookmarks": "true", "timeoutSeconds": str(WATCH_SECONDS)}
        timeout = aiohttp.ClientTimeout(total=None, connect=self.seconds, sock_read=SILENCE_SECONDS)
        with translated(path):
            response = await self._send("GET", path, asked, None, {"Accept": "application/json"}, timeout)
            try:
                await _refuse_errors(response, path)
                while line := await response.content.readline():
                    yield _event(line, path)
            finally:
                response.close()

    async def _ask(
        self, method: str, path: str, query: Query, body: KubeObject | None, headers: dict[str, str]
    ) -> KubeObject:
        with translated(path):
            response = await self._send(method, path, query, body, headers, aiohttp.ClientTimeout(total=self.seconds))
            try:
                await _refuse_errors(response, path)
                answer = json.loads(await self._bounded(response, path))
            finally:
                response.release()
        if not isinstance(answer, dict):
            raise ClusterError(f"{path}: the API server's answer is no object")
        return answer

    async def _send(
        self,
        method: str,
        path: str,
        query: Query,
        body: KubeObject | None,
        headers: dict[str, str],
        timeout: aiohttp.ClientTimeout,
    ) -> aiohttp.ClientResponse:
        ready = await self.client.param_serialize(
            method=method,
            resource_path=path,
            query_params=list(query.items()),
            header_params=headers,
            body=body,
            auth_settings=["BearerToken"],
        )
        answered = await self.client.call_api(*ready, _request_timeout=timeout, _preload_content=False)
        response: aiohttp.ClientResponse = answered.response
        return response

    async def _bounded(self, response: aiohttp.ClientResponse, subject: str) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in response.content.iter_any():
            size += len(part)
            if size > self.most:
                raise ClusterError(f"{subject}: the API server's answer is larger than {self.most} bytes")
            parts.append(part)
        return b"".join(parts)


@asynccontextmanager
async def connected(kubeconfig: Path | None) -> AsyncIterator[Api]:
    """Connect with a kubeconfig, or with the Pod's service account when `None`. Raises `ClusterError`."""
    configuration = Configuration()
    try:
        if kubeconfig is None:
            load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
        else:
            # Never the default file: whether we use a person's own credentials is theirs to say.
            await load_kube_config(  # type: ignore[no-untyped-call]
                config_file=os.fspath(kubeconfig), client_configuration=configuration, persist_config=False
            )
    except (ConfigException, OSError, yaml.YAMLError, TypeError, ValueError, KeyError) as error:
        source = kubeconfig or "service account"
        raise ClusterError(
            f"{source}: no way to the API server: {printable(str(error))}. Fix: name a kubeconfig with --kubeconfig, "
            "or serve without a cluster with --no-cluster"
        ) from error
    # Many clusters' own authorities lack an extension that the strict mode of newer Pythons demands.
    configuration.disable_strict_ssl_verification = True
    async with ApiClient(configuration) as client:
        yield Api(client)


@contextmanager
def translated(subject: str) -> Iterator[None]:
    """Turn what the client and the network raise into `ClusterError`."""
    try:
        yield
    except TimeoutError as error:
        raise ClusterError(f"{subject}: the API server did not answer in time") from error
    except (aiohttp.ClientError, ConfigException, OSError, ValueError) as error:
        raise ClusterError(f"{subject}: the API server cannot be asked: {printable(str(error))}") from error


async def _refuse_errors(response: aiohttp.ClientResponse, subject: str) -> None:
    if response.status >= 400:
        text = (await response.content.read(4096)).decode(errors="replace")
        raise _refusal(subject, response.status, _message(text))


def _refusal(subject: str, status: object, message: str) -> ClusterError:
    text = f"{subject}: the API server answered {status}: {printable(message)}"
    match status:
        case 404:
            return NotThere(text)
        case 401 | 403:
            return Forbidden(text)
        case 410:
            return Expired(text)
        case _:
            return ClusterError(text)


def _message(text: str) -> str:
    try:
        body = json.loads(text)
    except ValueError:
        return text
    message = body.get("message") if isinstance(body, dict) else None
    return message if isinstance(message, str) else text


def _event(line: bytes, subject: str) -> Event:
    body = json.loads(line)
    kind, obj = (body.get("type"), body.get("object")) if isinstance(body, dict) else (None, None)
    if not isinstance(kind, str) or not isinstance(obj, dict):
        raise ClusterError(f"{subject}: a watch event without type and object")
    if kind == "ERROR":
        raise _refusal(subject, obj.get("code"), str(obj.get("message")))
    return Event(kind, obj)
