"""
What the API server is told to send us, and when.

`enforce` refuses while no decision can be had, so it names the namespaces it holds for; `observe` takes all others, and
`cluster` what stands in no namespace.
No condition here decides by an image, a command or a label: what is skipped cannot change which models run.
No input or output.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from weighbridge.model.requests import Json
from weighbridge.workloads import Intercepted, Scope

ALWAYS_EXCLUDED = ("kube-system",)
"""Never reviewed, beside our own namespace: a cluster must be able to mend itself."""

ENFORCE, OBSERVE, CLUSTER = "enforce.weighbridge.dev", "observe.weighbridge.dev", "cluster.weighbridge.dev"
ENFORCE_SECONDS, OBSERVE_SECONDS = 10, 3
_NAME_LABEL = "kubernetes.io/metadata.name"

Entry: TypeAlias = dict[str, Json]

_IMAGES = (
    "(has(object.spec.{0}) ? object.spec.{0}.map(c, has(c.image) ? c.image : '') : [])"
    " == (has(oldObject.spec.{0}) ? oldObject.spec.{0}.map(c, has(c.image) ? c.image : '') : [])"
)
CONDITIONS = (
    # A running Pod can change nothing about its models but the images.
    (
        "a-pod-changes-its-images",
        (
            "!(request.operation == 'UPDATE' && request.kind.group == '' && request.kind.kind == 'Pod'"
            " && (!has(request.subResource) || request.subResource == '') && object != null && oldObject != null"
            f" && has(object.spec) && has(oldObject.spec) && {_IMAGES.format('containers')}"
            f" && {_IMAGES.format('initContainers')})"
        ),
    ),
    # What is going away must be able to go: its finalizers are updates.
    (
        "the-object-stays",
        (
            "request.operation != 'UPDATE' || oldObject == null || !has(oldObject.metadata)"
            " || !has(oldObject.metadata.deletionTimestamp)"
        ),
    ),
    # A kubelet reports its static Pods, which run whatever we say.
    (
        "no-mirror-of-a-static-pod",
        (
            "!(request.kind.group == '' && request.kind.kind == 'Pod' && has(request.userInfo.groups)"
            " && 'system:nodes' in request.userInfo.groups && object != null && has(object.metadata)"
            " && has(object.metadata.annotations) && 'kubernetes.io/config.mirror' in object.metadata.annotations)"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the API server reaches us."""

    ca: bytes
    """PEM of the authorities that vouch for our certificate."""
    url: str | None = None
    """`https://host:port` for a webhook outside of the cluster; else the Service is used."""
    service: str = "weighbridge"
    namespace: str = "weighbridge-system"
    port: int = 443


@dataclass(frozen=True, slots=True)
class Reach:
    """Which namespaces are held to what."""

    enforcing: frozenset[str]
    excluded: frozenset[str] = field(default_factory=frozenset)
    """Names given by the platform; ours and kube-system come on top."""


def entries(address: Address, reach: Reach, intercepted: Sequence[Intercepted]) -> list[Entry]:
    """
    Return the `webhooks` list of our configuration.

    Every default of the API server is spelled out, so that what it stores can be compared with what is wanted.
    `enforce` is left out while no namespace enforces: an empty selector of names is invalid. `cluster` has an empty
    selector, which is the only one that no namespace can leave.
    """
    excluded = reach.excluded | {address.namespace, *ALWAYS_EXCLUDED}
    enforcing = reach.enforcing - excluded
    rules, everywhere = _rules(intercepted, "Namespaced"), _rules(intercepted, "Cluster")
    found = [
        _entry(
            OBSERVE,
            _client(address, "observe"),
            "Ignore",
            OBSERVE_SECONDS,
            _names("NotIn", enforcing | excluded),
            rules,
        )
    ]
    if enforcing:
        client = _client(address, "enforce")
        found.insert(0, _entry(ENFORCE, client, "Fail", ENFORCE_SECONDS, _names("In", enforcing), rules))
    if everywhere:
        found.append(_entry(CLUSTER, _client(address, "cluster"), "Ignore", OBSERVE_SECONDS, {}, everywhere))
    return found


def _entry(name: str, client: Json, failure: str, seconds: int, namespaces: Json, rules: list[Json]) -> Entry:
    return {
        "name": name,
        "clientConfig": client,
        "rules": rules,
        "failurePolicy": failure,
        "matchPolicy": "Equivalent",
        "namespaceSelector": namespaces,
        "objectSelector": {},
        "sideEffects": "NoneOnDryRun",
        "timeoutSeconds": seconds,
        "admissionReviewVersions": ["v1"],
        "matchConditions": [{"name": condition, "expression": expression} for condition, expression in CONDITIONS],
    }


def _client(address: Address, door: str) -> Json:
    bundle = base64.b64encode(address.ca).decode()
    path = f"/validate/{door}"
    if address.url is not None:
        return {"url": address.url.rstrip("/") + path, "caBundle": bundle}
    service: dict[str, Json] = {
        "name": address.service,
        "namespace": address.namespace,
        "path": path,
        "port": address.port,
    }
    return {"service": service, "caBundle": bundle}


def _names(operator: str, names: Iterable[str]) -> Json:
    return {"matchExpressions": [{"key": _NAME_LABEL, "operator": operator, "values": [*sorted(names)]}]}


def _rules(intercepted: Sequence[Intercepted], scope: Scope) -> list[Json]:
    """Return one rule for each group, versions and operations, so that a new resource is one more line of the table."""
    grouped: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Json]] = {}
    for one in intercepted:
        if one.scope == scope:
            grouped.setdefault((one.group, one.versions, one.operations), []).append(one.resource)
    return [
        {
            "apiGroups": [group],
            "apiVersions": [*versions],
            "operations": [*operations],
            "resources": resources,
            "scope": scope,
        }
        for (group, versions, operations), resources in grouped.items()
    ]
