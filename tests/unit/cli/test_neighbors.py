from __future__ import annotations

import json
from pathlib import Path

import pytest

from weighbridge.cli import main
from weighbridge.cli.manifests import read, requests
from weighbridge.cli.neighbors import found_in, neighbors

POD = """apiVersion: v1
kind: Pod
metadata: {name: chat, namespace: team}
spec:
  containers: [{name: c, image: "vllm/vllm-openai:v1", args: ["--model=$(M)"], envFrom: [{configMapRef: {name: m}}]}]
"""
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m%s}\ndata: {M: %s}\n"
SERVER = "apiVersion: substratus.ai/v1\nkind: Server\nmetadata: {name: s}\nspec: {model: {name: tuned}}\n"
TUNED = "apiVersion: substratus.ai/v1\nkind: Model\nmetadata: {name: tuned}\nspec: {model: {name: root}}\n"
ROOT = "apiVersion: substratus.ai/v1\nkind: Model\nmetadata: {name: root}\nspec: {params: {name: acme/root}}\n"


def found(folder: Path, namespace: str = "default", **files: str) -> dict[str, tuple[list[str], list[str]]]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    manifests = read([str(folder)])
    around = neighbors(manifests, namespace)
    return {
        Path(request.where.file).stem: (
            [str(ref) for ref in one.references],
            [ref.unresolved_because or "" for ref in one.references if not ref.resolved],
        )
        for request in requests(manifests, namespace, {})
        if request.where is not None
        for one in [found_in(request, around)]
    }


def test_an_object_of_another_file_of_the_run_answers(tmp_path: Path) -> None:
    refs, _ = found(tmp_path, pod=POD, settings=CONFIG_MAP % (", namespace: team", "acme/a"))["pod"]

    assert refs == ["hf://acme/a"]


def test_an_object_of_another_namespace_does_not(tmp_path: Path) -> None:
    refs, because = found(tmp_path, pod=POD, settings=CONFIG_MAP % ("", "acme/a"))["pod"]

    assert refs == ["unresolved://pod/chat/c#--model"]
    assert "M may come from ConfigMap m" in because[0]


def test_an_object_without_a_namespace_is_of_the_one_that_is_given(tmp_path: Path) -> None:
    refs, _ = found(tmp_path, "team", pod=POD, settings=CONFIG_MAP % ("", "acme/a"))["pod"]

    assert refs == ["hf://acme/a"]


def test_two_different_objects_of_one_name_answer_for_nobody(tmp_path: Path) -> None:
    one, other = CONFIG_MAP % (", namespace: team", "acme/a"), CONFIG_MAP % (", namespace: team", "acme/b")
    refs, because = found(tmp_path, pod=POD, one=one, other=other)["pod"]

    assert refs == ["unresolved://pod/chat/c#--model"]
    assert "2 objects of the input are called so" in because[0]


def test_the_same_object_twice_is_one(tmp_path: Path) -> None:
    one = CONFIG_MAP % (", namespace: team", "acme/a")

    assert found(tmp_path, pod=POD, one=one, other=one)["pod"][0] == ["hf://acme/a"]


def test_the_same_file_answers_first(tmp_path: Path) -> None:
    near, far = CONFIG_MAP % (", namespace: team", "acme/near"), CONFIG_MAP % (", namespace: team", "acme/far")

    assert found(tmp_path, pod=f"{near}---\n{POD}", other=far)["pod"][0] == ["hf://acme/near"]


def test_what_names_a_third_is_followed_to_it(tmp_path: Path) -> None:
    refs, _ = found(tmp_path, server=SERVER, tuned=TUNED, root=ROOT)["server"]

    assert refs == ["hf://acme/root"]


def test_names_of_the_cluster_are_found_from_every_namespace(tmp_path: Path) -> None:
    service = (
        "apiVersion: ome.io/v1beta1\nkind: InferenceService\nmetadata: {name: i, namespace: team}\n"
        "spec: {model: {name: base}}\n"
    )
    base = (
        "apiVersion: ome.io/v1beta1\nkind: ClusterBaseModel\nmetadata: {name: base}\n"
        'spec: {storage: {storageUri: "hf://acme/base"}}\n'
    )

    assert found(tmp_path, service=service, base=base)["service"][0] == ["hf://acme/base"]


def test_a_runtime_of_the_cluster_answers_where_the_namespace_has_none(tmp_path: Path) -> None:
    service = (
        "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: i, namespace: team}\n"
        "spec: {predictor: {model: {modelFormat: {name: vLLM}, runtime: house}}}\n"
    )
    runtime = (
        "apiVersion: serving.kserve.io/v1alpha1\nkind: %s\nmetadata: {name: house%s}\n"
        'spec: {containers: [{name: kserve-container, image: "vllm/vllm-openai:v1", args: ["--model=acme/%s"]}]}\n'
    )
    whole = runtime % ("ClusterServingRuntime", "", "whole")
    other = runtime % ("ServingRuntime", ", namespace: other", "other")
    mine = runtime % ("ServingRuntime", ", namespace: team", "mine")

    assert found(tmp_path, service=service, whole=whole, other=other)["service"][0] == ["hf://acme/whole"]
    assert found(tmp_path, mine=mine)["service"][0] == ["hf://acme/mine"]


def test_what_stands_in_no_namespace_is_judged_in_none(tmp_path: Path) -> None:
    cache = "apiVersion: serving.kserve.io/v1alpha1\nkind: LocalModelCache\nmetadata: {name: c, namespace: x}\n"
    (tmp_path / "a.yaml").write_text(cache, encoding="utf-8")
    (request,) = requests(read([str(tmp_path)]), "default", {})

    assert request.namespace.name == ""


def test_an_object_without_a_name_is_nobodys_neighbor(tmp_path: Path) -> None:
    assert found(tmp_path, pod=POD, other="apiVersion: v1\nkind: ConfigMap\nmetadata: 7\n")["pod"][1]


def test_check_and_models_follow_them_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pod.yaml").write_text(POD, encoding="utf-8")
    (tmp_path / "settings.yaml").write_text(CONFIG_MAP % (", namespace: team", "acme/a"), encoding="utf-8")

    assert main(["models", "--output", "json", str(tmp_path)]) == 0
    (named,) = json.loads(capsys.readouterr().out)["objects"]
    main(["check", "--engine", "embedded", "--offline", "--output", "json", str(tmp_path)])
    (decision,) = json.loads(capsys.readouterr().out)["decisions"]
    assert [one["uri"] for one in named["models"]] == ["hf://acme/a"]
    assert [one["ref"] for one in decision["models"]] == ["hf://acme/a"]
