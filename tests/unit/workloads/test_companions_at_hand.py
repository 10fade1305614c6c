from __future__ import annotations

from typing import Any

import pytest

from weighbridge.model.companions import Unread
from weighbridge.workloads import find_models

FORBIDDEN = "the API server forbids it"
RUNTIME = {
    "apiVersion": "serving.kserve.io/v1alpha1",
    "kind": "ClusterServingRuntime",
    "metadata": {"name": "house"},
    "spec": {"containers": [{"name": "kserve-container", "image": "vllm/vllm-openai", "args": ["--model=acme/a"]}]},
}


def pod(**container: Any) -> dict[str, Any]:
    spec = {"containers": [{"name": "c", "image": "vllm/vllm-openai:v1", **container}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "team"}, "spec": spec}


def service(**model: Any) -> dict[str, Any]:
    spec = {"predictor": {"model": {"modelFormat": {"name": "vLLM"}, "runtime": "house", **model}}}
    metadata = {"name": "i", "namespace": "team"}
    return {"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": metadata, "spec": spec}


FROM_KEY = pod(args=["--model=$(M)"], env=[{"name": "M", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "k"}}}])
FROM_ALL = pod(args=["--model=$(M)"], envFrom=[{"configMapRef": {"name": "m"}}])
FROM_FILE = pod(command=["sh", "/s/run.sh"], volumeMounts=[{"name": "s", "mountPath": "/s"}])
FROM_FILE["spec"]["volumes"] = [{"name": "s", "configMap": {"name": "m"}}]
FROM_RESOURCE = {
    "apiVersion": "ome.io/v1beta1",
    "kind": "InferenceService",
    "metadata": {"name": "i", "namespace": "team"},
    "spec": {"model": {"name": "m"}},
}


@pytest.mark.parametrize("obj", [FROM_KEY, FROM_ALL, FROM_FILE, FROM_RESOURCE])
def test_what_could_not_be_read_stays_unresolved_and_says_why(obj: dict[str, Any]) -> None:
    (wanted,) = find_models(obj).wanted
    found = find_models(obj, (), (Unread(wanted, FORBIDDEN),))
    (ref,) = found.references

    assert not ref.resolved
    assert f"{wanted.kind} m" in (ref.unresolved_because or "")
    assert FORBIDDEN in (ref.unresolved_because or "")


def test_what_is_wanted_is_named_in_full() -> None:
    (wanted,) = find_models(service()).wanted

    assert (wanted.group, wanted.kind, wanted.namespace, wanted.name) == (
        "serving.kserve.io",
        "ServingRuntime",
        "team",
        "house",
    )
    assert wanted.otherwise is not None
    assert wanted.otherwise.kind == "ClusterServingRuntime"


def test_a_runtime_that_could_not_be_read_is_not_replaced_by_another() -> None:
    (wanted,) = find_models(service()).wanted
    (ref,) = find_models(service(), [RUNTIME], [Unread(wanted, FORBIDDEN)]).references

    assert ref.unresolved_because == f"no storageUri is given, and ServingRuntime house was not read: {FORBIDDEN}"


def test_a_service_that_says_its_model_needs_no_runtime_to_be_judged() -> None:
    found = find_models(service(storageUri="hf://acme/chat"))

    assert [str(ref) for ref in found.references] == ["hf://acme/chat"]
    assert [one.name for one in found.wanted] == ["house"]


def test_an_object_of_another_group_is_not_the_wanted_one() -> None:
    other = {**RUNTIME, "apiVersion": "acme.example/v1"}

    assert not find_models(service(), [other]).references[0].resolved


def test_a_secret_is_never_read_although_it_is_at_hand() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "m"}, "data": {"M": "acme/a"}}
    obj = pod(args=["--model=$(M)"], envFrom=[{"secretRef": {"name": "m"}}])
    found = find_models(obj, [secret])

    assert [ref.resolved for ref in found.references] == [False]
    assert found.wanted == ()
