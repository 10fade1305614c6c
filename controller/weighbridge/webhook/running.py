"""
Everything that a serving controller does at once: answer reviews, follow namespaces, keep the webhook configuration.

The last two only with an API server; without one, namespaces have no labels.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from weighbridge.cluster.client import connected
from weighbridge.cluster.companions import CompanionObjects
from weighbridge.cluster.namespaces import Namespaces
from weighbridge.cluster.webhook_configuration import WebhookConfiguration
from weighbridge.errors import ClusterError
from weighbridge.model.requests import Namespace
from weighbridge.review import CompanionReader
from weighbridge.telemetry import Metrics
from weighbridge.webhook.app import application
from weighbridge.webhook.door import Doors, Limits, Reviews
from weighbridge.webhook.reach import Cluster, Reaching, Stages
from weighbridge.webhook.server import Certificate, Server

_log = structlog.get_logger("weighbridge.webhook")


class Reviewing(Reviews, Stages, Protocol):
    """Decides about requests, and knows the stage of a namespace."""

    def reading(self, companions: CompanionReader) -> Reviews:
        """Return one that looks for what a workload names and its review does not hold."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """The part of a controller that decides."""

    reviewer: Reviewing
    ready: Callable[[], Awaitable[None]]
    """Raises `EngineError` while no decision can be had."""
    ask_url: Callable[[Namespace], str | None]
    """Where a tenant asks for an exception."""


@dataclass(frozen=True, slots=True)
class Serving:
    """How a controller is reached."""

    listener: socket.socket
    certificate: Certificate
    limits: Limits = field(default_factory=Limits)


async def run(deciding: Deciding, serving: Serving, cluster: Cluster | None, metrics: Metrics) -> None:
    """Serve until SIGTERM or SIGINT. Raises `UserError` or `ClusterError` when it cannot begin."""
    async with _namespaces(cluster) as namespaces:
        ready = _readiness(deciding, namespaces)
        find = namespaces.find if namespaces else _unlabeled
        doors = Doors(_reviews(deciding, cluster, namespaces), find, deciding.ask_url, metrics, serving.limits)
        server = Server(application(doors, ready, metrics), serving.certificate, metrics)
        # A task that ends with an error of ours ends the process: the kubelet starts a new one.
        with _signals(server.stop):
            async with asyncio.TaskGroup() as tasks:
                others: list[asyncio.Task[None]] = []
                if cluster is not None and namespaces is not None:
                    configuration = _configuration(deciding, cluster, namespaces, ready, metrics)
                    others += [tasks.create_task(namespaces.follow()), tasks.create_task(configuration.keep())]
                _log.info("serving", address=list(serving.listener.getsockname()[:2]), cluster=cluster is not None)
                await server.run_on(serving.listener)
                for task in others:
                    task.cancel()
    _log.info("stopped")


def _reviews(deciding: Deciding, cluster: Cluster | None, namespaces: Namespaces | None) -> Reviews:
    if cluster is None or namespaces is None or not cluster.companions:
        return deciding.reviewer
    return deciding.reviewer.reading(CompanionObjects(namespaces.api, cluster.companions))


async def _unlabeled(name: str) -> Namespace:
    return Namespace(name)


@contextlib.asynccontextmanager
async def _namespaces(cluster: Cluster | None) -> AsyncIterator[Namespaces | None]:
    if cluster is None:
        yield None
        return
    async with connected(cluster.kubeconfig) as api:
        yield Namespaces(api)


def _readiness(deciding: Deciding, namespaces: Namespaces | None) -> Callable[[], Awaitable[None]]:
    async def ready() -> None:
        if namespaces is not None and not namespaces.synced:
            raise ClusterError("the namespaces of the cluster have not been listed yet")
        await deciding.ready()

    return ready


def _configuration(
    deciding: Deciding,
    cluster: Cluster,
    namespaces: Namespaces,
    ready: Callable[[], Awaitable[None]],
    metrics: Metrics,
) -> WebhookConfiguration:
    reaching = Reaching(deciding.reviewer, namespaces, cluster, ready, metrics)
    kept = WebhookConfiguration(namespaces.api, cluster.configuration, reaching.entries, metrics.healed.inc)
    namespaces.changed = kept.look
    metrics.exclude(reaching.excluded)
    return kept


@contextlib.contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop)
    try:
        yield
    finally:
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(one)
