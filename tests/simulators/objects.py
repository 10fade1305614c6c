"""
An object store of our own making that speaks the S3 protocol (path style), over real sockets on loopback.

Lists with prefix and pages, serves whole objects and ranges, honors If-Match and versions, and can fail in the ways
object stores fail. Also serves plain HTTP files: a GET of an object needs no signature unless one is demanded.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Self
from xml.sax.saxutils import escape

from aiohttp import web

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_MODIFIED = 1_795_000_000
PAGE = 1000


@dataclass
class Stored:
    """An object; the last version is the one that counts."""

    versions: list[bytes] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        """The newest content."""
        return self.versions[-1]


@dataclass
class Misbehavior:
    """How the store fails."""

    status: int | None = None
    code: str = "SlowDown"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """Sent in place of an error."""
    seconds: float = 0.0
    cut: bool = False
    short: bool = False
    """Promise more bytes than are sent."""
    location: str | None = None
    lying: int | None = None
    """The size that listings and headers claim for every object."""


class ObjectStore:
    """The store; use it as `async with ObjectStore() as store`."""

    def __init__(self, *, key: str | None = None) -> None:
        """With `key` only requests signed by this access key are answered."""
        self.requests: list[str] = []
        """Method and path with query, in order."""
        self.asked = asyncio.Event()
        """Set once anybody has asked."""
        self.before_read: Callable[[str], None] = lambda _: None
        """Called with the key of an object before it is read: the place to change it between two requests."""
        self.endless = 0
        """Objects that every listing pretends to have beside the real ones."""
        self._objects: dict[str, dict[str, Stored]] = {}
        self._key = key
        self._fault = Misbehavior()
        self._port = 0
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, handle_signals=False, shutdown_timeout=0.1)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await self._site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def endpoint(self) -> str:
        """Where it listens: `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._port}"

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """Store a new version of an object."""
        self._objects.setdefault(bucket, {}).setdefault(key, Stored()).versions.append(body)

    def delete(self, bucket: str, key: str) -> None:
        """Remove an object with all its versions."""
        del self._objects[bucket][key]

    def misbehave(self, fault: Misbehavior) -> None:
        """Fail like this from now on."""
        self._fault = fault

    def behave(self) -> None:
        """End all misbehavior."""
        self._fault = Misbehavior()

    async def go_dark(self) -> None:
        """Refuse connections."""
        if self._site is not None:
            await self._site.stop()
            self._site = None

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.path
        self.requests.append(f"{request.method} {request.rel_url.raw_path_qs}")
        self.asked.set()
        fault = self._fault
        await asyncio.sleep(fault.seconds)
        if fault.cut and request.transport is not None:
            request.transport.abort()
        if fault.status is not None:
            sent = web.Response(status=fault.status, body=fault.body)
            return sent if fault.body is not None else _error(fault.status, fault.code, fault.headers)
        if fault.location is not None:
            return web.Response(status=307, headers={"Location": fault.location})
        if self._key is not None and f"Credential={self._key}/" not in request.headers.get("Authorization", ""):
            return _error(403, "AccessDenied")
        bucket, _, key = path.lstrip("/").partition("/")
        if request.method == "PUT":
            if key:
                self.put(bucket, key, await request.read())
            else:
                self._objects.setdefault(bucket, {})
            return web.Response(headers={"ETag": _etag(self._objects[bucket][key].body)} if key else {})
        if bucket not in self._objects:
            return _error(404, "NoSuchBucket")
        if not key:
            return self._list(request, bucket)
        return await self._object(request, bucket, key)

    def _list(self, request: web.Request, bucket: str) -> web.Response:
        prefix, after = request.query.get("prefix", ""), request.query.get("continuation-token", "")
        known = sorted(key for key in self._objects[bucket] if key.startswith(prefix))
        begin, whole = int(after or 0), len(known) + self.endless
        end = min(whole, begin + min(PAGE, int(request.query.get("max-keys", PAGE))))
        page = [known[at] if at < len(known) else f"{prefix}zz/{at:07d}" for at in range(begin, end)]
        more = end < whole
        entries = "".join(self._entry(bucket, key) for key in page)
        token = f"<NextContinuationToken>{begin + len(page)}</NextContinuationToken>" if more else ""
        body = (
            '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>{escape(bucket)}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(page)}</KeyCount>"
            f"<MaxKeys>{PAGE}</MaxKeys><IsTruncated>{str(more).lower()}</IsTruncated>{token}{entries}</ListBucketResult>"
        )
        return web.Response(text=body, content_type="application/xml")

    def _entry(self, bucket: str, key: str) -> str:
        stored = self._objects[bucket].get(key)
        body = stored.body if stored is not None else b""
        size = len(body) if self._fault.lying is None else self._fault.lying
        return (
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-18T12:26:40.000Z</LastModified>"
            f"<ETag>{escape(_etag(body))}</ETag><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        )

    async def _object(self, request: web.Request, bucket: str, key: str) -> web.StreamResponse:
        self.before_read(key)
        stored = self._objects[bucket].get(key)
        if stored is None:
            return _error(404, "NoSuchKey")
        version = request.query.get("versionId")
        if version is not None and version not in {str(number) for number in range(len(stored.versions))}:
            return _error(404, "NoSuchVersion")
        number = len(stored.versions) - 1 if version is None else int(version)
        body = stored.versions[number]
        if request.headers.get("If-Match", _etag(body)) not in (_etag(body), "*"):
            return _error(412, "PreconditionFailed")
        headers = {
            "ETag": _etag(body),
            "Last-Modified": formatdate(_MODIFIED, usegmt=True),
            "x-amz-version-id": str(number),
            "Accept-Ranges": "bytes",
        }
        return await self._send(request, body, headers)

    async def _send(self, request: web.Request, body: bytes, headers: dict[str, str]) -> web.StreamResponse:
        asked = _RANGE.fullmatch(request.headers.get("Range", ""))
        status, whole = 200, len(body)
        if asked is not None:
            first, last = int(asked[1]), min(int(asked[2] or whole), whole - 1)
            if first >= whole:
                return _error(416, "InvalidRange")
            status, body = 206, body[first : last + 1]
            headers["Content-Range"] = f"bytes {first}-{last}/{whole}"
        claimed = len(body) if self._fault.lying is None else self._fault.lying
        if request.method == "HEAD":
            response = web.StreamResponse(status=status, headers={**headers, "Content-Length": str(claimed)})
            await response.prepare(request)
            return response
        if self._fault.short or claimed != len(body):
            half = web.StreamResponse(status=status, headers={**headers, "Content-Length": str(max(claimed, 2))})
            await half.prepare(request)
            await half.write(body[: len(body) // 2])
            if request.transport is not None:
                request.transport.close()
            return half
        return web.Response(status=status, body=body, headers=headers)


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _error(status: int, code: str, headers: dict[str, str] | None = None) -> web.Response:
    body = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>"
    return web.Response(status=status, text=body, content_type="application/xml", headers=headers)
