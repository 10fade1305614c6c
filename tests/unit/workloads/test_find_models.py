from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighbridge.model.refs import ModelRef
from weighbridge.workloads import INTERCEPTED, find_models, pods_run_it
from weighbridge.workloads.command_lines import MENTIONS
from weighbridge.workloads.engines.notations import named
from weighbridge.workloads.pod_specs import CONTAINERS, DEPTH, FULL, SPECS, VALUES

TOO_MUCH = (
    "the object holds more than 200 models or servers, or more than 100000 words of command lines, not all were read",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)

WORKLOADS: tuple[dict[str, Any], ...] = (
    {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "chat",
            "generateName": "chat-",
            "namespace": "n",
            "ownerReferences": [{"controller": True}],
        },
        "spec": {
            "resourceClaims": [{"name": "gpu"}],
            "volumes": [
                {"name": "w", "persistentVolumeClaim": {"claimName": "weights"}},
                {"name": "h", "hostPath": {"path": "/data"}},
                {"name": "i", "image": {"reference": "acme/m:v1"}},
            ],
            "initContainers": [
                {"name": "storage-initializer", "image": "kserve/storage-initializer:1", "args": ["hf://a/b", "/m"]}
            ],
            "containers": [
                {
                    "name": "c",
                    "image": "vllm/vllm-openai:v1",
                    "workingDir": "/w",
                    "command": [
                        "sh",
                        "-c",
                        'vllm serve $M --lora-modules a=/models/x --speculative-config \'{"model": "a/b"}\'',
                    ],
                    "args": ["x"],
                    "env": [
                        {"name": "M", "value": "acme/chat"},
                        {"name": "S", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
                        {"name": "C", "valueFrom": {"configMapKeyRef": {"name": "s", "key": "k"}}},
                    ],
                    "envFrom": [{"configMapRef": {"name": "m"}, "prefix": "P"}],
                    "resources": {"limits": {"nvidia.com/gpu": 1}, "claims": [{"name": "gpu"}]},
                    "volumeMounts": [
                        {"name": "w", "mountPath": "/models", "subPath": "x"},
                        {"name": "h", "mountPath": "/host", "subPathExpr": "y"},
                    ],
                }
            ],
        },
    },
    {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "i", "annotations": {"serving.kserve.io/deploymentMode": "RawDeployment"}},
        "spec": {
            "predictor": {
                "model": {
                    "modelFormat": {"name": "huggingface"},
                    "storageUri": "hf://a/b",
                    "storage": {"key": "k", "path": "p", "parameters": {"type": "pvc", "name": "c"}},
                    "args": ["--model_id=a/c"],
                    "runtime": "r",
                },
                "storageUris": [{"uri": "s3://a", "mountPath": "/x"}],
                "containers": [{"name": "c", "image": "a/b", "env": [{"name": "STORAGE_URI", "value": "gs://x"}]}],
                "workerSpec": {"containers": [{"name": "w"}]},
            },
            "transformer": {"containers": [{"name": "t", "args": ["--model=a/b"]}]},
            "explainer": {"art": {"storageUri": "gs://e"}},
        },
    },
    {
        "apiVersion": "serving.kserve.io/v1alpha2",
        "kind": "LLMInferenceService",
        "metadata": {"name": "l"},
        "spec": {
            "model": {"uri": "hf://a/b", "lora": {"adapters": [{"uri": "hf://a/c"}]}},
            "baseRefs": [{"name": "x"}],
            "template": {
                "containers": [{"name": "main", "env": [{"name": "VLLM_ADDITIONAL_ARGS", "value": "--dtype x"}]}]
            },
            "prefill": {"template": {"containers": [{"name": "main"}]}},
        },
    },
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(one for key, below in inner for one in places(below, (*path, key)))]


def replaced(value: Any, path: tuple[str | int, ...], new: object) -> Any:
    copy = json.loads(json.dumps(value))
    here = copy
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = new
    return copy


PLACES = [(workload, path) for workload in WORKLOADS for path in places(workload) if path]


def reads_back(references: tuple[ModelRef, ...]) -> bool:
    return all(ModelRef.parse(str(ref), ref.role, ref.found_at, ref.unresolved_because) == ref for ref in references)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(["kind", "apiVersion", "metadata", "spec", "containers"]) | st.text(max_size=9), JSON
    )
)
def test_no_json_crashes_find_models(obj: dict[str, Any]) -> None:
    assert reads_back(find_models(obj, [obj]).references)
    assert pods_run_it(obj) in (True, False)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=400)
@given(st.sampled_from(PLACES), JSON)
def test_no_value_in_any_place_of_a_workload_crashes_find_models(
    place: tuple[dict[str, Any], tuple[str | int, ...]], new: object
) -> None:
    found = find_models(replaced(*place, new))

    assert reads_back(found.references)
    assert len({(str(ref), ref.role) for ref in found.references}) == len(found.references)


@pytest.mark.parametrize(
    ("workload", "path"), PLACES, ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else ""
)
def test_null_in_any_place_of_a_workload_is_survived(workload: dict[str, Any], path: tuple[str | int, ...]) -> None:
    assert reads_back(find_models(replaced(workload, path, None)).references)


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30))
def test_whatever_stands_in_a_flag_is_a_reference_that_reads_back(value: str, name: str, container: str) -> None:
    args = ["--model", value, f"--lora-modules={value}", "--revision", value[:5]]
    spec = {"containers": [{"name": container, "image": "vllm/vllm-openai:v1", "args": args}]}
    found = find_models({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec})

    assert found.references
    assert reads_back(found.references)


def pod(*containers: object) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": list(containers)}}


def test_what_is_beyond_the_limits_is_said() -> None:
    deep: Any = {"containers": [{"name": "c", "command": ["vllm", "serve", "acme/deep"]}]}
    for _ in range(DEPTH + 5):
        deep = {"x": deep}
    specs = {"kind": "Fleet", "spec": [{"containers": [{"name": "c"}]} for _ in range(SPECS + 5)]}

    assert find_models({"spec": deep}).references == ()
    assert find_models({"spec": deep}).problems == (
        "the object nests deeper than 64 levels, what lies below was not read",
    )
    assert find_models({"spec": [{}] * (VALUES + 1)}).problems == (
        "the object has more than 100000 objects and lists, not all were read",
    )
    assert find_models(specs).problems == ("the object holds more than 200 PodSpecs, not all were read",)


def test_a_pod_of_countless_containers_is_read_to_a_limit() -> None:
    many = find_models(pod(*({"name": f"c{n}", "command": ["vllm", "serve", "acme/m"]} for n in range(CONTAINERS + 5))))
    pair = [{"name": "c", "command": ["vllm", "serve", "a/b"]}] * 2
    full = find_models({"kind": "Fleet", "spec": [pod(*pair) for _ in range(FULL - 1)]})

    assert many.problems == ("a Pod has more than 200 containers, not all were read",)
    assert len(many.serving) == FULL
    assert full.problems == TOO_MUCH


def test_countless_programs_are_read_to_a_limit() -> None:
    script = {"name": "c", "command": ["sh", "-c", "a;" * 400]}
    start = time.process_time()
    found = find_models({"kind": "Fleet", "spec": [pod(*[script] * 100) for _ in range(6)]})

    assert found.problems == TOO_MUCH
    assert time.process_time() - start < 5


def test_a_command_that_names_countless_models_is_a_hole() -> None:
    args = [f"--model=acme/m{n}" for n in range(MENTIONS + 5)]
    found = find_models(pod({"image": "vllm/vllm-openai:v1", "args": args}))

    assert len(found.references) == FULL
    assert found.problems == TOO_MUCH


def test_overrides_of_countless_values_are_left_out() -> None:
    args = ["acme/a", "--hf-overrides", json.dumps({"a": list(range(3_000))})]

    assert find_models(pod({"image": "vllm/vllm-openai:v1", "args": args})).serving[0].settings.hf_overrides is None


def test_a_text_nested_too_deep_names_no_adapter() -> None:
    assert [one.because for one in named("[" * 50_000, "adapter", "--x")] == ["--x: its value is no JSON"]


@pytest.mark.parametrize(
    "script",
    [
        "vllm serve " + "'" * 60_000,
        "$(" * 30_000,
        "${a:-" * 12_000,
        "vllm serve " + "a" * 65_000,
        "--model " * 8_000,
        'vllm serve "' + "$A" * 30_000,
        "cat <<A\n" * 8_000,
        "ln -s /proc/" * 5_000,
        "a=$a$a;" * 9_000,
        "ln -" + "s" * 60_000,
        "vllm serve " + "${a" * 20_000,
        "vllm serve /models--" + "-" * 60_000,
        "vllm serve x " + "--model=a/b --revision=c " * 2_500,
        "vllm serve x;" * 5_000,
    ],
)
def test_hostile_texts_take_little_time(script: str) -> None:
    obj = pod({"name": "c", "image": "vllm/vllm-openai:v1", "command": ["sh", "-c"], "args": [script]})
    start = time.process_time()
    find_models(obj)

    assert time.process_time() - start < 2


def test_a_deployment_mode_without_pods_is_judged_under_any_owner() -> None:
    isvc = WORKLOADS[1]
    mesh = replaced(isvc, ("metadata", "annotations", "serving.kserve.io/deploymentMode"), "ModelMesh")

    assert pods_run_it(isvc)
    assert not pods_run_it(mesh)
    assert pods_run_it(WORKLOADS[2])
    assert pods_run_it(pod({"name": "c"}))
    assert not pods_run_it({"kind": "Model", "spec": {"url": "hf://a/b"}})


def test_the_webhook_asks_for_the_kinds_of_this_release() -> None:
    found = {(one.group, one.resource): one for one in INTERCEPTED}

    assert len(found) == len(INTERCEPTED) > 50
    assert found["", "pods"].operations == ("CREATE", "UPDATE")
    assert found["", "pods/ephemeralcontainers"].operations == ("UPDATE",)
    assert found["serving.kserve.io", "llminferenceservices"].versions == ("*",)
    assert ("leaderworkerset.x-k8s.io", "leaderworkersets") in found
