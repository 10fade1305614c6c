from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.certificates import make_pair
from tests.unit.cluster.api_server import ApiServer, kubeconfig_for, namespace
from tests.unit.webhook.reviews import Scripted, body
from tests.waiting import until

from weighbridge.cluster.companions import CompanionObjects
from weighbridge.errors import ClusterError
from weighbridge.model.requests import Namespace
from weighbridge.telemetry import Metrics
from weighbridge.webhook.reach import Cluster
from weighbridge.webhook.running import Deciding, Serving, run
from weighbridge.webhook.server import Certificate, listen
from weighbridge.workloads import COMPANIONS, CompanionKind, Intercepted


async def always() -> None:
    return


def cluster(folder: Path, kubeconfig: Path) -> Cluster:
    return Cluster(
        kubeconfig=kubeconfig,
        configuration="weighbridge",
        ca_file=folder / "ca.crt",
        own_namespace="weighbridge-system",
        service="weighbridge",
        service_port=443,
        url=None,
        excluded=frozenset({"legacy"}),
        intercepted=(Intercepted("", ("v1",), "pods", ("CREATE",)),),
    )


@contextlib.asynccontextmanager
async def running(
    folder: Path, reviews: Scripted, metrics: Metrics, taking_part: Cluster | None
) -> AsyncIterator[tuple[asyncio.Task[None], aiohttp.ClientSession]]:
    pair = make_pair()
    pair.write(folder)
    with listen("127.0.0.1", 0) as listener:
        serving = Serving(listener, Certificate(folder / "tls.crt", folder / "tls.key"))
        task = asyncio.create_task(run(Deciding(reviews, always, lambda _: None), serving, taking_part, metrics))
        context = ssl.create_default_context(cadata=pair.ca.decode())
        base = f"https://127.0.0.1:{listener.getsockname()[1]}"
        async with aiohttp.ClientSession(base, connector=aiohttp.TCPConnector(ssl=context)) as session:
            yield task, session
            if not task.done():
                os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait([task])


async def get(session: aiohttp.ClientSession, path: str) -> tuple[int, str]:
    async with session.get(path) as answered:
        return answered.status, await answered.text()


async def test_without_a_cluster_namespaces_have_no_labels(tmp_path: Path) -> None:
    reviews = Scripted()
    async with running(tmp_path, reviews, Metrics(), None) as (task, session):
        async with session.post("/validate/enforce", data=body()) as answered:
            status = answered.status
        ready = await get(session, "/readyz")
    await task

    assert (status, ready[0]) == (200, 200)
    assert reviews.seen[0][0].namespace == Namespace("team")


async def test_with_a_cluster_it_follows_namespaces_and_fills_the_configuration(tmp_path: Path) -> None:
    configuration: dict[str, Any] = {"metadata": {"name": "weighbridge", "uid": "u", "resourceVersion": "1"}}
    server = ApiServer("team", configuration=configuration)
    reviews, metrics = Scripted(stages={"team": "enforce"}), Metrics()
    async with server.connected() as api:
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(kubeconfig_for(api.client.configuration.host), encoding="utf-8")
        async with running(tmp_path, reviews, metrics, cluster(tmp_path, kubeconfig)) as (task, session):
            await until(lambda: len((server.configuration or {}).get("webhooks") or ()) == 2)
            async with session.post("/validate/enforce", data=body()):
                pass
            ready = await get(session, "/readyz")
        await task

    assert ready[0] == 200
    assert b'weighbridge_excluded_namespace{namespace="legacy"} 1.0' in metrics.text()
    assert b'weighbridge_excluded_namespace{namespace="kube-system"} 1.0' in metrics.text()


@pytest.mark.parametrize("kinds", [(), COMPANIONS])
async def test_companions_are_read_only_where_that_is_asked_for(
    tmp_path: Path, kinds: tuple[CompanionKind, ...]
) -> None:
    reviews = Scripted()
    async with ApiServer("team").connected() as api:
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(kubeconfig_for(api.client.configuration.host), encoding="utf-8")
        taking_part = replace(cluster(tmp_path, kubeconfig), companions=kinds)
        async with running(tmp_path, reviews, Metrics(), taking_part) as (task, session):
            await get(session, "/healthz")
        await task

    assert [type(one) for one in reviews.readers] == [CompanionObjects] * bool(kinds)


async def test_it_is_not_ready_before_the_namespaces_are_listed(tmp_path: Path) -> None:
    server = ApiServer("team")
    server.namespaces["team"] = namespace("team")
    server.refuse += [(500, "not yet")] * 40
    async with server.connected() as api:
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(kubeconfig_for(api.client.configuration.host), encoding="utf-8")
        async with running(tmp_path, Scripted(), Metrics(), cluster(tmp_path, kubeconfig)) as (task, session):
            ready = await get(session, "/readyz")
        await task

    assert ready == (503, "not ready: the namespaces of the cluster have not been listed yet\n")


async def test_without_a_way_to_the_cluster_it_does_not_begin(tmp_path: Path) -> None:
    async with running(tmp_path, Scripted(), Metrics(), cluster(tmp_path, tmp_path / "none")) as (task, _):
        with pytest.raises(ClusterError, match="no way to the API server"):
            await task


async def test_an_interrupt_stops_it_too(tmp_path: Path) -> None:
    async with running(tmp_path, Scripted(), Metrics(), None) as (task, session):
        await get(session, "/healthz")
        os.kill(os.getpid(), signal.SIGINT)
        await task

    assert task.done()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
