"""
Every source, every fault that can befall it → how a question ends; one line is printed for each cell (`-s` shows them).

A source of its own adds a row: a function that yields a `Place`, and its cells in `EXPECTED`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from tests.archives import packed
from tests.simulators.hub import Hub
from tests.simulators.registry import Registry

from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.sources.directory import DirectorySource
from weighbridge.sources.hub import HubSource
from weighbridge.sources.interface import Source
from weighbridge.sources.oci import Registries

CARD = b"# Chat\n" + b"A model. " * 50
LIMIT = 4096
SECONDS = 0.4


class Host(Protocol):
    """What all simulators of hosts can do wrong."""

    def answer(
        self, status: int, headers: Mapping[str, str] | None = None, body: bytes | None = None, *, pattern: str = ""
    ) -> None:
        """Answer everything like this."""

    def stall(self, seconds: float, *, pattern: str = "") -> None:
        """Wait before every answer."""

    def cut(self, *, pattern: str = "") -> None:
        """Close connections without an answer."""

    def cut_short(self, *, pattern: str = "") -> None:
        """Close connections in the middle of the body."""

    def redirect(self, path: str, location: str) -> None:
        """Send those who ask elsewhere."""

    async def go_dark(self) -> None:
        """Refuse connections."""


@dataclass
class Place:
    """A source with one model in it, and ways to spoil it."""

    source: Source
    repository: str
    revision: str | None
    spoil: Mapping[str, Callable[[], Awaitable[None]]]


def faults_of(host: Host) -> dict[str, Callable[[], Awaitable[None]]]:
    """Return what can go wrong at any host that is reached over HTTP."""

    def now(change: Callable[[], None]) -> Callable[[], Awaitable[None]]:
        async def done() -> None:
            change()

        return done

    return {
        "slow": now(lambda: host.stall(3 * SECONDS)),
        "connection dropped": now(host.cut),
        "body truncated": now(host.cut_short),
        "refuses connections": host.go_dark,
        "429 with Retry-After": now(lambda: host.answer(429, {"Retry-After": "30"})),
        "500": now(lambda: host.answer(500)),
        "503": now(lambda: host.answer(503)),
        "404": now(lambda: host.answer(404)),
        "401": now(lambda: host.answer(401)),
        "403": now(lambda: host.answer(403)),
        "redirect elsewhere": now(lambda: host.redirect("", "http://elsewhere.example/x")),
        "redirect to a private address": now(lambda: host.redirect("", "http://169.254.169.254/latest")),
        "garbage": now(lambda: host.answer(200, {}, b"\0garbage")),
        "compressed unasked": now(lambda: host.answer(200, {"Content-Encoding": "gzip"}, b"\x1f\x8b")),
        "endless answer": now(lambda: host.answer(200, {}, b" " * (17 * 1024 * 1024))),
    }


@contextlib.asynccontextmanager
async def hub(folder: Path) -> AsyncIterator[Place]:
    del folder
    async with Hub() as host, HubSource(host.endpoint, seconds=SECONDS) as source:
        host.publish("acme/chat", {"README.md": CARD})

        async def large() -> None:
            host.publish("acme/chat", {"README.md": CARD * 100})

        async def other() -> None:
            host.answer(200, {"X-Repo-Commit": "b" * 40}, CARD, pattern="/resolve/")

        yield Place(source, "acme/chat", None, {**faults_of(host), "large file": large, "other content": other})


@contextlib.asynccontextmanager
async def directory(folder: Path) -> AsyncIterator[Place]:
    root, model = folder / "hub", folder / "hub" / "acme" / "chat"
    model.mkdir(parents=True)
    (model / "README.md").write_bytes(CARD)

    async def away() -> None:
        root.rename(folder / "gone")

    async def absent() -> None:
        model.rename(folder / "gone")

    async def garbage() -> None:
        (model / "_repo_files.json").write_bytes(b"\0garbage")

    async def large() -> None:
        (model / "README.md").write_bytes(CARD * 100)

    async def link() -> None:
        (model / "README.md").unlink()
        (model / "README.md").symlink_to("/etc/hostname")

    faults = {
        "refuses connections": away,
        "404": absent,
        "garbage": garbage,
        "large file": large,
        "link that leads out": link,
    }
    yield Place(DirectorySource(root), "acme/chat", None, faults)


@contextlib.asynccontextmanager
async def registry(folder: Path) -> AsyncIterator[Place]:
    del folder
    async with Registry() as host, Registries((host.endpoint,), seconds=SECONDS) as registries:
        name, image = f"{host.host}/acme/chat", "application/vnd.oci.image"

        def push(layer: bytes) -> None:
            config = (f"{image}.config.v1+json", json.dumps({}).encode())
            host.push("acme/chat", "v1", [(f"{image}.layer.v1.tar+gzip", layer, {})], config=config)

        def pushed(layer: bytes) -> Callable[[], Awaitable[None]]:
            async def done() -> None:
                push(layer)

            return done

        async def other() -> None:
            host.alter(pattern="/blobs/")

        async def lie() -> None:
            host.lie("sha256:" + "0" * 64)

        async def lost() -> None:
            host.answer(404, pattern="/blobs/")

        push(packed({"models/README.md": CARD}))
        source = registries.at(name)
        assert not isinstance(source, Unknown)
        yield Place(
            source, name, "v1",
            {
                **faults_of(host),
                "large file": pushed(packed({"models/README.md": CARD * 100})),
                "other content": other,
                "another digest": lie,
                "lost content": lost,
                "archive that leads out": pushed(packed({"../README.md": CARD})),
                "archive that is none": pushed(b"\0garbage"),
            },
        )  # fmt: skip


Row = Callable[[Path], AbstractAsyncContextManager[Place]]
ROWS: Mapping[str, Row] = {"hub": hub, "directory": directory, "registry": registry}

WEB = {
    "none": "found",
    "slow": "unknown timeout",
    "connection dropped": "unknown unreachable",
    "body truncated": "unknown unreachable",
    "refuses connections": "unknown unreachable",
    "429 with Retry-After": "unknown rate_limited, again in 30 s",
    "500": "unknown server_error",
    "503": "unknown server_error",
    "404": "missing",
    "401": "unknown private_or_absent",
    "403": "unknown private_or_absent",
    "redirect elsewhere": "unknown host_not_listed",
    "redirect to a private address": "unknown host_not_listed",
    "compressed unasked": "unknown server_error",
    "endless answer": "unknown server_error",
    "large file": "unreadable",
    "other content": "unknown server_error",
}
EXPECTED: Mapping[str, Mapping[str, str]] = {
    "hub": {**WEB, "garbage": "unknown server_error"},
    "directory": {
        "none": "found",
        "refuses connections": "unknown unreachable",
        "404": "missing",
        "garbage": "unknown server_error",
        "large file": "unreadable",
        "link that leads out": "missing",
    },
    "registry": {
        **WEB,
        "garbage": "unreadable",  # bytes with a digest: what was pushed, and no model
        "another digest": "unknown server_error",
        "lost content": "unknown server_error",
        "archive that leads out": "unreadable",
        "archive that is none": "unreadable",
    },
}
CELLS = [(row, fault) for row, cells in EXPECTED.items() for fault in cells]


async def look(place: Place) -> Outcome[bytes | Unreadable]:
    """Ask for the card, as evidence is gathered: resolve, list, read."""
    resolved = await place.source.resolve(place.repository, place.revision)
    if not isinstance(resolved, Found):
        return resolved
    at = resolved.value.commit or resolved.value.digest or ""
    listing = await place.source.listing(place.repository, at)
    if not isinstance(listing, Found):
        return listing
    return await place.source.read(place.repository, at, "README.md", LIMIT)


def shown(outcome: Outcome[bytes | Unreadable]) -> str:
    match outcome:
        case Found(value=value):
            return "unreadable" if isinstance(value, Unreadable) else "found"
        case Missing():
            return "missing"
        case Unknown(because=because, again_in=again_in):
            return f"unknown {because}" + (f", again in {again_in:.0f} s" if again_in is not None else "")


@pytest.mark.parametrize(("row", "fault"), CELLS, ids=[f"{row}-{fault}" for row, fault in CELLS])
async def test_every_fault_of_every_source_ends_as_an_outcome_with_a_reason(
    row: str, fault: str, tmp_path: Path
) -> None:
    async with ROWS[row](tmp_path) as place:
        if fault != "none":
            await place.spoil[fault]()
        outcome = await look(place)

    print(f"{row:<10} {fault:<30} {shown(outcome)}")
    assert shown(outcome) == EXPECTED[row][fault]
    assert not isinstance(outcome, Unknown) or outcome.detail


async def test_no_fault_is_left_out_of_the_matrix(tmp_path: Path) -> None:
    for row, opened in ROWS.items():
        folder = tmp_path / row
        folder.mkdir()
        async with opened(folder) as place:
            assert {"none", *place.spoil} == set(EXPECTED[row])
