from __future__ import annotations

import pytest

from weighbridge.workloads import COMPANIONS, INTERCEPTED, find_models, pods_run_it
from weighbridge.workloads.fields import VALUES
from weighbridge.workloads.kinds import KINDS
from weighbridge.workloads.kinds.machinelearning_seldon_io import NODES
from weighbridge.workloads.kinds.ray_io import APPLICATIONS
from weighbridge.workloads.tables import table

# What loads into running Pods, or fills volumes, without a Pod of its own.
WITHOUT_PODS = (
    ("serving.kserve.io", "TrainedModel"),
    ("serving.kserve.io", "Predictor"),
    ("serving.kserve.io", "LocalModelNamespaceCache"),
    ("mlops.seldon.io", "Model"),
    ("machinelearning.seldon.io", "SeldonDeployment"),
    ("kubeai.org", "Model"),
    ("model.aibrix.ai", "ModelAdapter"),
    ("model.aibrix.ai", "ModelClaim"),
    ("production-stack.vllm.ai", "LoraAdapter"),
    ("nvidia.com", "DynamoModel"),
    ("apps.nvidia.com", "NIMCache"),
    ("fma.llm-d.ai", "InferenceServerConfig"),
    ("ome.io", "BaseModel"),
)


@pytest.mark.parametrize(("group", "kind"), WITHOUT_PODS)
def test_what_loads_without_a_pod_is_intercepted_and_judged_under_any_owner(group: str, kind: str) -> None:
    resources = {(row["group"], row["kind"]): row.get("resource") for row in table("kinds")["kind"] if "kind" in row}

    assert (group, resources[group, kind]) in {(one.group, one.resource) for one in INTERCEPTED}
    assert not pods_run_it({"apiVersion": f"{group}/v1", "kind": kind, "spec": {}})


def test_what_ends_in_pods_is_seen_there() -> None:
    assert pods_run_it({"apiVersion": "apps.nvidia.com/v1", "kind": "NIMService"})
    assert pods_run_it({"apiVersion": "nvidia.com/v1", "kind": "DynamoGraphDeployment"})
    assert pods_run_it({"apiVersion": "ray.io/v1", "kind": "RayCluster", "spec": {"containers": [{"name": "c"}]}})
    assert not pods_run_it({"apiVersion": "ray.io/v1", "kind": "RayService", "spec": {"serveConfigV2": "a: 1"}})


def test_no_kind_of_the_cluster_is_intercepted_by_a_namespaced_rule() -> None:
    cluster = {(row["group"], row["resource"]) for row in table("kinds")["kind"] if row.get("scope") == "Cluster"}

    assert cluster
    assert cluster == {(one.group, one.resource) for one in INTERCEPTED if one.scope == "Cluster"}


def test_every_kind_that_is_followed_can_be_read() -> None:
    followed = {
        (field["group"], field["to"])
        for row in table("kinds")["kind"]
        for field in row.get("fields", ())
        if "to" in field
    }

    assert followed <= KINDS.keys()
    assert followed <= {(one.group, one.kind) for one in COMPANIONS}


def test_no_secret_is_among_what_may_be_read() -> None:
    assert ("", "ConfigMap") in {(one.group, one.kind) for one in COMPANIONS}
    assert not [one for one in COMPANIONS if "secret" in one.resource]


@pytest.mark.parametrize(
    ("obj", "problem"),
    [
        (
            {"apiVersion": "kubeai.org/v1", "kind": "Model", "spec": {"adapters": [{"url": "hf://a/b"}] * VALUES}},
            f"spec.adapters[].url has {VALUES} values or more, not all were read",
        ),
        (
            {
                "apiVersion": "ray.io/v1",
                "kind": "RayService",
                "spec": {"serveConfigV2": "applications: [" + "{}," * (APPLICATIONS + 1) + "]"},
            },
            f"spec.serveConfigV2 has more than {APPLICATIONS} applications, not all were read",
        ),
        (
            {
                "apiVersion": "machinelearning.seldon.io/v1",
                "kind": "SeldonDeployment",
                "spec": {"predictors": [{"graph": {"children": [{}] * NODES}}]},
            },
            f"a graph has {NODES} nodes or more, not all were read",
        ),
    ],
)
def test_what_is_not_read_is_said(obj: dict[str, object], problem: str) -> None:
    assert problem in find_models(obj).problems
