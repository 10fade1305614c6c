"""
`make bench`: what a review costs, and how many the webhook answers, as ratios against the floor.

Every figure is a median with its spread (minimum to maximum of the rounds), all of one run on this machine.
The load comes from the same machine, so requests per second are a comparison with the floor and not a capacity.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import platform
import ssl
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "controller")]

from demo.demo import HOST, admission_review, certificate, free_port  # noqa: E402

from weighbridge.engine import bundles  # noqa: E402
from weighbridge.engine.judging import Judge  # noqa: E402
from weighbridge.model.requests import Namespace, Request  # noqa: E402
from weighbridge.settings import Settings  # noqa: E402
from weighbridge.wiring import assembled  # noqa: E402
from weighbridge.workloads import find_models  # noqa: E402

ROUNDS = 5
LOAD_SECONDS = 3.0
CONNECTIONS = 16
HUB = ROOT / "demo" / "hub"
MANIFESTS = [yaml.safe_load(path.read_text()) for path in sorted((ROOT / "demo" / "workloads").glob("*.yaml"))]


def spread(name: str, unit: str, rounds: Sequence[float], against: float | None = None) -> float:
    middle = statistics.median(rounds)
    ratio = f"   {middle / against:5.2f} x floor" if against else ""
    print(f"  {name:<44} {middle:10.1f} {unit:<5} ({min(rounds):.1f} to {max(rounds):.1f}){ratio}")
    return middle


async def timed(name: str, ask: Callable[[], Awaitable[object]], times: int) -> float:
    rounds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(times):
            await ask()
        rounds.append((time.perf_counter() - begun) / times * 1e6)
    return spread(name, "us", rounds)


async def reviews() -> None:
    print("one review, in process, six demo workloads in turn, evidence from a folder, real OPA")
    requests = [Request(one, Namespace("harbor")) for one in MANIFESTS]
    settings = Settings(hub=str(HUB), engine="opa")

    async def cold() -> None:
        async with assembled(settings) as fresh:
            begun = time.perf_counter()
            for request in requests:
                await fresh.reviewer.review(request, 10)
            colds.append((time.perf_counter() - begun) / len(requests) * 1e6)

    colds: list[float] = []
    for _ in range(ROUNDS):
        await cold()
    first = spread("cold: nothing known, nothing asked before", "us", colds)

    async with assembled(settings) as warm:
        forgetful = dataclasses.replace(
            warm.reviewer, judge=Judge(warm.reviewer.judge.engine, bundles.load(bundles.default_folder()), limit=0)
        )

        async def evidence_cached() -> None:
            for request in requests:
                await forgetful.review(request, 10)

        async def verdict_cached() -> None:
            for request in requests:
                await warm.reviewer.review(request, 10)

        await verdict_cached()
        second = await timed("evidence cached, OPA asked (six)", evidence_cached, 5)
        third = await timed("verdict cached (six)", verdict_cached, 50)
        print(
            f"  per review: cold {first / 1e3:.2f} ms, evidence cached {second / 6e3:.2f} ms, verdict cached {third / 6e3:.3f} ms"
        )


async def extraction() -> None:
    print("find_models, six demo workloads in turn")

    async def all_six() -> None:
        for one in MANIFESTS:
            find_models(one)

    six = await timed("six objects", all_six, 200)
    print(f"  per object: {six / 6:.0f} us")


@contextlib.asynccontextmanager
async def server(*command: str, port: int) -> AsyncIterator[None]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "controller")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=environment, stderr=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(HOST, port)
                writer.close()
                break
            await asyncio.sleep(0.1)
        yield
    finally:
        process.terminate()
        await process.wait()


async def load(port: int, bodies: Sequence[bytes], trust: ssl.SSLContext) -> float:
    """Return answers per second over TLS on kept connections."""
    done = 0
    until = time.perf_counter() + LOAD_SECONDS

    async def client(number: int) -> None:
        nonlocal done
        reader, writer = await asyncio.open_connection(HOST, port, ssl=trust)
        turn = number
        while time.perf_counter() < until:
            body = bodies[turn % len(bodies)]
            turn += 1
            head = f"POST /validate/enforce?timeout=10s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            headers = await reader.readuntil(b"\r\n\r\n")
            length = int(headers.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            done += headers.startswith(b"HTTP/1.1 200")
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(CONNECTIONS)))
    return done / (time.perf_counter() - begun)


async def webhook() -> None:
    print(
        f"webhook over TLS, {CONNECTIONS} kept connections, load from this machine, {ROUNDS} rounds of {LOAD_SECONDS:.0f} s"
    )
    bodies = [json.dumps(admission_review(one)).encode() for one in MANIFESTS]
    with tempfile.TemporaryDirectory() as folder:
        certificate(Path(folder))
        trust = ssl.create_default_context(cafile=f"{folder}/tls.crt")
        trust.check_hostname = False
        ports = free_port(), free_port()
        floor_command = ["tests/benchmarks/floor.py", str(ports[0]), f"{folder}/tls.crt", f"{folder}/tls.key"]
        serve = [
            "-m",
            "weighbridge",
            "serve",
            "--no-cluster",
            "--host",
            HOST,
            "--port",
            str(ports[1]),
            "--hub",
            str(HUB),
        ]
        serve += ["--site", str(ROOT / "demo" / "site"), "--tls-cert-file", f"{folder}/tls.crt"]
        serve += ["--tls-private-key-file", f"{folder}/tls.key", "--log-level", "warning"]
        async with server(*floor_command, port=ports[0]), server(*serve, port=ports[1]):
            for port in ports:
                await load(port, bodies, trust)
            floors, ours = [], []
            for _ in range(ROUNDS):  # in turn, so that a machine that slows down slows both
                floors.append(await load(ports[0], bodies, trust))
                ours.append(await load(ports[1], bodies, trust))
    floor = spread("the floor: parse and answer allowed", "req/s", floors)
    spread("weighbridge, verdicts cached", "req/s", ours, floor)


async def main() -> None:
    print(f"weighbridge bench: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    await extraction()
    await reviews()
    await webhook()


if __name__ == "__main__":
    os.chdir(ROOT)
    asyncio.run(main())
