from __future__ import annotations

import re
from functools import partial

import pytest
from tests.cluster.control_plane import ControlPlane
from tests.cluster.custom_resources import install
from tests.cluster.gate import COMMIT, GPU, Gate, deployment, pod, pod_spec
from tests.cluster.kubectl import Kubectl, Told, path, until

pytestmark = pytest.mark.cluster

DECISION = re.compile(r"\(decision ([0-9a-f]{12})\)")


@pytest.fixture(scope="module")
def prod(gate: Gate) -> str:
    return gate.namespace("prod", "enforce")


@pytest.fixture(scope="module")
def inference_services(gate: Gate) -> None:
    install(gate.admin, "InferenceService")


def inference_service(namespace: str, name: str, model: str) -> dict[str, object]:
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"predictor": {"model": {"modelFormat": {"name": "huggingface"}, "storageUri": f"hf://{model}"}}},
    }


def findings(message: str) -> set[str]:
    return set(re.findall(r"\[([a-z_.]+)\]", message))


def test_a_pod_is_denied_with_our_message(gate: Gate, admin: Kubectl, prod: str) -> None:
    told = admin.create(pod(prod, "bare", "acme/bare"))
    _, _, ours = told.message.partition('admission webhook "enforce.weighbridge.dev" denied the request: ')

    assert (told.status, told.body["reason"]) == (403, "Forbidden")
    assert "hf://acme/bare: has no model card" in ours
    assert "[card.present]" in ours
    assert "https://ask.acme.example/?d=" in ours
    assert len(ours.encode()) <= 1000
    (decision,) = set(DECISION.findall(ours))
    assert gate.events(event="review", decision=decision, name="bare", allowed=False, stage="enforce", door="enforce")


def test_a_pod_with_a_good_model_is_admitted(admin: Kubectl, prod: str) -> None:
    told = admin.create(pod(prod, "good", "acme/good"))

    assert told.ok, told.message


def test_a_pod_without_a_model_is_nobodys_business(gate: Gate, admin: Kubectl, prod: str) -> None:
    plain = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "plain", "namespace": prod},
        "spec": {"containers": [{"name": "web", "image": "nginx"}]},
    }
    told = admin.create(plain)

    assert told.ok
    assert told.warnings == ()
    assert gate.events(event="review", name="plain", outcome="not_of_interest")


def test_a_deployment_and_an_inference_service_are_denied_with_the_same_text(
    admin: Kubectl, prod: str, inference_services: None
) -> None:
    first = admin.create(deployment(prod, "bare", "acme/bare"))
    second = admin.create(inference_service(prod, "bare", "acme/bare"))

    assert (first.status, second.status) == (403, 403)
    lines = [re.sub("[0-9a-f]{12}", "D", told.message).splitlines() for told in (first, second)]
    assert lines[0][1:] == lines[1][1:]
    assert "card.present" in findings(first.message)


def test_a_pod_with_a_gpu_and_no_reference_is_asked_about(gate: Gate, admin: Kubectl, prod: str) -> None:
    obj = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "mystery", "namespace": prod},
        "spec": {"containers": [{"name": "main", "image": "acme/batch:1", "command": ["/run"], "resources": GPU}]},
    }
    admin.create(obj)
    (event,) = gate.events(event="review", name="mystery")

    assert event["decision"] is not None
    assert event["models"] == []


def test_a_dry_run_is_the_cluster(gate: Gate, admin: Kubectl, prod: str) -> None:
    wet = admin.create(pod(prod, "twice", "acme/bare"))
    dry = admin.create(pod(prod, "twice", "acme/bare"), dry_run=True)

    assert wet.message == dry.message
    assert [one["dry_run"] for one in gate.events(event="review", name="twice")] == [False, True]


def test_profiles_and_stages_are_those_of_the_namespace(gate: Gate, admin: Kubectl, prod: str) -> None:
    trial, strict, plain = (
        gate.namespace("trial", "warn"),
        gate.namespace("strict", "restricted"),
        gate.namespace("plain"),
    )
    pinned = {"spec": pod_spec(None)}
    pinned["spec"]["containers"][0]["args"] = ["--model=acme/good", f"--revision={COMMIT}"]

    warned = admin.create(pod(trial, "bare", "acme/bare"))
    silent = admin.create(pod(plain, "bare", "acme/bare"))
    unpinned = admin.create(pod(strict, "good", "acme/good"))
    fixed = admin.create({**pod(strict, "good", None), **pinned})

    assert warned.ok
    assert any(one.startswith("weighbridge: hf://acme/bare: ") for one in warned.warnings)
    assert all(len(one) <= 120 for one in warned.warnings)
    assert silent.ok
    assert silent.warnings == ()
    assert findings(unpinned.message) == {"reference.pinned"}
    assert fixed.ok, fixed.message


def test_excluded_namespaces_are_never_reviewed(gate: Gate, admin: Kubectl) -> None:
    excluded = gate.namespace("left-alone")
    admin.patch(path("Namespace", name=excluded), {"metadata": {"labels": {"acme.example/gate": "enforce"}}})

    assert admin.create(pod(excluded, "bare", "acme/bare")).ok
    assert admin.create(pod("kube-system", "bare", "acme/bare")).ok
    assert not gate.events(event="review", namespace=excluded)
    assert not gate.events(event="review", namespace="kube-system")


def test_a_pod_of_an_older_deployment_is_denied_once_its_namespace_enforces(gate: Gate, admin: Kubectl) -> None:
    older = gate.namespace("older")
    assert admin.create(deployment(older, "chat", "acme/bare")).ok
    (first,) = until(lambda: admin.get(path("Pod", older)).body["items"])
    gate.namespace(older, "enforce")
    assert admin.delete(path("Pod", older, first["metadata"]["name"]), gracePeriodSeconds="0").ok

    (message, *_) = until(lambda: admin.events(older, "FailedCreate"), what="FailedCreate")
    assert 'admission webhook "enforce.weighbridge.dev" denied the request' in message
    assert "has no model card" in message
    assert admin.get(path("Pod", older)).body["items"] == []


def test_scaling_and_relabeling_go_through_whatever_runs(gate: Gate, admin: Kubectl) -> None:
    scaled = gate.namespace("scaled")
    assert admin.create(deployment(scaled, "chat", "acme/bare", replicas=0)).ok
    assert admin.create(pod(scaled, "solo", "acme/bare")).ok
    gate.namespace(scaled, "enforce")
    where = path("Deployment", scaled, "chat")
    judged = len(gate.events(event="review", namespace=scaled, kind="Deployment", outcome="denied"))

    by_subresource = admin.patch(f"{where}/scale", {"spec": {"replicas": 2}})
    by_update = admin.patch(where, {"spec": {"replicas": 3}})
    relabeled = admin.patch(where, {"metadata": {"labels": {"team": "b"}}})
    pod_relabeled = admin.patch(path("Pod", scaled, "solo"), {"metadata": {"labels": {"team": "b"}}})

    assert [one.status for one in (by_subresource, by_update, relabeled, pod_relabeled)] == [200] * 4
    assert len(gate.events(event="review", namespace=scaled, kind="Deployment", outcome="denied")) == judged


def test_an_update_that_brings_another_model_is_judged(admin: Kubectl, prod: str) -> None:
    assert admin.create(deployment(prod, "swap", "acme/good", replicas=0)).ok
    change = {"spec": {"template": {"spec": pod_spec("acme/bare")}}}
    told = admin.patch(path("Deployment", prod, "swap"), change)

    assert told.status == 403
    assert "card.present" in findings(told.message)


def test_only_added_ephemeral_containers_are_judged(gate: Gate, admin: Kubectl) -> None:
    debugged = gate.namespace("debugged")
    assert admin.create(pod(debugged, "chat", "acme/bare")).ok
    gate.namespace(debugged, "enforce")
    where = path("Pod", debugged, "chat", "ephemeralcontainers")

    def add(name: str, image: str, *args: str) -> Told:
        before = admin.get(path("Pod", debugged, "chat")).body
        container = {"name": name, "image": image, "args": list(args)}
        spec = {**before["spec"], "ephemeralContainers": [*before["spec"].get("ephemeralContainers", []), container]}
        return admin.ask("PUT", where, {**before, "spec": spec})

    shell, second = add("shell", "busybox"), add("more", "vllm/vllm-openai:v0.11.0", "--model=acme/bare")

    assert shell.status == 200, shell.message
    assert second.status == 403
    assert "card.present" in findings(second.message)


def test_an_update_of_a_pod_is_asked_about_only_when_its_images_change(gate: Gate, admin: Kubectl, prod: str) -> None:
    assert admin.create(pod(prod, "still", "acme/good")).ok
    where = path("Pod", prod, "still")
    annotated = admin.patch(where, {"metadata": {"annotations": {"a": "b"}}})
    change = [{"op": "replace", "path": "/spec/containers/0/image", "value": "vllm/vllm-openai:v0.11.1"}]
    imaged = admin.ask("PATCH", where, change, "application/json-patch+json")

    assert annotated.ok
    assert imaged.ok, imaged.message
    asked = [one["operation"] for one in gate.events(event="review", namespace=prod, name="still")]
    assert asked == ["CREATE", "UPDATE"]


def test_an_image_that_makes_a_pod_serve_a_denied_model_is_denied(gate: Gate, admin: Kubectl) -> None:
    imaged = gate.namespace("imaged")
    assert admin.create(pod(imaged, "chat", "acme/bare")).ok
    gate.namespace(imaged, "enforce")
    change = [{"op": "replace", "path": "/spec/containers/0/image", "value": "lmsysorg/sglang:v0.5.0"}]
    told = admin.ask("PATCH", path("Pod", imaged, "chat"), change, "application/json-patch+json")

    assert told.status == 403, told.body
    assert "denied the request" in told.message


def test_deleting_and_removing_finalizers_are_never_blocked(gate: Gate, admin: Kubectl) -> None:
    leaving = gate.namespace("leaving")
    for kind, obj in (
        ("Pod", pod(leaving, "chat", "acme/bare")),
        ("Deployment", deployment(leaving, "chat", "acme/bare", 0)),
    ):
        obj["metadata"]["finalizers"] = ["acme.example/hold"]
        assert admin.create(obj).ok, kind
    gate.namespace(leaving, "enforce")

    def gone(where: str) -> bool:
        return admin.get(where).status == 404

    for kind in ("Pod", "Deployment"):
        where = path(kind, leaving, "chat")
        assert admin.delete(where, gracePeriodSeconds="0").ok
        assert admin.get(where).body["metadata"]["deletionTimestamp"]
        assert admin.patch(where, {"metadata": {"finalizers": []}}).ok
        until(partial(gone, where))

    assert {one["operation"] for one in gate.events(event="review", namespace=leaving)} == {"CREATE"}


def test_a_mirror_of_a_static_pod_is_let_in_from_a_node_and_from_nobody_else(
    gate: Gate, plane: ControlPlane, admin: Kubectl, prod: str
) -> None:
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "nodes"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "Group", "name": "system:nodes", "apiGroup": "rbac.authorization.k8s.io"}],
    }
    assert admin.apply(binding).ok
    mirror = pod(prod, "static", "acme/bare", nodeName="worker-1")
    mirror["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "abc"}
    claimed = admin.create(mirror)
    node = plane.kubectl("node")

    reported = until(lambda: (told := node.create(mirror)).status != 403 and told, 5)
    assert claimed.status == 403
    assert reported.ok, reported.message
    assert [one["user"] for one in gate.events(event="review", namespace=prod, name="static")] == ["admin"]
