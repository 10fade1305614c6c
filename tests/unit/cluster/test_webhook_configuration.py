from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from structlog.testing import capture_logs
from tests.unit.cluster.api_server import CONFIGURATIONS, ApiServer
from tests.waiting import until

from weighbridge.cluster.entries import Entry
from weighbridge.cluster.webhook_configuration import MANY_EDITS, WebhookConfiguration
from weighbridge.errors import EngineError

NAME = "weighbridge"


def installed(**more: Any) -> dict[str, Any]:
    return {"kind": "V", "metadata": {"name": NAME, "uid": "abc", "resourceVersion": "1"}, **more}


@dataclass(slots=True)
class Keeping:
    server: ApiServer
    wanted: list[Entry]
    kept: WebhookConfiguration | None = None
    fails: int = 0
    healed: list[int] = field(default_factory=list)

    async def entries(self) -> list[Entry]:
        if self.fails:
            self.fails -= 1
            raise EngineError("opa: no answer")
        return self.wanted

    def stored(self) -> object:
        return (self.server.configuration or {}).get("webhooks")

    async def settle(self) -> None:
        await asyncio.sleep(0.3)


def entry(name: str = "observe") -> Entry:
    return {"name": name, "failurePolicy": "Ignore", "matchConditions": []}


@contextlib.asynccontextmanager
async def keeping(server: ApiServer, *wanted: Entry, fails: int = 0) -> AsyncIterator[Keeping]:
    async with server.connected() as api:
        keeps = Keeping(server, [*(wanted or (entry(),))], fails=fails)
        kept = WebhookConfiguration(
            api, NAME, keeps.entries, lambda: keeps.healed.append(1), debounce=0.02, look_again=0.2
        )
        keeps.kept = kept
        task = asyncio.create_task(kept.keep())
        try:
            yield keeps
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_an_empty_configuration_is_filled_by_server_side_apply() -> None:
    server = ApiServer(configuration=installed())
    async with keeping(server) as keeps:
        await until(lambda: keeps.stored() == [entry()])
        await keeps.settle()

    patches = [(path, query) for method, path, query in server.asked if method == "PATCH"]
    assert patches == [(f"{CONFIGURATIONS}/{NAME}", {"fieldManager": "weighbridge", "force": "true"})]
    assert keeps.healed == []


async def test_what_is_as_it_should_be_is_left_alone() -> None:
    server = ApiServer(configuration=installed(webhooks=[entry()]))
    async with keeping(server) as keeps:
        await server.watched()
        await keeps.settle()

    assert server.times("PATCH", CONFIGURATIONS) == 0


async def test_an_edit_from_outside_is_undone_and_counted() -> None:
    server = ApiServer(configuration=installed())
    async with keeping(server) as keeps:
        await server.watched()
        await until(lambda: keeps.stored() == [entry()])
        await keeps.settle()
        server.configuration = installed(webhooks=[])
        server.send("MODIFIED", server.configuration)
        await until(lambda: keeps.stored() == [entry()])
        await keeps.settle()

    assert keeps.healed == [1]


async def test_whoever_undoes_every_write_is_answered_more_slowly() -> None:
    server = ApiServer(configuration=installed())
    async with keeping(server) as keeps:
        await server.watched()
        await until(lambda: keeps.stored() == [entry()])
        for count in range(MANY_EDITS):
            server.configuration = installed(webhooks=[])
            server.send("MODIFIED", server.configuration)
            await until(partial(healed_more_than, keeps, count))
        server.configuration = installed(webhooks=[])
        server.send("MODIFIED", server.configuration)
        await keeps.settle()

        assert keeps.stored() == []


def healed_more_than(keeps: Keeping, count: int) -> bool:
    return len(keeps.healed) > count


async def test_what_others_add_beside_our_fields_is_removed() -> None:
    server = ApiServer(configuration=installed())
    server.added_condition = {"name": "never", "expression": "false"}
    async with keeping(server) as keeps:
        await until(lambda: keeps.stored() == [entry()])
        await keeps.settle()

    assert server.times("PATCH", CONFIGURATIONS) == 2


async def test_a_change_of_what_is_wanted_is_written_and_not_counted_as_an_edit() -> None:
    server = ApiServer(configuration=installed())
    async with keeping(server) as keeps:
        await until(lambda: keeps.stored() == [entry()])
        keeps.wanted = [entry("enforce"), entry()]
        assert keeps.kept is not None
        keeps.kept.look()
        await until(lambda: keeps.stored() == keeps.wanted)

    assert keeps.healed == []


async def test_a_stage_that_begins_by_date_is_noticed_without_being_told() -> None:
    server = ApiServer(configuration=installed())
    async with keeping(server) as keeps:
        await until(lambda: keeps.stored() == [entry()])
        keeps.wanted = [entry("enforce"), entry()]

        await until(lambda: keeps.stored() == keeps.wanted)


async def test_an_object_that_is_not_there_is_never_created_and_said_once() -> None:
    server = ApiServer()
    with capture_logs() as logs:
        async with keeping(server) as keeps:
            await server.watched()
            server.end()
            await server.watched(2)
            await keeps.settle()

    assert server.times("PATCH", CONFIGURATIONS) == 0
    assert [one["event"] for one in logs] == [
        "there is no webhook configuration; nothing is reviewed until it is installed"
    ]


async def test_an_object_that_comes_later_is_filled_and_one_that_goes_is_let_go() -> None:
    server = ApiServer()
    with capture_logs() as logs:
        async with keeping(server) as keeps:
            await server.watched()
            server.configuration = installed()
            server.send("BOOKMARK", {"metadata": {"resourceVersion": "1"}})
            server.send("ADDED", server.configuration)
            await until(lambda: keeps.stored() == [entry()])
            server.send("DELETED", server.configuration)
            server.configuration = None
            await keeps.settle()
            patches = server.times("PATCH", CONFIGURATIONS)
            await keeps.settle()

    assert server.times("PATCH", CONFIGURATIONS) == patches
    assert [one["log_level"] for one in logs].count("warning") == 2


async def test_while_the_policies_cannot_be_asked_nothing_is_changed() -> None:
    server = ApiServer(configuration=installed())
    with capture_logs() as logs:
        async with keeping(server, fails=1) as keeps:
            await server.watched()
            assert keeps.stored() is None
            await until(lambda: keeps.stored() == [entry()])

    assert {one["event"] for one in logs} >= {"webhook configuration left as it is"}


async def test_a_watch_that_breaks_is_begun_again() -> None:
    server = ApiServer(configuration=installed(webhooks=[entry()]))
    with capture_logs() as logs:
        async with keeping(server):
            await server.watched()
            server.send("ERROR", {"code": 410, "message": "too old"})
            await server.watched(2)
            server.send("ERROR", {"code": 500, "message": "boom"})
            await server.watched(3)

    assert [one["event"] for one in logs] == ["webhook configuration cannot be watched"]
