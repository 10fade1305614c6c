from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs
from tests.unit.cluster.api_server import NAMESPACES, ApiServer, namespace
from tests.waiting import until

from weighbridge.cluster.client import NotThere
from weighbridge.cluster.namespaces import LONGEST_PAUSE, Namespaces, pauses
from weighbridge.errors import ClusterError
from weighbridge.model.requests import Namespace


@dataclass(slots=True)
class Clock:
    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


@dataclass(slots=True)
class Following:
    server: ApiServer
    namespaces: Namespaces
    clock: Clock
    changes: list[int] = field(default_factory=list)


@contextlib.asynccontextmanager
async def following(server: ApiServer) -> AsyncIterator[Following]:
    clock = Clock()
    async with server.connected() as api:
        seen = Following(server, Namespaces(api, now=clock), clock)
        seen.namespaces.changed = lambda: seen.changes.append(1)
        task = asyncio.create_task(seen.namespaces.follow())
        try:
            yield seen
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_all_pages_are_listed_before_the_watch_is_synced() -> None:
    server = ApiServer("a", "b", "c")
    async with following(server) as seen:
        assert not seen.namespaces.synced
        await server.watched()

        assert seen.namespaces.synced
        assert [one.name for one in seen.namespaces.all()] == ["a", "b", "c"]


async def test_labels_follow_the_watch() -> None:
    server = ApiServer("a")
    async with following(server) as seen:
        await server.watched()
        server.send("MODIFIED", namespace("a", env="prod"))
        server.send("ADDED", namespace("b"))
        await until(lambda: len(seen.changes) == 3)
        server.send("MODIFIED", namespace("a", env="prod"))
        server.send("DELETED", namespace("b"))
        await until(lambda: len(seen.namespaces.all()) == 1)

        assert await seen.namespaces.find("a") == Namespace("a", {"env": "prod"})
        assert len(seen.changes) == 4
        assert server.times("GET", f"{NAMESPACES}/") == 0


async def test_a_namespace_the_watch_has_not_shown_is_read_directly() -> None:
    server = ApiServer("a")
    async with following(server) as seen:
        await server.watched()
        server.namespaces["new"] = namespace("new", env="prod")

        assert await seen.namespaces.find("new") == Namespace("new", {"env": "prod"})


async def test_while_the_watch_is_silent_labels_are_read_directly() -> None:
    server = ApiServer("a")
    async with following(server) as seen:
        await server.watched()
        server.namespaces["a"] = namespace("a", env="prod")
        before = await seen.namespaces.find("a")
        seen.clock.at += 301
        silent = await seen.namespaces.find("a")
        server.send("BOOKMARK", {"metadata": {"resourceVersion": "9"}})
        await until(lambda: seen.namespaces.current)
        after = await seen.namespaces.find("a")

        assert (before.labels, silent.labels, after.labels) == ({}, {"env": "prod"}, {})


async def test_a_namespace_that_does_not_exist_is_an_error_and_not_one_without_labels() -> None:
    async with ApiServer().connected() as api:
        with pytest.raises(NotThere):
            await Namespaces(api).find("gone")


async def test_an_answer_without_a_name_is_an_error() -> None:
    server = ApiServer()
    server.namespaces["odd"] = {"metadata": {"labels": {}}}
    async with server.connected() as api:
        with pytest.raises(ClusterError, match="has no name"):
            await Namespaces(api).find("odd")


async def test_a_watch_that_ends_goes_on_from_where_it_was() -> None:
    server = ApiServer("a")
    async with following(server):
        await server.watched()
        server.send("BOOKMARK", {"metadata": {"resourceVersion": "77"}})
        server.end()
        await server.watched(2)

        assert server.asked[-1][2]["resourceVersion"] == "77"
        assert server.times("GET", NAMESPACES) == 1


@pytest.mark.parametrize("by_status", [True, False])
async def test_a_history_that_is_gone_is_listed_again(by_status: bool) -> None:
    server = ApiServer("a")
    async with following(server) as seen:
        await server.watched()
        server.namespaces["b"] = namespace("b")
        if by_status:
            server.refuse.append((410, '{"message": "too old resource version"}'))
            server.end()
        else:
            server.send("ERROR", {"code": 410, "message": "too old resource version"})
        await until(lambda: len(seen.namespaces.all()) == 2)

        assert server.times("GET", NAMESPACES) in (2, 3)


async def test_a_list_that_says_nothing_new_changes_nothing() -> None:
    server = ApiServer("a")
    async with server.connected() as api:
        changes: list[int] = []
        namespaces = Namespaces(api, lambda: changes.append(1))
        await namespaces.read_all()
        await namespaces.read_all()

        assert changes == [1]


async def test_an_api_server_that_fails_is_asked_again() -> None:
    server = ApiServer("a")
    server.refuse += [(500, "boom"), (403, '{"message": "namespaces is forbidden"}')]
    with capture_logs() as logs:
        async with following(server):
            await server.watched()

    assert [one["event"] for one in logs] == ["namespaces cannot be watched"] * 2
    assert "answered 500: boom" in logs[0]["because"]
    assert "answered 403: namespaces is forbidden" in logs[1]["because"]


async def test_objects_that_are_none_are_left_out() -> None:
    server = ApiServer()
    server.namespaces = {"a": namespace("a"), "b": {"metadata": None}, "c": {"metadata": {"name": "c", "labels": None}}}
    async with server.connected() as api:
        namespaces = Namespaces(api)
        await namespaces.read_all()

        assert namespaces.all() == (Namespace("a"), Namespace("c"))


def test_pauses_grow_to_their_limit_with_jitter() -> None:
    many = pauses()
    found = [next(many) for _ in range(20)]

    assert 0.25 <= found[0] <= 0.5
    assert all(LONGEST_PAUSE / 2 <= one <= LONGEST_PAUSE for one in found[10:])
    assert len(set(found[10:])) > 1
