from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighbridge.model.refs import ModelRef
from weighbridge.workloads import find_models, pods_run_it
from weighbridge.workloads.downloads import fetched
from weighbridge.workloads.environment import Environment
from weighbridge.workloads.kinds import KINDS
from weighbridge.workloads.python_scripts import read_python
from weighbridge.workloads.shell import commands

CASES = Path(__file__).parents[2] / "cases" / "workloads"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def stories() -> Iterator[tuple[dict[str, Any], list[Any]]]:
    for path in sorted(CASES.glob("*.yaml")):
        for story in yaml.safe_load(path.read_text(encoding="utf-8")):
            companions = story.get("companions", [])
            if "object" in story:
                yield story["object"], companions
            elif "container" in story:
                pod = {"metadata": {"name": "chat"}, **story.get("pod", {})}
                containers = [{"name": "c", **story["container"]}]
                spec = {"volumes": story.get("volumes"), **pod.get("spec", {}), "containers": containers}
                yield {"apiVersion": "v1", "kind": "Pod", **pod, "spec": spec}, companions


STORIES = list(stories())


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield (*path, key)
        yield from places(below, (*path, key))


def replaced(value: Any, path: tuple[str | int, ...], new: object) -> Any:
    if not path:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy


def survives(obj: dict[str, Any], companions: list[Any]) -> None:
    found = find_models(obj, companions)

    assert all(
        ModelRef.parse(str(ref), ref.role, ref.found_at, ref.unresolved_because) == ref for ref in found.references
    )
    assert found.of_interest or not found.references
    assert pods_run_it(obj) in (True, False)


@pytest.mark.parametrize("new", [None, 7, "", [], {}, [None], {"name": {}}, "$(X)", True], ids=repr)
def test_nothing_in_any_place_of_any_story_crashes(new: object) -> None:
    for obj, companions in STORIES:
        for path in places(obj):
            survives(replaced(obj, path, new), companions)
        for path in places(companions):
            survives(obj, [one for one in replaced(companions, path, new) if isinstance(one, dict)])


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=300, deadline=None)
@given(st.data())
def test_any_json_in_any_place_of_any_story_is_survived(data: st.DataObject) -> None:
    obj, companions = data.draw(st.sampled_from([story for story in STORIES if story[0]]))
    path = data.draw(st.sampled_from(list(places(obj))))
    survives(replaced(obj, path, data.draw(JSON)), companions)


@given(JSON, st.sampled_from(sorted(KINDS)))
def test_any_spec_of_any_kind_is_survived(spec: object, kind: tuple[str, str]) -> None:
    survives({"apiVersion": f"{kind[0]}/v1", "kind": kind[1], "metadata": {"name": "x"}, "spec": spec}, [])


@given(st.text(max_size=200) | st.text("\"'()[]{}=,.fr\\\n \tabLLM", max_size=120))
def test_any_text_may_pass_for_python(text: str) -> None:
    assert all(mention.via for mention in read_python(f"LLM({text}", Environment(), "script").mentions)


@given(st.text("abc/ \t\n\"'`$(){}<>|&;=\\#-", max_size=120))
def test_any_text_may_pass_for_a_script(text: str) -> None:
    script = commands(("sh", "-c", text), Environment(), "/")

    assert script.problem is None or script.problem
    assert all(command.argv for command in script.commands)


@given(
    st.sampled_from(
        [["curl"], ["aws", "s3", "cp"], ["rclone", "copy"], ["git", "clone"], ["hf", "download"], ["mc", "cp"]]
    ),
    st.lists(
        st.text(max_size=12) | st.sampled_from(["-o", "s3://b/c", "/x", "$X", "http://h/x.gguf", "-d", "{}"]),
        max_size=6,
    ),
)
def test_any_words_behind_a_downloader_are_survived(program: list[str], words: list[str]) -> None:
    found = fetched((*program, *words), None)

    assert found is not None
    assert all(mention.text or mention.because for mention in found.mentions) or "" in words


def test_an_object_that_holds_itself_ends() -> None:
    for obj, companions in STORIES[::60]:
        knot = json.loads(json.dumps(obj, default=str))
        knot["spec"] = {**(knot.get("spec") or {}), "again": knot, "args": [knot], "containers": [knot]}

        survives(knot, companions)


def container(**fields: object) -> dict[str, Any]:
    only = {"name": "c", "image": "vllm/vllm-openai:v1", **fields}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [only]}}


def script(text: str) -> dict[str, Any]:
    return container(command=["sh", "-c", text])


HEAVY = {
    "arguments": container(args=["--model=a/b"] * 80_000),
    "one argument": container(args=["--model=" + "x" * 1_000_000]),
    "commands": script("vllm serve a/b\n" * 4_000),
    "downloads": script("hf download a/b --local-dir /m\n" * 2_000),
    "calls": script("python - <<E\n" + "snapshot_download('a')\n" * 2_500 + "E\n"),
    "open calls": script("python - <<E\n" + "LLM(" * 15_000 + "\nE\n"),
    "loops": script("python - <<E\n" + "for a in [" * 6_000 + "\nE\n"),
    "variables": script("".join(f"A{n}=$A{n - 1}x; " for n in range(3_000)) + "vllm serve $A9"),
    "files": script("".join(f"echo a > /f{n}\n" for n in range(2_000)) + "vllm serve --config /f1"),
    "here-documents": script("cat <<A\n" * 5_000),
    "quotes": script("'\"" * 30_000),
    "keys": container(args=["a/b", "--speculative-config", "{" + ",".join(f'"k{n}": 1' for n in range(6_000)) + "}"]),
    "nested keys": container(args=["a/b", "--speculative-config", '{"a":' * 5_000 + "1" + "}" * 5_000]),
    "annotation": {
        "kind": "Pod",
        "metadata": {"annotations": {"dual-pods.llm-d.ai/server-patch": "spec: {containers: [" + "{a: b}," * 9_000}},
        "spec": {"containers": []},
    },
    "mounts": {
        "kind": "Pod",
        "spec": {
            "volumes": [{"name": f"v{n}", "emptyDir": {}} for n in range(1_000)],
            "containers": [
                {
                    "name": f"c{n}",
                    "command": ["sh", "-c", "\n".join(f"hf download a/b --local-dir /m{m}/x" for m in range(90))],
                    "volumeMounts": [{"name": f"v{m}", "mountPath": f"/m{m}"} for m in range(1_000)],
                }
                for n in range(200)
            ],
        },
    },
    "ray": {
        "apiVersion": "ray.io/v1",
        "kind": "RayService",
        "spec": {"serveConfigV2": "applications: [" + "{args: {llm_configs: [{}]}}," * 2_000 + "]"},
    },
    "services": {
        "apiVersion": "nvidia.com/v1alpha1",
        "kind": "DynamoGraphDeployment",
        "spec": {
            "envs": [{"name": "OTHER"}],
            "services": {
                f"s{n}": {"mainContainer": {"image": "x", "command": ["vllm", "serve", f"a/{n}"]}} for n in range(5_000)
            },
        },
    },
    "components": {
        "apiVersion": "machinelearning.seldon.io/v1",
        "kind": "SeldonDeployment",
        "spec": {"predictors": [{"graph": {"name": "a"}, "componentSpecs": [{"containers": [{}]}] * 300}] * 9},
    },
    "graph": {
        "apiVersion": "machinelearning.seldon.io/v1",
        "kind": "SeldonDeployment",
        "spec": {"predictors": [{"graph": {"children": [{"modelUri": "gs://a"}] * 1_000}}] * 1_000},
    },
    "elements": {
        "apiVersion": "kubeai.org/v1",
        "kind": "Model",
        "spec": {"adapters": [{"url": f"hf://a/{n}"} for n in range(50_000)]},
    },
}


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_input_costs_little(name: str) -> None:
    begun = time.process_time()
    survives(HEAVY[name], [])

    assert time.process_time() - begun < 2


def test_a_command_line_that_is_longer_than_is_read_is_never_silence() -> None:
    for obj in (
        container(args=["--x"] * 1_001 + ["--model=acme/evil"]),
        script("#" * 70_000 + "\nvllm serve acme/evil"),
        container(image="any:1", command=["sh", "-c", "#" * 70_000 + "\nvllm serve acme/evil"]),
    ):
        (ref,) = find_models(obj).references

        assert ref.unresolved_because is not None
        assert "longer than is read" in ref.unresolved_because


def test_a_long_text_of_a_program_that_serves_nothing_is_none_of_our_business() -> None:
    assert not find_models(container(image="nginx:1", args=["x" * 70_000])).of_interest


@given(JSON, JSON, st.sampled_from(["ServingRuntime", "LLMInferenceServiceConfig", "ConfigMap"]))
def test_any_companion_is_survived(spec: object, own: object, kind: str) -> None:
    group = "" if kind == "ConfigMap" else "serving.kserve.io"
    companion = {"apiVersion": f"{group}/v1" if group else "v1", "kind": kind, "metadata": {"name": "a"}}
    companions = [{**companion, "spec": spec, "data": spec}]
    container = {"name": "c", "image": "vllm/vllm-openai", "envFrom": [{"configMapRef": {"name": "a"}}]}
    model = {**(own if isinstance(own, dict) else {}), "runtime": "a"}
    for obj in (
        {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container]}},
        {
            "apiVersion": "serving.kserve.io/v1beta1",
            "kind": "InferenceService",
            "spec": {"predictor": {"model": model, "workerSpec": own}},
        },
        {
            "apiVersion": "serving.kserve.io/v1",
            "kind": "LLMInferenceService",
            "spec": {"baseRefs": [{"name": "a"}] * 3, "template": own, "model": own},
        },
    ):
        find_models(obj, companions)
