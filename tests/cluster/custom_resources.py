"""The smallest definitions of the custom resources that our tests create; any field is kept as it is written."""

from __future__ import annotations

from typing import Any

from tests.cluster.kubectl import Kubectl, path, until

KSERVE = "serving.kserve.io"
_OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_DEFINED = {
    "InferenceService": (KSERVE, "v1beta1", "inferenceservices", "Namespaced"),
    "ServingRuntime": (KSERVE, "v1alpha1", "servingruntimes", "Namespaced"),
    "ClusterServingRuntime": (KSERVE, "v1alpha1", "clusterservingruntimes", "Cluster"),
    "LocalModelCache": (KSERVE, "v1alpha1", "localmodelcaches", "Cluster"),
    "LLMInferenceService": (KSERVE, "v1alpha2", "llminferenceservices", "Namespaced"),
    "LLMInferenceServiceConfig": (KSERVE, "v1alpha2", "llminferenceserviceconfigs", "Namespaced"),
    "Model": ("kubeai.org", "v1", "models", "Namespaced"),
}


def definition(kind: str) -> dict[str, Any]:
    """Return the CustomResourceDefinition of a kind."""
    group, version, plural, scope = _DEFINED[kind]
    served = {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": _OPEN}}
    names = {"kind": kind, "plural": plural, "singular": kind.lower()}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {"group": group, "names": names, "scope": scope, "versions": [served]},
    }


def install(admin: Kubectl, *kinds: str) -> None:
    """Define kinds and wait until the API server serves them."""
    for kind in kinds:
        told = admin.apply(definition(kind))
        assert told.ok, told.message
    for kind in kinds:
        until(lambda kind=kind: admin.get(path(kind, "default")).ok, what=kind)


def custom(kind: str, name: str, spec: Any, namespace: str = "", **metadata: Any) -> dict[str, Any]:
    """Return an object of one of the kinds."""
    group, version, _, _ = _DEFINED[kind]
    place = {"namespace": namespace} if namespace else {}
    return {
        "apiVersion": f"{group}/{version}",
        "kind": kind,
        "metadata": {"name": name, **place, **metadata},
        "spec": spec,
    }
