"""
A registry of our own making, in the shape of the OCI distribution-spec, over real sockets on loopback.

It takes pushes, hands out tokens, knows ranges and referrers, and can fail in the ways registries fail.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote

from aiohttp import web

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"

_PATH = re.compile(r"/v2/(?P<name>[a-z0-9._/-]+?)/(?P<kind>manifests|blobs|referrers|tags)/(?P<rest>.+)")
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass
class Repository:
    """What was pushed under one name."""

    manifests: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """Media type and bytes, by digest."""
    tags: dict[str, str] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Fault:
    """How the registry misbehaves."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    seconds: float = 0.0
    cut: bool = False
    short: bool = False
    altered: bool = False
    lying: str | None = None
    pattern: str = ""
    """Only requests whose path holds this."""


def digest_of(content: bytes) -> str:
    """Return the digest of content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Registry:
    """The registry; use it as `async with Registry() as registry`."""

    def __init__(self, *, login: tuple[str, str] | None = None, basic: bool = False, port: int = 0) -> None:
        """
        Listen on `port`, any free one by default.

        With `login` only those who know name and password are let in: by a token, or with `basic` by showing them.
        """
        self.requests: list[str] = []
        """Paths that were asked for, in order."""
        self.authorizations: list[str | None] = []
        self.forms: list[Mapping[str, str]] = []
        """What was sent to the token endpoint."""
        self.ranges = True
        self.referrers_api = True
        self.content_digest = True
        """Say the digest of a manifest in a header."""
        self.page_size = 50
        self.realm: str | None = None
        """Where the challenge says tokens are; here by default."""
        self.asks_for_tokens = login is not None
        self.refresh_token: str | None = None
        self._login = login
        self._basic = basic
        self._tokens: set[str] = set()
        self._repositories: dict[str, Repository] = {}
        self._redirects: dict[str, str] = {}
        self._fault = Fault()
        self._port = port
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, handle_signals=False, shutdown_timeout=0.1)
        await self._runner.setup()
        await self.come_back()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def host(self) -> str:
        """Where it listens: `127.0.0.1:PORT`."""
        return f"127.0.0.1:{self._port}"

    @property
    def endpoint(self) -> str:
        """The same, as it is listed: `http://127.0.0.1:PORT`."""
        return f"http://{self.host}"

    def blob(self, name: str, content: bytes) -> str:
        """Store a blob and return its digest."""
        digest = digest_of(content)
        self._repository(name).blobs[digest] = content
        return digest

    def manifest(self, name: str, document: Mapping[str, object] | bytes, tag: str | None = None) -> str:
        """Store a manifest, name it by a tag, and return its digest."""
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        media_type = str(document.get("mediaType", MANIFEST)) if isinstance(document, Mapping) else MANIFEST
        digest, repository = digest_of(content), self._repository(name)
        repository.manifests[digest] = media_type, content
        if tag is not None:
            repository.tags[tag] = digest
        return digest

    def push(
        self,
        name: str,
        tag: str | None,
        layers: Sequence[tuple[str, bytes, Mapping[str, str]]],
        *,
        config: tuple[str, bytes] = ("application/vnd.oci.empty.v1+json", b"{}"),
        more: Mapping[str, object] | None = None,
    ) -> str:
        """Store an artifact of `layers` (media type, content, annotations) and return its digest."""
        return self.manifest(
            name,
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": self.describe(name, *config),
                "layers": [self.describe(name, *one) for one in layers],
                **(more or {}),
            },
            tag,
        )

    def describe(
        self, name: str, media_type: str, content: bytes, annotations: Mapping[str, str] | None = None
    ) -> dict[str, object]:
        """Store a blob and return its descriptor."""
        known = {"mediaType": media_type, "digest": self.blob(name, content), "size": len(content)}
        return {**known, "annotations": dict(annotations)} if annotations else known

    def redirect(self, path: str, location: str) -> None:
        """Answer requests whose path holds `path` with a redirect."""
        self._redirects[path] = location

    def answer(
        self, status: int, headers: Mapping[str, str] | None = None, body: bytes | None = None, *, pattern: str = ""
    ) -> None:
        """Answer everything (whose path holds `pattern`) like this."""
        self._fault = Fault(status=status, headers=headers or {}, body=body, pattern=pattern)

    def stall(self, seconds: float, *, pattern: str = "") -> None:
        """Wait before every answer."""
        self._fault = Fault(seconds=seconds, pattern=pattern)

    def cut(self, *, pattern: str = "") -> None:
        """Close connections without an answer."""
        self._fault = Fault(cut=True, pattern=pattern)

    def cut_short(self, *, pattern: str = "") -> None:
        """Close connections in the middle of the body."""
        self._fault = Fault(short=True, pattern=pattern)

    def alter(self, *, pattern: str = "") -> None:
        """Send other bytes of the same length."""
        self._fault = Fault(altered=True, pattern=pattern)

    def lie(self, digest: str, *, pattern: str = "") -> None:
        """Say that manifests have another digest."""
        self._fault = Fault(lying=digest, pattern=pattern)

    def behave(self) -> None:
        """End all misbehavior."""
        self._fault = Fault()

    async def go_dark(self) -> None:
        """Refuse connections."""
        if self._site is not None:
            await self._site.stop()
            self._site = None

    async def come_back(self) -> None:
        """Listen (again, on the same port)."""
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await self._site.start()
        self._port = self._runner.addresses[0][1]

    def _repository(self, name: str) -> Repository:
        return self._repositories.setdefault(name, Repository())

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = unquote(request.raw_path.partition("?")[0])
        self.requests.append(path)
        self.authorizations.append(request.headers.get("Authorization"))
        fault = self._fault if self._fault.pattern in path else Fault()
        if fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault.cut and request.transport is not None:
            request.transport.abort()
        if fault.status is not None:
            return web.Response(status=fault.status, headers=fault.headers, body=fault.body)
        for part, location in self._redirects.items():
            if part in path:
                return web.Response(status=307, headers={"Location": location})
        response = await self._answer(request, path)
        body = response.body if isinstance(response.body, bytes) else b""
        if fault.lying is not None:
            response.headers["Docker-Content-Digest"] = fault.lying
        if fault.altered and body:
            response.body = bytes([body[0] ^ 1]) + body[1:]
        return await _half(request, body) if fault.short else response

    async def _answer(self, request: web.Request, path: str) -> web.Response:
        if path == "/token":
            return await self._token(request)
        if not self._allowed(request.headers.get("Authorization", "")):
            return self._challenge()
        if path.rstrip("/") == "/v2":
            return web.json_response({})
        match = _PATH.fullmatch(path)
        if match is None:
            return _error(404, "NAME_UNKNOWN")
        name, kind, rest = match["name"], match["kind"], match["rest"]
        if request.method in ("POST", "PUT", "PATCH"):
            return await self._pushed(request, name, kind, rest)
        repository = self._repositories.get(name)
        if repository is None:
            return _error(404, "NAME_UNKNOWN")
        match kind:
            case "manifests":
                return self._manifest(repository, rest)
            case "blobs":
                return self._blob(request, repository, rest)
            case "referrers" if self.referrers_api:
                return self._referrers(request, name, repository, rest)
            case "tags":
                return web.json_response({"name": name, "tags": sorted(repository.tags)})
            case _:
                return _error(404, "UNSUPPORTED")

    def _manifest(self, repository: Repository, reference: str) -> web.Response:
        digest = repository.tags.get(reference, reference)
        found = repository.manifests.get(digest)
        if found is None:
            return _error(404, "MANIFEST_UNKNOWN")
        media_type, content = found
        headers = {"Content-Type": media_type, **({"Docker-Content-Digest": digest} if self.content_digest else {})}
        return web.Response(body=content, headers=headers)

    def _blob(self, request: web.Request, repository: Repository, digest: str) -> web.Response:
        content = repository.blobs.get(digest)
        if content is None:
            return _error(404, "BLOB_UNKNOWN")
        asked = _RANGE.fullmatch(request.headers.get("Range", "")) if self.ranges else None
        if asked is None:
            return web.Response(body=content, headers={"Docker-Content-Digest": digest})
        first, last = int(asked[1]), min(int(asked[2]), len(content) - 1)
        if first >= len(content):
            return web.Response(status=416)
        headers = {"Content-Range": f"bytes {first}-{last}/{len(content)}"}
        return web.Response(status=206, body=content[first : last + 1], headers=headers)

    def _referrers(self, request: web.Request, name: str, repository: Repository, digest: str) -> web.Response:
        found = []
        for own, (media_type, content) in repository.manifests.items():
            document = json.loads(content)
            if (document.get("subject") or {}).get("digest") == digest:
                kind = document.get("artifactType") or document["config"]["mediaType"]
                found.append(
                    {"mediaType": media_type, "digest": own, "size": len(content), "artifactType": kind,
                     "annotations": document.get("annotations", {})}
                )  # fmt: skip
        begin = int(request.query.get("last", "0"))
        page = found[begin : begin + self.page_size]
        headers = {"Content-Type": INDEX}
        if begin + self.page_size < len(found):
            headers["Link"] = f'</v2/{name}/referrers/{digest}?last={begin + self.page_size}>; rel="next"'
        body = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": page}).encode()
        return web.Response(body=body, headers=headers)

    async def _pushed(self, request: web.Request, name: str, kind: str, rest: str) -> web.Response:
        repository, content = self._repository(name), await request.read()
        if kind == "manifests":
            digest = digest_of(content)
            repository.manifests[digest] = request.headers.get("Content-Type", MANIFEST), content
            repository.tags[rest] = digest
            location = f"/v2/{name}/manifests/{digest}"
            return web.Response(status=201, headers={"Docker-Content-Digest": digest, "Location": location})
        upload = rest.rpartition("/")[2] if request.method != "POST" else secrets.token_hex(8)
        repository.uploads[upload] = repository.uploads.get(upload, b"") + content
        digest = request.query.get("digest", "")
        if not digest:
            return web.Response(status=202, headers={"Location": f"/v2/{name}/blobs/uploads/{upload}"})
        whole = repository.uploads.pop(upload)
        if digest_of(whole) != digest:
            return _error(400, "DIGEST_INVALID")
        return web.Response(status=201, headers={"Location": f"/v2/{name}/blobs/{self.blob(name, whole)}"})

    def _allowed(self, shown: str) -> bool:
        if not self.asks_for_tokens:
            return True
        kind, _, value = shown.partition(" ")
        return (kind == "Bearer" and value in self._tokens) or (self._basic and self._knows(shown))

    def _knows(self, shown: str) -> bool:
        expected = base64.b64encode(":".join(self._login or ()).encode()).decode()
        return self._login is not None and shown == f"Basic {expected}"

    def _challenge(self) -> web.Response:
        realm = self.realm or f"{self.endpoint}/token"
        challenge = 'Basic realm="here"' if self._basic else f'Bearer realm="{realm}",service="simulated",scope="any"'
        return _error(401, "UNAUTHORIZED", {"WWW-Authenticate": challenge})

    async def _token(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.forms.append(form or dict(request.query))
        refreshed = self.refresh_token is not None and form.get("refresh_token") == self.refresh_token
        if self._login is not None and not refreshed and not self._knows(request.headers.get("Authorization", "")):
            return _error(401, "UNAUTHORIZED")
        token = secrets.token_hex(8)
        self._tokens.add(token)
        return web.json_response({"token": token, "expires_in": 300})

    def accept_tokens_of(self, issuer: Registry) -> None:
        """Let in those who got a token at another one."""
        self._tokens = issuer._tokens

    def forget_tokens(self) -> None:
        """Let all tokens expire."""
        self._tokens.clear()


def _error(status: int, code: str, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response({"errors": [{"code": code, "message": code.lower()}]}, status=status, headers=headers)


async def _half(request: web.Request, body: bytes) -> web.StreamResponse:
    """Promise the whole body, send half of it, and hang up."""
    half = web.StreamResponse(headers={"Content-Length": str(len(body) + 2)})
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return half
