"""What kubectl would send and see."""

from __future__ import annotations

import http.client
import json
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import yaml

_WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')
_PLURALS = {
    "Namespace": ("api/v1", "namespaces"),
    "Pod": ("api/v1", "pods"),
    "Service": ("api/v1", "services"),
    "ServiceAccount": ("api/v1", "serviceaccounts"),
    "ConfigMap": ("api/v1", "configmaps"),
    "Deployment": ("apis/apps/v1", "deployments"),
    "ReplicaSet": ("apis/apps/v1", "replicasets"),
    "PodDisruptionBudget": ("apis/policy/v1", "poddisruptionbudgets"),
    "NetworkPolicy": ("apis/networking.k8s.io/v1", "networkpolicies"),
    "InferenceService": ("apis/serving.kserve.io/v1beta1", "inferenceservices"),
    "ServingRuntime": ("apis/serving.kserve.io/v1alpha1", "servingruntimes"),
    "ClusterServingRuntime": ("apis/serving.kserve.io/v1alpha1", "clusterservingruntimes"),
    "LocalModelCache": ("apis/serving.kserve.io/v1alpha1", "localmodelcaches"),
    "LLMInferenceService": ("apis/serving.kserve.io/v1alpha2", "llminferenceservices"),
    "LLMInferenceServiceConfig": ("apis/serving.kserve.io/v1alpha2", "llminferenceserviceconfigs"),
    "Model": ("apis/kubeai.org/v1", "models"),
    "ClusterRole": ("apis/rbac.authorization.k8s.io/v1", "clusterroles"),
    "ClusterRoleBinding": ("apis/rbac.authorization.k8s.io/v1", "clusterrolebindings"),
    "CustomResourceDefinition": ("apis/apiextensions.k8s.io/v1", "customresourcedefinitions"),
    "ValidatingWebhookConfiguration": (
        "apis/admissionregistration.k8s.io/v1",
        "validatingwebhookconfigurations",
    ),
}
_CLUSTER_SCOPED = {
    "Namespace",
    "ClusterRole",
    "ClusterRoleBinding",
    "ClusterServingRuntime",
    "CustomResourceDefinition",
    "LocalModelCache",
    "ValidatingWebhookConfiguration",
}

Obj = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of the API server."""

    status: int
    body: Any
    warnings: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.status < 300

    @property
    def message(self) -> str:
        """What kubectl prints after `Error from server`."""
        return str(self.body.get("message", "")) if isinstance(self.body, dict) else str(self.body)


def path(kind: str, namespace: str = "", name: str = "", subresource: str = "") -> str:
    """Return where an object is."""
    prefix, plural = _PLURALS[kind]
    inside = "" if kind in _CLUSTER_SCOPED else f"/namespaces/{namespace}"
    return f"/{prefix}{inside}/{plural}" + (f"/{name}" if name else "") + (f"/{subresource}" if subresource else "")


@dataclass(frozen=True, slots=True)
class Kubectl:
    """Speaks to an API server with a token."""

    url: str
    token: str

    def create(self, obj: Obj, *, dry_run: bool = False) -> Told:
        """`kubectl create -f`."""
        metadata = obj["metadata"]
        return self.ask("POST", path(obj["kind"], metadata.get("namespace", "")), obj, dryRun="All" if dry_run else "")

    def apply(self, obj: Obj, *, dry_run: bool = False) -> Told:
        """`kubectl apply --server-side -f`."""
        metadata = obj["metadata"]
        where = path(obj["kind"], metadata.get("namespace", ""), metadata["name"])
        kind = "application/apply-patch+yaml"
        return self.ask(
            "PATCH", where, obj, kind, fieldManager="kubectl", force="true", dryRun="All" if dry_run else ""
        )

    def patch(self, where: str, change: object, **query: str) -> Told:
        """`kubectl patch --type=merge`."""
        return self.ask("PATCH", where, change, "application/merge-patch+json", **query)

    def delete(self, where: str, **query: str) -> Told:
        """`kubectl delete`."""
        return self.ask("DELETE", where, None, **query)

    def get(self, where: str, **query: str) -> Told:
        """`kubectl get --raw`."""
        return self.ask("GET", where, None, **query)

    def ask(self, method: str, where: str, body: object, kind: str = "application/json", **query: str) -> Told:
        """Send one request on a connection of its own."""
        address = urlsplit(self.url)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(address.hostname or "", address.port, timeout=40, context=context)
        asked = urlencode({key: value for key, value in query.items() if value})
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind, "Accept": "application/json"}
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, f"{where}?{asked}" if asked else where, content, headers)
            answered = connection.getresponse()
            text = answered.read().decode()
            header = ", ".join(answered.headers.get_all("Warning") or []).encode("latin-1").decode()
        finally:
            connection.close()
        warnings = tuple(re.sub(r"\\(.)", r"\1", one) for one in _WARNING.findall(header))
        try:
            return Told(answered.status, json.loads(text), warnings)
        except ValueError:
            return Told(answered.status, text, warnings)

    def events(self, namespace: str, reason: str) -> list[str]:
        """Return the messages of a namespace's events."""
        listed = self.get(f"/api/v1/namespaces/{namespace}/events").body
        return [one["message"] for one in listed["items"] if one["reason"] == reason]


def until(condition: Callable[[], Any], seconds: float = 20.0, what: str = "") -> Any:
    """Return the first true answer, or fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:g} s: {what or condition}")


def documents(text: str) -> list[dict[str, Any]]:
    """Return the objects of a multi-document YAML."""
    return [one for one in yaml.safe_load_all(text) if one]
