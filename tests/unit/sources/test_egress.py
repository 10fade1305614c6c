from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from tests.simulators.objects import Misbehavior, ObjectStore

from weighbridge.sources.egress import Egress


@pytest.fixture
async def store() -> AsyncIterator[ObjectStore]:
    async with ObjectStore() as store:
        store.put("b", "k", b"content")
        yield store


async def said(egress: Egress, head: bytes, then: bytes = b"") -> bytes:
    port = int(egress.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    if then:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(then)
    try:
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()


def place(store: ObjectStore) -> tuple[str, int]:
    return "127.0.0.1", int(store.endpoint.rpartition(":")[2])


async def test_a_listed_host_is_reached_in_the_open_and_through_a_tunnel(store: ObjectStore) -> None:
    host, port = place(store)
    async with Egress(frozenset({(host, port)})) as egress:
        ask = f"GET http://{host}:{port}/b/k HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        tunnel = f"CONNECT {host}:{port} HTTP/1.1\r\n\r\n"
        inside = f"GET /b/k HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"

        assert (await said(egress, ask.encode())).endswith(b"content")
        assert (await said(egress, tunnel.encode(), inside.encode())).endswith(b"content")
        assert egress.refused == []


@pytest.mark.parametrize(
    "target",
    [
        "169.254.169.254:80",
        "127.0.0.1:1",
        "[::1]:80",
        "2130706433:80",
        "0x7f.1:80",
        "evil.example:443",
        "LOCALHOST:80",
        "host:99999",
        "a:b:c",
    ],
)
async def test_whoever_is_not_listed_is_not_reached(store: ObjectStore, target: str) -> None:
    async with Egress(frozenset({place(store)})) as egress:
        tunnel = await said(egress, f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
        plain = await said(egress, f"GET http://{target}/x HTTP/1.1\r\n\r\n".encode())

        assert tunnel.startswith(b"HTTP/1.1 403")
        assert plain.startswith(b"HTTP/1.1 403")
        assert len(egress.refused) == 2
    assert store.requests == []


async def test_a_name_that_leads_to_this_machine_is_not_followed(store: ObjectStore) -> None:
    # A listed name whose address an attacker has rebound: the address is looked at when it is connected to.
    _, port = place(store)
    name = socket.gethostname()
    own = {one[4][0] for one in await asyncio.get_running_loop().getaddrinfo(name, port)}
    async with Egress(frozenset({("localhost.localdomain", port), ("ip6-localhost", port), (name, port)})) as egress:
        for host in ("localhost.localdomain", "ip6-localhost", *([name] if own <= {"127.0.0.1", "127.0.1.1"} else [])):
            answer = await said(egress, f"CONNECT {host}:{port} HTTP/1.1\r\n\r\n".encode())

            assert not answer.startswith(b"HTTP/1.1 200")
    assert store.requests == []


async def test_what_is_no_request_is_refused(store: ObjectStore) -> None:
    async with Egress(frozenset({place(store)})) as egress:
        for head in (b"GET /b/k HTTP/1.1\r\n\r\n", b"nonsense\r\n\r\n", b"CONNECT  HTTP/1.1\r\n\r\n"):
            assert (await said(egress, head)).startswith(b"HTTP/1.1 400")
        assert await said(egress, b"GET http://" + b"a" * 40_000 + b"\r\n\r\n") == b""


async def test_a_host_that_is_away_ends_the_connection(store: ObjectStore) -> None:
    await store.go_dark()
    async with Egress(frozenset({place(store)})) as egress:
        host, port = place(store)

        assert await said(egress, f"CONNECT {host}:{port} HTTP/1.1\r\n\r\n".encode()) == b""


async def test_closing_ends_what_is_open(store: ObjectStore) -> None:
    store.misbehave(Misbehavior(seconds=30))
    reached = store.asked
    host, port = place(store)
    async with Egress(frozenset({(host, port)})) as egress:
        ask = f"GET http://{host}:{port}/b/k HTTP/1.1\r\nHost: {host}\r\n\r\n"
        waiting = asyncio.ensure_future(said(egress, ask.encode()))
        await asyncio.wait_for(reached.wait(), 5)

    assert await waiting == b""


async def test_a_way_out_that_is_not_open_has_no_address() -> None:
    with pytest.raises(RuntimeError, match="not open"):
        _ = Egress(frozenset()).url
