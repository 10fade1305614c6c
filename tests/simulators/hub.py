"""
A model hub of our own making, in the shape of the Hugging Face Hub, over real sockets on loopback.

Repositories have branches and commits; every publication is a new commit. It can fail in the ways hubs fail.

    python -m tests.simulators.hub --directory DIR --port 0
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import re
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import unquote

from aiohttp import web

MANIFEST = "_repo_files.json"

_DESCRIBE = re.compile(r"/api/models/(?P<repo>[^/]+(?:/[^/]+)?)(?:/revision/(?P<revision>[^/]+))?")
_RESOLVE = re.compile(r"/(?P<repo>[^/]+(?:/[^/]+)?)/resolve/(?P<revision>[^/]+)/(?P<path>.+)")
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass
class Snapshot:
    """A repository at one commit."""

    commit: str
    files: Mapping[str, bytes]
    weights: Mapping[str, tuple[int, str | None]]
    """Files that are listed and not served: size and sha256."""
    heads: Mapping[str, bytes] = field(default_factory=dict)
    """The first bytes of some of these, served by range; the rest of such a file is zeros."""
    tags: tuple[str, ...] = ()


@dataclass
class Repository:
    """A repository with all its commits."""

    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    private: bool = False
    scan: object = None
    """What the scanners say of it, as JSON; None where nobody scans."""


@dataclass
class Fault:
    """How the hub misbehaves."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    seconds: float = 0.0
    cut: bool = False
    short: bool = False
    pattern: str = ""
    """Only requests whose path holds this."""


class Hub:
    """The hub; use it as `async with Hub() as hub`."""

    def __init__(self, *, token: str | None = None, port: int = 0) -> None:
        """Listen on `port`, any free one by default; with `token` those who send it see private repositories."""
        self.requests: list[str] = []
        """Paths that were asked for, in order; a question about scans with its parameter."""
        self.authorizations: list[str | None] = []
        self.accepted_encodings: list[str | None] = []
        self.chunk = False
        """Send bodies in pieces, without saying how long they are."""
        self.parameters = True
        """Know what a parameter is; otherwise answer 404 to whoever sends one, as some mirrors do."""
        self.commits = True
        """Say which commit an answer is about."""
        self.ranges = True
        """Know what a range is; otherwise send the whole file."""
        self.pieces: list[tuple[str, int, int]] = []
        """Path, first byte and number of bytes of every piece that was sent."""
        self._repositories: dict[str, Repository] = {}
        self._redirects: dict[str, str] = {}
        self._fault = Fault()
        self._token = token
        self._port = port
        self._dark = False
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    async def __aenter__(self) -> Self:
        application = web.Application()
        for method in ("GET", "HEAD"):
            application.router.add_route(method, "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, handle_signals=False, shutdown_timeout=0.1)
        await self._runner.setup()
        await self.come_back()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def endpoint(self) -> str:
        """Where it listens: `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def host(self) -> str:
        """The endpoint without scheme."""
        return f"127.0.0.1:{self._port}"

    def publish(
        self,
        repository: str,
        files: Mapping[str, bytes],
        weights: Mapping[str, int] | None = None,
        *,
        branch: str = "main",
        commit: str | None = None,
        digests: Mapping[str, str] | None = None,
        heads: Mapping[str, bytes] | None = None,
        tags: tuple[str, ...] = (),
    ) -> str:
        """
        Make a new commit on a branch and return it.

        `weights` are listed by size, their sha256 from `digests`, and served by range where `heads` hold their first bytes.
        """
        repo = self._repositories.setdefault(repository, Repository())
        listed = {
            path: (size, (digests or {}).get(path, hashlib.sha256(path.encode()).hexdigest()))
            for path, size in (weights or {}).items()
        }
        content = json.dumps([repository, len(repo.snapshots), sorted(files), sorted(listed)]).encode()
        commit = commit or hashlib.sha1(content + b"".join(files.values()), usedforsecurity=False).hexdigest()
        repo.snapshots[commit] = Snapshot(commit, dict(files), listed, dict(heads or {}), tags)
        repo.branches[branch] = commit
        return commit

    def publish_directory(self, root: Path) -> None:
        """Publish every `org/model` folder below `root`; commits and unserved files come from `_repo_files.json`."""
        for folder in sorted(path for path in root.glob("*/*") if path.is_dir()):
            stored = {
                path.relative_to(folder).as_posix(): path.read_bytes()
                for path in sorted(folder.rglob("*"))
                if path.is_file() and path.name != MANIFEST
            }
            manifest = folder / MANIFEST
            entries = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {"files": []}
            unserved = {one["path"]: one for one in entries["files"] if one["path"] not in stored}
            name = f"{folder.parent.name}/{folder.name}"
            self.publish(
                name, stored, {path: one["size"] or 0 for path, one in unserved.items()}, commit=entries.get("commit"),
                digests={path: one["sha256"] for path, one in unserved.items()},
            )  # fmt: skip

    def move(self, repository: str, branch: str, commit: str) -> None:
        """Let a branch point to another commit."""
        self._repositories[repository].branches[branch] = commit

    def private(self, repository: str) -> None:
        """Hide a repository from those without the token."""
        self._repositories[repository].private = True

    def scanned(self, repository: str, status: object) -> None:
        """Let the scanners say something: `{"scansDone": true, "filesWithIssues": []}`."""
        self._repositories[repository].scan = status

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

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = request.raw_path.partition("?")[0]
        scan = request.query.get("securityStatus") == "true"
        self.requests.append(unquote(path) + ("?securityStatus=true" if scan else ""))
        self.authorizations.append(request.headers.get("Authorization"))
        self.accepted_encodings.append(request.headers.get("Accept-Encoding"))
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
        response = self._answer(request, path)
        if fault.short:
            return await _half(request, response)
        if self.chunk:
            response.enable_chunked_encoding()
        return response

    def _answer(self, request: web.Request, path: str) -> web.Response:
        if request.query_string and not self.parameters:
            return _not_found("")
        described = _DESCRIBE.fullmatch(path)
        resolved = _RESOLVE.fullmatch(path)
        match = described or resolved
        if match is None:
            return _not_found("")
        name = unquote(match["repo"])
        allowed = self._token is not None and request.headers.get("Authorization") == f"Bearer {self._token}"
        repository = self._repositories.get(name)
        if repository is None or (repository.private and not allowed):
            # Those without a token are not told whether it exists.
            return _not_found("RepoNotFound") if allowed else _unauthorized()
        revision = unquote(match["revision"] or "main")
        commit = repository.branches.get(revision, revision)
        snapshot = repository.snapshots.get(commit)
        if snapshot is None:
            return _not_found("RevisionNotFound")
        if described is not None:
            scan = repository.scan if request.query.get("securityStatus") == "true" else None
            described_as = _description(name, snapshot, blobs=request.query.get("blobs") == "true", scan=scan)
            if not self.commits:
                del described_as["sha"]
            return web.json_response(described_as)
        path = unquote(match["path"])
        asked = _RANGE.fullmatch(request.headers.get("Range", "")) if self.ranges else None
        if asked is not None or path in snapshot.heads:
            return self._piece(snapshot, path, asked)
        return _file(snapshot, path, commits=self.commits)

    def _piece(self, snapshot: Snapshot, path: str, asked: re.Match[str] | None) -> web.Response:
        size, _ = snapshot.weights.get(path, (len(snapshot.files.get(path, b"")), None))
        head = snapshot.heads.get(path, snapshot.files.get(path))
        if head is None:
            return _file(snapshot, path, commits=self.commits)
        first, last = (int(asked[1]), min(int(asked[2]), size - 1)) if asked else (0, size - 1)
        if asked and first >= size:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
        body = head[first : last + 1].ljust(last + 1 - first, b"\0")
        self.pieces.append((path, first, len(body)))
        headers = {"X-Repo-Commit": snapshot.commit} if self.commits else {}
        if asked:
            headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        return web.Response(status=206 if asked else 200, body=body, headers=headers)


def _description(name: str, snapshot: Snapshot, *, blobs: bool, scan: object) -> dict[str, object]:
    siblings: list[dict[str, object]] = [
        {"rfilename": path, "size": len(body)} for path, body in snapshot.files.items()
    ]
    siblings += [
        {"rfilename": path, "size": size, "lfs": {"sha256": digest, "size": size, "pointerSize": 135}}
        if digest is not None
        else {"rfilename": path, "size": size}
        for path, (size, digest) in snapshot.weights.items()
    ]
    siblings.sort(key=lambda one: str(one["rfilename"]))
    if not blobs:
        siblings = [{"rfilename": one["rfilename"]} for one in siblings]
    found = {"id": name, "sha": snapshot.commit, "private": False, "siblings": siblings, "tags": list(snapshot.tags)}
    return found if scan is None else {**found, "securityRepoStatus": scan}


def _file(snapshot: Snapshot, path: str, *, commits: bool) -> web.Response:
    headers = {"X-Repo-Commit": snapshot.commit} if commits else {}
    body = snapshot.files.get(path)
    if body is None:
        return web.Response(status=404, headers={"X-Error-Code": "EntryNotFound", **headers})
    blob = hashlib.sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest()
    headers["ETag"] = f'"{blob}"'
    return web.Response(body=body, headers=headers, content_type="application/octet-stream")


def _not_found(code: str) -> web.Response:
    return web.json_response({"error": "not found"}, status=404, headers={"X-Error-Code": code} if code else {})


def _unauthorized() -> web.Response:
    return web.json_response(
        {"error": "Invalid username or password."}, status=401, headers={"X-Error-Code": "RepoNotFound"}
    )


async def _half(request: web.Request, response: web.Response) -> web.StreamResponse:
    """Promise the whole body, send half of it, and hang up."""
    body = response.body if isinstance(response.body, bytes) else b"0123456789"
    half = web.StreamResponse(headers={"Content-Length": str(len(body) + 2)})
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return half


@contextlib.asynccontextmanager
async def serving(directory: Path, port: int = 0) -> AsyncIterator[Hub]:
    """Serve a folder in hub layout."""
    async with Hub(port=port) as hub:
        hub.publish_directory(directory)
        yield hub


async def _main() -> None:
    parser = argparse.ArgumentParser(description="a small model hub on loopback")
    parser.add_argument("--directory", type=Path, required=True, help="folder in hub layout: org/model/…")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1, any free one by default")
    arguments = parser.parse_args()
    async with serving(arguments.directory, arguments.port) as hub:
        sys.stdout.write(f"{hub.endpoint}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main())
