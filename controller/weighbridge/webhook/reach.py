"""
Which namespaces the API server must refuse Pods of while nobody can decide: those whose policies enforce now.

Namespaces come and go, stages begin on a date, authorities are replaced; so the answer is worked out anew each time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from weighbridge.cluster.entries import ALWAYS_EXCLUDED, Address, Entry, Reach, entries
from weighbridge.cluster.namespaces import Namespaces
from weighbridge.errors import ClusterError
from weighbridge.model.requests import Namespace
from weighbridge.model.verdicts import Stage
from weighbridge.telemetry import Metrics
from weighbridge.workloads import CompanionKind, Intercepted

_MAX_CA = 1 << 20
_PEM = b"-----BEGIN CERTIFICATE-----"


class Stages(Protocol):
    """Knows how far the policies of a namespace have come."""

    async def stage(self, namespace: Namespace) -> Stage:
        """Return the strictest stage any rule has here now. Raises `EngineError` when the policies cannot be asked."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """How a controller takes part in a cluster."""

    kubeconfig: Path | None
    """`None` uses the Pod's service account."""
    configuration: str
    """Name of the ValidatingWebhookConfiguration that is kept."""
    ca_file: Path
    """PEM of the authorities that vouch for our certificate; read anew each time."""
    own_namespace: str
    service: str
    """Name of the Service before us."""
    service_port: int
    url: str | None
    """`https://host:port` of a webhook outside of the cluster, instead of the Service."""
    excluded: frozenset[str]
    """Namespaces that the platform wants left alone."""
    intercepted: tuple[Intercepted, ...]
    companions: tuple[CompanionKind, ...] = ()
    """Kinds of objects that are read where a workload names them; none by default."""


@dataclass(frozen=True, slots=True)
class Reaching:
    """Works out what our webhook configuration should hold."""

    stages: Stages
    namespaces: Namespaces
    cluster: Cluster
    ready: Callable[[], Awaitable[None]]
    metrics: Metrics

    @property
    def excluded(self) -> frozenset[str]:
        """The namespaces that are never reviewed."""
        return self.cluster.excluded | {self.cluster.own_namespace, *ALWAYS_EXCLUDED}

    async def entries(self) -> list[Entry]:
        """Return the `webhooks` list as it should be now. Raises `OperatorError` while that cannot be told."""
        await self.ready()
        enforcing = frozenset(
            [
                one.name
                for one in self.namespaces.all()
                if one.name not in self.excluded and await self.stages.stage(one) == "enforce"
            ]
        )
        self.metrics.enforcing.set(len(enforcing))
        address = Address(
            ca=_authorities(self.cluster.ca_file),
            url=self.cluster.url,
            service=self.cluster.service,
            namespace=self.cluster.own_namespace,
            port=self.cluster.service_port,
        )
        return entries(address, Reach(enforcing, self.excluded), self.cluster.intercepted)


def _authorities(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(_MAX_CA)
    except OSError as error:
        raise ClusterError(f"{file}: the authority of our certificate cannot be read: {error.strerror}") from error
    if _PEM not in content:
        raise ClusterError(f"{file}: no PEM certificate in it. Fix: put the authority of the serving certificate there")
    return content
