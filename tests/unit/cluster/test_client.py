from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.unit.cluster.api_server import NAMESPACES, ApiServer, kubeconfig_for

from weighbridge.cluster.client import Api, Event, Expired, NotThere, connected
from weighbridge.errors import ClusterError


async def events(api: Api) -> list[Event]:
    return [event async for event in api.watch(NAMESPACES, {})]


@pytest.mark.parametrize(
    ("status", "text", "error", "why"),
    [
        (404, '{"message": "no such thing"}', NotThere, "answered 404: no such thing"),
        (410, '{"message": "gone"}', Expired, "answered 410: gone"),
        (401, "[]", ClusterError, r"answered 401: \[\]"),
        (500, '{"message": 5}', ClusterError, "answered 500"),
        (503, "<html>\n" * 4000, ClusterError, "answered 503: <html>"),
        (200, "nothing", ClusterError, "cannot be asked"),
        (200, "[]", ClusterError, "is no object"),
    ],
)
async def test_every_failure_is_a_cluster_error_of_one_line(
    status: int, text: str, error: type[ClusterError], why: str
) -> None:
    server = ApiServer()
    server.refuse.append((status, text))
    async with server.connected() as api:
        with pytest.raises(error, match=why) as caught:
            await api.get(NAMESPACES)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"nothing\n", "cannot be asked"),
        (b"[]\n", "without type and object"),
        (b'{"type":"ADDED","object":null}\n', "without type and object"),
        (b'{"type":"ERROR","object":{"code":500,"message":"boom"}}\n', "answered 500: boom"),
    ],
)
async def test_a_watch_that_says_nonsense_is_a_cluster_error(line: bytes, why: str) -> None:
    server = ApiServer()
    async with server.connected() as api:
        watching = asyncio.create_task(events(api))
        await server.watched()
        server.send_raw(line)

        with pytest.raises(ClusterError, match=why):
            await watching


async def test_an_event_of_a_megabyte_is_read() -> None:
    server = ApiServer()
    async with server.connected() as api:
        watching = asyncio.create_task(events(api))
        await server.watched()
        server.send("ADDED", {"metadata": {"annotations": {"a": "x" * (1 << 20)}}})
        server.end()

        assert [event.type for event in await watching] == ["ADDED"]


async def test_an_answer_that_is_too_large_or_too_late_is_a_cluster_error() -> None:
    server = ApiServer("a")
    async with server.connected() as api:
        with pytest.raises(ClusterError, match="larger than 10 bytes"):
            await Api(api.client, most=10).get(NAMESPACES)
        with pytest.raises(ClusterError, match="did not answer in time"):
            await Api(api.client, seconds=0.1).get(NAMESPACES, {"watch": "true"})


async def test_no_connection_is_a_cluster_error(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(kubeconfig_for("http://127.0.0.1:1"), encoding="utf-8")
    async with connected(file) as api:
        with pytest.raises(ClusterError, match="cannot be asked"):
            await api.get(NAMESPACES)


@pytest.mark.parametrize("content", [None, "a: [", "[]", "{}", "apiVersion: v1\nkind: Config\n"])
async def test_a_kubeconfig_that_cannot_be_used_says_what_to_do(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "kubeconfig"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    with pytest.raises(ClusterError, match=r"no way to the API server: .*Fix: name a kubeconfig"):
        await connected(file).__aenter__()


async def test_outside_of_a_pod_there_is_no_service_account() -> None:
    with pytest.raises(ClusterError, match="service account: no way to the API server"):
        await connected(None).__aenter__()
