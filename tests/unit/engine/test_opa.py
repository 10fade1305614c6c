from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from weighbridge.engine.opa import OpaSidecar
from weighbridge.errors import EngineError

Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]
GOOD = {"result": {"allowed": True}, "provenance": {"bundles": {"b": {"revision": "r1"}}}}


class Opa:
    """Speaks as OPA does, or worse, on a socket."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.status = 200
        self.body = json.dumps(GOOD).encode()
        self.delay = 0.0
        self.cut = False
        self.asked: list[web.Request] = []
        self.bodies: list[bytes] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        self.bodies.append(await request.read())
        await asyncio.sleep(self.delay)
        if self.cut and request.transport is not None:
            request.transport.close()
        return web.Response(status=self.status, body=self.body, content_type="application/json")


@pytest.fixture
async def opa(tmp_path: Path) -> AsyncIterator[Opa]:
    simulator = Opa(tmp_path / "s")
    application = web.Application(client_max_size=100 << 20)
    application.router.add_route("*", "/{path:.*}", simulator.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.UnixSite(runner, str(simulator.socket)).start()
    yield simulator
    await runner.cleanup()


@pytest.fixture
async def client(opa: Opa) -> AsyncIterator[OpaSidecar]:
    async with OpaSidecar(opa.socket, "r1", "r2", seconds=0.5) as client:
        yield client


async def test_the_document_is_sent_as_it_is_to_the_one_decision(opa: Opa, client: OpaSidecar) -> None:
    answered = await client.decide(b'{"models":[]}')

    assert (answered.answer, answered.revision) == ({"allowed": True}, "r1")
    assert opa.bodies == [b'{"input":{"models":[]}}']
    assert opa.asked[0].path == "/v1/data/weighbridge/main/decision"
    assert dict(opa.asked[0].query) == {"provenance": "true", "strict-builtin-errors": "true"}
    assert opa.asked[0].headers["Host"].startswith("localhost")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "HTTP 200 with a body that is no JSON object"),
        (b"[]", "HTTP 200 with a body that is no JSON object"),
        (b"<html>", "HTTP 200 with a body that is no JSON object"),
        (b"[" * 100_000, "HTTP 200 with a body that is no JSON object"),
        (b"{}", r"data\.weighbridge\.main\.decision is undefined"),
        (b'{"decision_id": "1"}', r"data\.weighbridge\.main\.decision is undefined"),
        (b'{"result": 1, "warning": {"message": "no input"}}', "answered with a warning, no input"),
        (b'{"result": 1, "warning": null}', "answered with a warning, no message"),
        (b'{"result": 1}', "answers by revision none, expected r1 or r2"),
        (b'{"result": 1, "provenance": {"bundles": []}}', "answers by revision none"),
        (b'{"result": 1, "provenance": {"bundles": {"b": {"revision": "r0"}}}}', "answers by revision r0, expected r1 or r2"),
        (b'{"result": 1, "provenance": {"bundles": {"b": {}}}}', "answers by revision none, expected"),
        (b'{"result": 1, "provenance": {"bundles": {"b": {"revision": "r1"}, "c": {"revision": "r2"}}}}', "answers by revision r1 and r2"),
    ],
)  # fmt: skip
async def test_what_is_no_decision_is_never_an_answer(opa: Opa, client: OpaSidecar, body: bytes, message: str) -> None:
    opa.body = body

    with pytest.raises(EngineError, match=f"^opa: {message}.* Fix: "):
        await client.decide(b"{}")


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (500, b'{"message": "broken", "errors": []}', "HTTP 500, broken"),
        (
            500,
            b'{"errors": [{"message": "bad", "location": {"file": "a.rego", "row": 3}}]}',
            r"HTTP 500, a\.rego:3: bad",
        ),
        (400, b"{}", "HTTP 400, no message"),
        (401, b'{"code": "unauthorized", "message": "rejected"}', "HTTP 401, rejected"),
        (503, b"overloaded", "HTTP 503 with a body that is no JSON object"),
    ],
)
async def test_a_refusal_is_told_in_the_words_of_opa(
    opa: Opa, client: OpaSidecar, status: int, body: bytes, message: str
) -> None:
    opa.status, opa.body = status, body

    with pytest.raises(EngineError, match=f"^opa: {message}.* Fix: "):
        await client.decide(b"{}")
    assert len(opa.asked) == 1


async def test_an_endless_answer_is_cut_off(opa: Opa, client: OpaSidecar) -> None:
    opa.body = b" " * ((8 << 20) + 1)

    with pytest.raises(EngineError, match="an answer of more than 8 MiB"):
        await client.decide(b"{}")


async def test_silence_is_an_error_after_its_time_and_the_next_question_is_answered(
    opa: Opa, client: OpaSidecar
) -> None:
    opa.delay = 2.0
    with pytest.raises(EngineError, match=r"no answer within 0\.5 s"):
        await client.decide(b"{}")
    opa.delay = 0.0

    assert (await client.decide(b"{}")).revision == "r1"


async def test_a_cut_connection_is_an_error_and_nothing_is_asked_twice(opa: Opa, client: OpaSidecar) -> None:
    opa.cut = True
    with pytest.raises(EngineError, match=r"cannot be asked on .*server disconnected"):
        await client.decide(b"{}")
    opa.cut = False

    assert len(opa.asked) == 1
    assert (await client.decide(b"{}")).revision == "r1"


async def test_no_opa_is_one_sentence(tmp_path: Path) -> None:
    async with OpaSidecar(tmp_path / "absent", "r1") as client:
        with pytest.raises(EngineError, match=r"^opa: cannot be asked on .*absent, no such file or directory\. Fix:"):
            await client.decide(b"{}")


async def test_a_client_that_was_not_entered_says_so(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="asked outside `async with`"):
        await OpaSidecar(tmp_path / "s", "r1").decide(b"{}")


async def test_ready_is_the_revision_even_where_the_decision_is_undefined(opa: Opa, client: OpaSidecar) -> None:
    opa.body = b'{"provenance": {"bundles": {"b": {"revision": "r2"}, "a": {"revision": "weighbridge-authorization"}}}}'
    await client.ready()
    client.expect("r3")

    assert await client.active() == {"r2"}
    with pytest.raises(EngineError, match="answers by revision r2, expected r3"):
        await client.ready()


async def test_the_methods_of_the_client_we_build_on_use_the_socket_too(opa: Opa, client: OpaSidecar) -> None:
    assert await client.check_health({"bundles": True}) is True
    assert opa.asked[0].path == "/health"
