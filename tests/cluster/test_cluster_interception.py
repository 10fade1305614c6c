from __future__ import annotations

import pytest
from tests.cluster.custom_resources import custom, install
from tests.cluster.gate import Gate
from tests.cluster.kubectl import Kubectl

pytestmark = pytest.mark.cluster
OWNER = {"apiVersion": "v1", "kind": "ConfigMap", "name": "above", "uid": "1b4e28ba-2fa1-11d2-883f-0016d3cca427"}
OWNED = {"ownerReferences": [{**OWNER, "controller": True}]}
BARE = {"url": "hf://acme/bare", "engine": "VLLM"}
SERVED = {"predictor": {"model": {"modelFormat": {"name": "huggingface"}, "storageUri": "hf://acme/bare"}}}


@pytest.fixture(scope="module")
def mill(gate: Gate) -> str:
    install(gate.admin, "InferenceService", "LLMInferenceService", "LocalModelCache", "Model")
    return gate.namespace("mill", "enforce")


@pytest.fixture(scope="module")
def barn(gate: Gate, mill: str) -> str:
    return gate.namespace("barn", "warn")


def denied_by(message: str) -> str:
    return message.partition('admission webhook "')[2].partition('"')[0]


def test_a_resource_that_is_installed_after_the_rules_were_written_is_intercepted(admin: Kubectl, mill: str) -> None:
    told = admin.create(custom("Model", "bare", BARE, mill))

    assert told.status == 403, told.body
    assert denied_by(told.message) == "enforce.weighbridge.dev"
    assert "hf://acme/bare: has no model card" in told.message
    assert admin.create(custom("Model", "good", {"url": "hf://acme/good"}, mill)).ok


def test_a_namespace_that_only_warns_is_warned_through_observe(gate: Gate, admin: Kubectl, barn: str) -> None:
    told = admin.create(custom("Model", "bare", BARE, barn))

    assert told.ok, told.message
    assert any(one.startswith("weighbridge: hf://acme/bare: ") for one in told.warnings)
    assert gate.events(event="review", namespace=barn, kind="Model", door="observe")


def test_what_shows_in_no_pod_is_judged_whoever_owns_it_and_what_does_is_not(admin: Kubectl, mill: str) -> None:
    without_pods = admin.create(custom("Model", "owned", BARE, mill, **OWNED))
    with_pods = admin.create(custom("InferenceService", "owned", SERVED, mill, **OWNED))
    on_top = admin.create(custom("InferenceService", "free", SERVED, mill))

    assert (without_pods.status, with_pods.status, on_top.status) == (403, 201, 403)


def test_what_stands_in_no_namespace_is_asked_about_through_an_entry_of_its_own(
    gate: Gate, admin: Kubectl, mill: str
) -> None:
    told = admin.create(custom("LocalModelCache", "bare", {"sourceModelUri": "hf://acme/bare"}))
    (event,) = gate.events(event="review", kind="LocalModelCache", name="bare")

    assert told.ok, "no policy has an empty selector"
    assert (event["door"], event["namespace"], event["stage"]) == ("cluster", "", "audit")
    assert event["models"] == ["hf://acme/bare"]
    assert "card.present" in event["rules"]


def test_a_base_configuration_that_is_not_read_leaves_its_model_unresolved(admin: Kubectl, mill: str) -> None:
    told = admin.create(custom("LLMInferenceService", "chat", {"baseRefs": [{"name": "house"}]}, mill))

    assert told.status == 403
    assert "[workload.resolved]" in told.message
    assert "LLMInferenceServiceConfig house" in told.message
