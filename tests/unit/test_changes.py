from __future__ import annotations

from weighbridge.changes import controller_kind, to_judge, unchanged
from weighbridge.model.requests import Namespace, Request
from weighbridge.workloads import find_models

NS = Namespace("ns")
OWNED = {"ownerReferences": [{"kind": "ReplicaSet", "name": "x", "controller": True}]}


def pod(*models, **metadata):
    containers = [{"name": "c", "image": "vllm/vllm-openai", "args": [f"--model={one}"]} for one in models]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", **metadata},
        "spec": {"containers": containers},
    }


def deployment(model, **more):
    template = {"spec": pod(model)["spec"]}
    metadata = {"name": "d", **more.pop("metadata", {})}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"template": template, **more}}


def test_deleting_and_connecting_are_never_judged():
    for operation in ("DELETE", "CONNECT"):
        assert to_judge(Request(pod("a/b"), NS, operation)) is None


def test_an_object_that_is_being_deleted_can_always_lose_its_finalizers():
    going = pod("a/b", deletionTimestamp="2026-01-01T00:00:00Z")

    assert to_judge(Request(pod("c/d"), NS, "UPDATE", going)) is None


def test_a_pod_is_judged_whoever_claims_to_own_it():
    owned = pod("a/b", **OWNED)

    assert to_judge(Request(owned, NS)) is owned


def test_a_template_with_a_controller_is_judged_at_its_pods():
    assert to_judge(Request(deployment("a/b", metadata=OWNED), NS)) is None
    assert to_judge(Request(deployment("a/b"), NS)) is not None


def test_other_subresources_change_no_model():
    assert to_judge(Request(pod("a/b"), NS, "UPDATE", pod("a/b"), subresource="status")) is None


def test_only_the_added_ephemeral_containers_are_judged():
    before, after = pod("a/b"), pod("a/b")
    before["spec"]["ephemeralContainers"] = [{"name": "old", "image": "vllm/vllm-openai", "args": ["--model=c/d"]}]
    new = {"name": "new", "image": "vllm/vllm-openai", "args": ["--model=e/f"]}
    after["spec"] = {
        **after["spec"],
        "volumes": [],
        "ephemeralContainers": [*before["spec"]["ephemeralContainers"], new],
    }

    judged = to_judge(Request(after, NS, "UPDATE", before, "ephemeralcontainers"))

    assert judged is not None
    assert [str(ref) for ref in find_models(judged).references] == ["hf://e/f"]


def test_an_ephemeral_container_of_a_pod_without_spec_is_no_crash():
    judged = to_judge(Request({"kind": "Pod"}, NS, "UPDATE", None, "ephemeralcontainers"))

    assert judged is not None
    assert find_models(judged).references == ()


def test_scaling_and_labels_leave_the_models_as_they_were():
    before = deployment("a/b", replicas=1)
    after = deployment("a/b", replicas=5, metadata={"labels": {"x": "y"}})
    request = Request(after, NS, "UPDATE", before)

    assert unchanged(request, find_models(after))


def test_another_model_is_a_change_and_so_is_creation():
    after = deployment("c/d")

    assert not unchanged(Request(after, NS, "UPDATE", deployment("a/b")), find_models(after))
    assert not unchanged(Request(after, NS, "CREATE", None), find_models(after))


def test_the_kind_of_the_controller_is_what_the_object_claims():
    assert controller_kind(pod("a/b", **OWNED)) == "ReplicaSet"
    assert controller_kind(pod("a/b", ownerReferences=[{"controller": True, "kind": 3}])) is None
    assert controller_kind(pod("a/b", ownerReferences=[{"kind": "Job"}, "x"])) is None
    assert controller_kind({"metadata": None}) is None
