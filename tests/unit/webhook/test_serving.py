from __future__ import annotations

import asyncio
import contextlib
import io
import json
import socket
import ssl
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs
from tests.certificates import Pair, make_pair
from tests.unit.webhook.reviews import DOWN, Scripted, body, decision, finding
from tests.waiting import until

from weighbridge.errors import UserError
from weighbridge.model.requests import Namespace
from weighbridge.telemetry import Metrics
from weighbridge.webhook.app import application
from weighbridge.webhook.door import Doors
from weighbridge.webhook.server import Certificate, Server, listen


@dataclass(frozen=True, slots=True)
class Running:
    server: Server
    session: aiohttp.ClientSession
    url: str
    port: int
    folder: Path
    metrics: Metrics

    async def ask(self, path: str, content: bytes | None = None) -> tuple[int, str]:
        method = "GET" if content is None else "POST"
        async with self.session.request(method, self.url + path, data=content and io.BytesIO(content)) as answered:
            return answered.status, await answered.text()


@contextlib.asynccontextmanager
async def running(
    folder: Path, reviews: Scripted, ready: Callable[[], Awaitable[None]] | None = None
) -> AsyncIterator[Running]:
    pair = make_pair()
    pair.write(folder)
    metrics = Metrics()

    async def find(name: str) -> Namespace:
        return Namespace(name)

    async def always() -> None:
        return

    app = application(Doors(reviews, find, lambda _: None, metrics), ready or always, metrics, body_seconds=0.5)
    server = Server(app, certificate(folder), metrics, poll=0.05)
    with listen("127.0.0.1", 0) as listener:
        port: int = listener.getsockname()[1]
        serving = asyncio.create_task(server.run_on(listener))
        context = ssl.create_default_context(cadata=pair.ca.decode())
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
            await until(lambda: server.started)
            yield Running(server, session, f"https://127.0.0.1:{port}", port, folder, metrics)
        server.stop()
        await serving


def certificate(folder: Path) -> Certificate:
    return Certificate(folder / "tls.crt", folder / "tls.key")


async def served(port: int) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    found: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return found


async def serves(webhook: Running, pair: Pair) -> None:
    """Wait until new connections get this certificate."""
    async with asyncio.timeout(5):
        while await served(webhook.port) != der(pair):  # noqa: ASYNC110  nothing says when
            await asyncio.sleep(0.02)


def der(pair: Pair) -> bytes:
    return ssl.PEM_cert_to_DER_cert(pair.chain.decode())


async def test_both_doors_answer_over_tls(tmp_path: Path) -> None:
    async with running(tmp_path, Scripted(decision(finding("deny")))) as webhook:
        answers = [await webhook.ask(f"/validate/{door}?timeout=5s", body()) for door in ("enforce", "observe")]

    for status, text in answers:
        assert status == 200
        assert json.loads(text)["response"]["allowed"] is False


async def test_the_doors_go_by_the_timeout_of_the_query(tmp_path: Path) -> None:
    async with running(tmp_path, Scripted(waits=asyncio.Event())) as webhook:
        _, text = await webhook.ask("/validate/enforce?timeout=100ms", body())

    assert "no decision in 0.05 s" in json.loads(text)["response"]["status"]["message"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"nothing", "not JSON"),
        (body()[:40], "not JSON"),
        (b'{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview"}', "expected admission.k8s.io/v1"),
        (b"[" * 100_000, "not JSON|expected `object`"),
        (b" " * (10 << 20), "larger than 8 MiB"),
    ],
)
async def test_a_body_that_is_no_review_is_http_400_and_the_server_stays_up(
    tmp_path: Path, content: bytes, why: str
) -> None:
    async with running(tmp_path, Scripted()) as webhook:
        status, text = await webhook.ask("/validate/enforce", content)
        after, _ = await webhook.ask("/validate/enforce", body())

    assert (status, after) == (400, 200)
    assert list(json.loads(text)) == ["message"]
    assert json.loads(text)["message"].startswith("AdmissionReview: ")
    assert '{door="enforce",outcome="bad_request"} 1.0' in webhook.metrics.text().decode()


def half_a_review(method: str = "POST") -> bytes:
    head = f"{method} /validate/enforce HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"
    return head.encode() + body()[:40]


async def opened(webhook: Running) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return await asyncio.open_connection("127.0.0.1", webhook.port, ssl=context)


async def test_a_body_that_does_not_arrive_is_given_up(tmp_path: Path) -> None:
    async with running(tmp_path, Scripted()) as webhook:
        reader, writer = await opened(webhook)
        writer.write(half_a_review())
        answered = await reader.readuntil(b"}")
        writer.close()

    assert answered.startswith(b"HTTP/1.1 400 ")
    assert b"did not arrive in 0.5 s" in answered


async def test_a_connection_that_is_cut_is_no_error_of_ours(tmp_path: Path) -> None:
    with capture_logs() as logs:
        async with running(tmp_path, Scripted()) as webhook:
            _, writer = await opened(webhook)
            writer.write(half_a_review())
            await writer.drain()
            writer.transport.abort()
            await until(lambda: bool(logs))
            healthy = await webhook.ask("/healthz")

    assert [one["because"] for one in logs] == ["AdmissionReview: the connection was closed before the end"]
    assert healthy[0] == 200


async def test_other_paths_and_methods_are_refused(tmp_path: Path) -> None:
    async with running(tmp_path, Scripted()) as webhook:
        statuses = [
            (await webhook.ask(path, content))[0]
            for path, content in (("/validate/enforce", None), ("/validate/both", body()), ("/", None), ("/docs", None))
        ]

    assert statuses == [405, 404, 404, 404]


async def test_alive_is_not_ready(tmp_path: Path) -> None:
    async def down() -> None:
        raise DOWN

    async with running(tmp_path, Scripted(), down) as webhook:
        healthy = await webhook.ask("/healthz")
        ready = await webhook.ask("/readyz")

    assert healthy == (200, "ok\n")
    assert ready == (503, "not ready: opa: no answer at /run/opa.sock\n")


async def test_readiness_and_metrics_are_served(tmp_path: Path) -> None:
    async with running(tmp_path, Scripted()) as webhook:
        ready = await webhook.ask("/readyz")
        await webhook.ask("/validate/observe", body())
        _, figures = await webhook.ask("/metrics")

    assert ready == (200, "ready\n")
    assert 'weighbridge_reviews_total{door="observe",outcome="not_of_interest"} 1.0' in figures
    assert "weighbridge_reviews_in_flight 0.0" in figures


async def test_a_readiness_that_hangs_is_not_ready(tmp_path: Path) -> None:
    async def slow() -> None:
        raise TimeoutError

    async with running(tmp_path, Scripted(), slow) as webhook:
        ready = await webhook.ask("/readyz")

    assert ready == (503, "not ready: no answer in 5 s\n")


async def test_a_replaced_certificate_is_used_and_open_connections_live_on(tmp_path: Path) -> None:
    async with running(tmp_path, Scripted()) as webhook:
        await webhook.ask("/healthz")
        fresh = make_pair()
        fresh.write(tmp_path)
        await serves(webhook, fresh)
        kept, _ = await webhook.ask("/healthz")

    assert kept == 200
    assert 'certificate_loads_total{outcome="replaced"} 1.0' in webhook.metrics.text().decode()


async def test_a_certificate_without_its_key_leaves_the_old_one(tmp_path: Path) -> None:
    async with running(tmp_path, Scripted()) as webhook:
        before = await served(webhook.port)
        one, other = make_pair(), make_pair()
        Pair(one.ca, one.chain, other.key).write(tmp_path)
        await until(lambda: b'certificate_loads_total{outcome="failed"} 1.0' in webhook.metrics.text())
        await asyncio.sleep(0.2)
        after = await served(webhook.port)
        one.write(tmp_path)
        await serves(webhook, one)

    assert after == before
    assert b'certificate_loads_total{outcome="failed"} 1.0' in webhook.metrics.text()


async def test_tls_before_1_2_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path, Scripted()) as webhook:
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1

        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("127.0.0.1", webhook.port, ssl=old)


async def test_reviews_in_flight_are_answered_when_the_server_stops(tmp_path: Path) -> None:
    gate = asyncio.Event()
    reviews = Scripted(waits=gate)
    async with running(tmp_path, reviews) as webhook:
        waiting = asyncio.create_task(webhook.ask("/validate/enforce", body()))
        await until(lambda: bool(reviews.seen))
        webhook.server.stop()
        await asyncio.sleep(0.2)
        gate.set()
        status, _ = await waiting

    assert status == 200


def test_a_certificate_that_cannot_be_used_is_a_usage_error(tmp_path: Path) -> None:
    one, other = make_pair(), make_pair()
    with pytest.raises(UserError, match="cannot be read: No such file"):
        certificate(tmp_path).context()
    Pair(one.ca, one.chain, other.key).write(tmp_path)

    with pytest.raises(UserError, match="do not belong together"):
        certificate(tmp_path).context()


def test_an_address_in_use_is_a_usage_error() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(UserError, match="cannot listen here"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_no_host_is_every_address() -> None:
    with listen("", 0) as listener, socket.create_connection(("127.0.0.1", listener.getsockname()[1]), 2) as client:
        assert client.getpeername()[1] == listener.getsockname()[1]
