from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.cluster.custom_resources import custom, install
from tests.cluster.gate import COMMIT, Gate, pod, rendered
from tests.cluster.kubectl import Kubectl, Told, until

pytestmark = pytest.mark.cluster
EVERYWHERE = """
apiVersion: weighbridge.dev/v1alpha1
kind: ModelPolicy
metadata: {name: everywhere}
spec:
  namespaceSelector: {}
  profile: standard
  stages: [{stage: enforce}]
  rules: {card.present: {action: deny}}
"""
KINDS = ("LLMInferenceService", "LLMInferenceServiceConfig", "LocalModelCache", "InferenceService")
RUNTIMES = ("ServingRuntime", "ClusterServingRuntime")
BASED: dict[str, Any] = {"baseRefs": [{"name": "house"}]}


@pytest.fixture(scope="module")
def reading(gate: Gate) -> Iterator[Gate]:
    policies = gate.folder / "site" / "everywhere.yaml"
    install(gate.admin, *KINDS, *RUNTIMES)
    for namespace in ("loft", "kserve"):
        gate.namespace(namespace)
    gate.stop()
    policies.write_text(EVERYWHERE, encoding="utf-8")
    gate.more = ("--read-companions",)
    gate.start()
    until(lambda: "loft" in gate.enforcing())
    yield gate
    gate.stop()
    policies.unlink()
    gate.more = ()
    grant(gate)
    gate.start()
    until(lambda: "loft" not in gate.enforcing())


def grant(gate: Gate, *values: str) -> None:
    for one in rendered(*values):
        if one["kind"] == "ClusterRole":
            assert gate.admin.apply(one).ok


@pytest.fixture
def granted(reading: Gate) -> Gate:
    grant(reading, "--set", "companions.read=true")
    return reading


def config(uri: str, namespace: str) -> dict[str, Any]:
    return custom("LLMInferenceServiceConfig", "house", {"model": {"uri": uri}}, namespace)


def served(admin: Kubectl, name: str, spec: object) -> Told:
    return admin.create(custom("LLMInferenceService", name, spec, "loft"), dry_run=True)


def config_map(name: str, model: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "loft"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"MODEL": model}}


def pod_of(name: str) -> dict[str, Any]:
    obj = pod("loft", name, "$(MODEL)")
    obj["spec"]["containers"][0]["envFrom"] = [{"configMapRef": {"name": name}}]
    return obj


def test_without_the_right_to_read_it_a_model_is_unresolved_and_says_why(reading: Gate, admin: Kubectl) -> None:
    grant(reading)
    assert admin.create(config("hf://acme/good", "kserve")).ok

    def refused() -> str:
        message = served(admin, "early", BASED).message
        return message if "forbids it" in message else ""

    message = until(refused, what="a refusal of the API server")
    assert "[workload.resolved]" in message
    assert "LLMInferenceServiceConfig house was not read: the API server forbids it" in message


def test_the_base_of_kserve_answers_until_the_namespace_has_one(granted: Gate, admin: Kubectl) -> None:
    until(lambda: served(admin, "based", BASED).ok, seconds=60, what="the right to read base configurations")
    assert admin.create(config(f"hf://acme/good@{COMMIT}", "loft")).ok

    def models() -> list[list[str]]:
        return [one["models"] for one in granted.events(event="review", name="based", allowed=True)]

    until(lambda: served(admin, "based", BASED).ok and models()[-1:] == [[f"hf://acme/good@{COMMIT}"]], seconds=60)

    assert models()[0] == ["hf://acme/good"]
    assert admin.create(config("hf://acme/bare", "loft"), dry_run=True).status == 403


def test_a_missing_companion_is_named_as_missing(granted: Gate, admin: Kubectl) -> None:
    def missing() -> str:
        message = served(admin, "lost", {"baseRefs": [{"name": "nowhere"}]}).message
        return message if "no such object" in message else ""

    message = until(missing)
    assert "LLMInferenceServiceConfig nowhere was not read: there is no such object" in message


def test_a_runtime_of_the_cluster_says_what_an_inference_service_serves(granted: Gate, admin: Kubectl) -> None:
    container = {"name": "kserve-container", "image": "vllm/vllm-openai:v0.11.0", "args": ["--model=acme/good"]}
    assert admin.create(custom("ClusterServingRuntime", "good", {"containers": [container]})).ok
    model = {"modelFormat": {"name": "vLLM"}, "runtime": "good"}

    def create(name: str, **more: object) -> Told:
        spec = {"predictor": {"model": {**model, **more}}}
        return admin.create(custom("InferenceService", name, spec, "loft"), dry_run=True)

    until(lambda: create("plain").ok, what="a runtime that is read")
    overridden = create("overridden", args=["--model=acme/bare"])

    assert overridden.status == 403
    assert "hf://acme/bare: has no model card" in overridden.message


def test_a_pod_is_judged_by_the_config_map_it_takes_its_model_from(granted: Gate, admin: Kubectl) -> None:
    assert admin.apply(config_map("good", "acme/good")).ok
    assert admin.apply(config_map("bare", "acme/bare")).ok
    until(lambda: admin.create(pod_of("good"), dry_run=True).ok, what="a ConfigMap that is read")
    told = admin.create(pod_of("bare"), dry_run=True)

    assert told.status == 403
    assert "hf://acme/bare: has no model card" in told.message


def test_what_stands_in_no_namespace_is_denied_under_a_policy_for_all_of_them(reading: Gate, admin: Kubectl) -> None:
    bare = admin.create(custom("LocalModelCache", "weighed", {"sourceModelUri": "hf://acme/bare"}))
    good = admin.create(custom("LocalModelCache", "passed", {"sourceModelUri": "hf://acme/good"}))

    assert bare.status == 403, bare.body
    assert 'admission webhook "cluster.weighbridge.dev" denied the request' in bare.message
    assert "hf://acme/bare: has no model card" in bare.message
    assert good.ok, good.message
