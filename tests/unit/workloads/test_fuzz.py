from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.fuzz.workloads import SAVED, broken, check, main, stories

from weighbridge.workloads import find_models

ROUNDS = 400


@pytest.mark.parametrize("path", sorted(SAVED.glob("*.json")), ids=lambda path: path.stem)
def test_what_once_crashed_is_survived(path: Path) -> None:
    saved = json.loads(path.read_text())
    check(saved["object"], saved["companions"])

    assert find_models(saved["object"], saved["companions"]) == find_models(saved["object"], saved["companions"])


def test_broken_stories_are_survived() -> None:
    known, chance = stories(), random.Random(20260101)
    objects = [broken(chance, known) for _ in range(ROUNDS)]
    for obj, companions in objects:
        check(obj, companions)

    assert len({json.dumps(obj, default=str) for obj, _ in objects}) > ROUNDS / 2


def test_the_fuzzer_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seconds", "0.2", "--seed", "5"]) == 0
    assert "seed 5" in capsys.readouterr().out


def pod(*containers: dict[str, Any], **spec: object) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": list(containers), **spec}}


def script(text: str) -> dict[str, Any]:
    return pod({"name": "c", "command": ["bash", "-c", text]})


def mounted(data: dict[str, str], count: int, image: str, *args: str) -> tuple[dict[str, Any], list[Any]]:
    volumes = [{"name": f"v{n}", "configMap": {"name": "m"}} for n in range(count)]
    mounts = [{"name": f"v{n}", "mountPath": f"/m/{n}"} for n in range(count)]
    one = {"name": "c", "image": image, "args": list(args), "volumeMounts": mounts}
    return pod(one, volumes=volumes), [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": data}
    ]


SHAPES: dict[str, Callable[[int], tuple[dict[str, Any], list[Any]]]] = {
    "containers": lambda n: (pod(*({"name": f"c{i}", "image": "nginx:1", "args": ["a"]} for i in range(n))), []),
    "variables": lambda n: (pod({"name": "c", "env": [{"name": f"E{i}", "value": f"$(E{i - 1})"} for i in range(n)]}), []),
    "arguments": lambda n: (pod({"name": "c", "image": "vllm/vllm-openai:1", "args": ["--x", "a/b"] * n}), []),
    "lines": lambda n: (script("vllm bench serve\n" * n), []),
    "array": lambda n: (script("A=(" + "--x y " * n + '); vllm serve "${A[@]}"'), []),
    "growing array": lambda n: (script("A+=(--x)\n" * n + 'vllm serve "${A[@]}"'), []),
    "loop": lambda n: (script("for m in a/1 a/2 a/3; do hf download $m; done\n" * n), []),
    "folders": lambda n: mounted({"model.json": '{"model": "a/b"}'}, n, "nvcr.io/nvidia/tritonserver:1", "tritonserver", "--model-repository=/m"),
    "keys": lambda n: mounted({f"k{i}.yaml": "parameters: {model: x}" for i in range(n)}, 2, "localai/localai:1", "--models-path=/m"),
    "presets": lambda n: mounted({"p.ini": "[a/b]\nc = 1\n" * n}, 1, "ghcr.io/ggml-org/llama.cpp:server", "--models-preset=/m/0/p.ini"),
    "protobuf": lambda n: mounted({"m": "model_config_list { config { base_path: 'x' } }\n" * n}, 1, "tensorflow/serving:1", "--model_config_file=/m/0/m"),
    "nesting": lambda n: ({"kind": "X", "spec": [{"a": {"b": [{}] * 5}}] * n}, []),
}  # fmt: skip


def calls(obj: dict[str, Any], companions: list[Any]) -> int:
    """How many functions are called, which no other load on the machine changes."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        find_models(obj, companions)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_object_is_at_most_four_times_the_work(shape: str) -> None:
    small, large = (calls(*SHAPES[shape](size)) for size in (25, 100))

    assert large < 4.5 * small
    assert calls(*SHAPES[shape](400)) < 18 * small
