from __future__ import annotations

import argparse
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cluster.control_plane import tools

from weighbridge.cli import serve
from weighbridge.engine.process import opa_arguments
from weighbridge.workloads import COMPANIONS

CHART = Path(__file__).resolve().parents[2] / "charts" / "weighbridge"
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "chart.yaml").read_text(encoding="utf-8"))
POD_SECURITY = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
CONTAINER_SECURITY = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
}


def helm(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(tools() / "helm"), *arguments], capture_output=True, text=True, check=False)


def template(tmp_path: Path, values: object = None, namespace: str = "gate") -> subprocess.CompletedProcess[str]:
    file = tmp_path / "values.yaml"
    file.write_text(yaml.safe_dump(values or {}), encoding="utf-8")
    return helm("template", "wb", str(CHART), "--namespace", namespace, "--values", str(file))


def objects(tmp_path: Path, values: object = None) -> dict[str, Any]:
    done = template(tmp_path, values)
    assert done.returncode == 0, done.stderr
    return {one["kind"]: one for one in yaml.safe_load_all(done.stdout) if one}


def at(value: Any, path: str) -> Any:
    for step in re.split(r"(?<!\\)\.", path):
        key = step.replace("\\.", ".")
        if value is None:
            return None
        if key.startswith("["):
            value = next((one for one in value if one["name"] == key[1:-1]), None)
        else:
            value = value[int(key)] if isinstance(value, list) else value.get(key)
    return value


def deployment_pod(tmp_path: Path, values: object = None) -> dict[str, Any]:
    spec: dict[str, Any] = objects(tmp_path, values)["Deployment"]["spec"]["template"]["spec"]
    return spec


@pytest.mark.parametrize("case", CASES, ids=[case["it"] for case in CASES])
def test_the_chart(case: dict[str, Any], tmp_path: Path) -> None:
    done = template(tmp_path, case.get("values"), case.get("namespace", "gate"))
    if "fails" in case:
        assert done.returncode != 0
        assert case["fails"] in done.stderr
        return

    assert done.returncode == 0, done.stderr
    found = {one["kind"]: one for one in yaml.safe_load_all(done.stdout) if one}
    for kind, expected in case.get("expect", {}).items():
        assert {path: at(found[kind], path) for path in expected} == expected
    for gone in case.get("absent", ()):
        kind, _, path = gone.partition(".")
        assert at(found.get(kind), path) is None if path else kind not in found


def test_only_a_value_lets_it_read_what_workloads_name_and_never_secrets(tmp_path: Path) -> None:
    off, on = (
        {
            resource
            for rule in objects(tmp_path, {"companions": {"read": read}})["ClusterRole"]["rules"]
            for resource in rule["resources"]
            if "get" in rule["verbs"]
        }
        for read in (False, True)
    )

    assert off == {"namespaces", "validatingwebhookconfigurations"}
    assert on - off == {one.resource for one in COMPANIONS}
    assert "secrets" not in on


def test_it_passes_the_strict_lint() -> None:
    done = helm("lint", "--strict", str(CHART))

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_sidecar_is_started_as_a_child_process_would_be(tmp_path: Path) -> None:
    (opa,) = [one for one in deployment_pod(tmp_path)["containers"] if one["name"] == "opa"]

    assert opa["command"] == ["opa"]
    assert tuple(opa["args"]) == opa_arguments("/run/weighbridge/opa.sock", "/run/weighbridge")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"hub": {"tokenSecret": "t"}, "excludeNamespaces": ["a", "b"]},
        {"hub": {"offline": True}},
        {"registries": {"hosts": ["ghcr.io", "http://r.local:5000"], "configSecret": "t"}},
        {"companions": {"read": True}},
    ],
)
def test_serve_takes_every_argument_of_the_chart(tmp_path: Path, values: dict[str, Any]) -> None:
    parser = argparse.ArgumentParser()
    serve.add(parser.add_subparsers())
    pod = deployment_pod(tmp_path, values)
    (controller,) = [one for one in pod["containers"] if one["name"] == "controller"]
    chosen = parser.parse_args(controller["args"])

    assert chosen.opa_socket == Path("/run/weighbridge/opa.sock")
    assert chosen.webhook_configuration == "wb-weighbridge-gate"
    assert chosen.registry == values.get("registries", {}).get("hosts", [])
    assert chosen.read_companions is values.get("companions", {}).get("read", False)
    assert chosen.exclude_namespace == values.get("excludeNamespaces", [])
    assert parser.parse_args(pod["initContainers"][0]["args"]).write_bundle == Path("/run/weighbridge")


def test_every_container_is_confined(tmp_path: Path) -> None:
    pod = deployment_pod(tmp_path)

    assert pod["securityContext"].items() >= POD_SECURITY.items()
    assert "hostNetwork" not in pod
    for one in [*pod["initContainers"], *pod["containers"]]:
        assert one["securityContext"] == CONTAINER_SECURITY, one["name"]
        assert one["resources"]["limits"]["memory"]


def test_a_changed_site_changes_the_pods(tmp_path: Path) -> None:
    policy = {"apiVersion": "weighbridge.dev/v1alpha1", "kind": "ModelPolicy", "metadata": {"name": "a"}, "spec": {}}

    def annotation(site: list[object]) -> object:
        found = objects(tmp_path, {"site": site})["Deployment"]["spec"]["template"]["metadata"]["annotations"]
        return found["weighbridge.dev/site"]

    assert annotation([policy]) == annotation([policy])
    assert annotation([policy]) != annotation([{**policy, "spec": {"priority": 1}}])


def test_every_value_is_explained_and_in_the_schema() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))

    def unknown(value: object, part: dict[str, Any], path: str) -> list[str]:
        if not isinstance(value, dict) or "properties" not in part:
            return []
        missing = [f"{path}.{key}" for key in value if key not in part["properties"]]
        return missing + [
            one
            for key, inner in value.items()
            if key in part["properties"]
            for one in unknown(inner, part["properties"][key], f"{path}.{key}")
        ]

    assert unknown(values, schema, "") == []
    assert set(schema["properties"]) - set(values) == {"global"}


def test_every_object_of_the_schema_is_closed() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    free = {"global", "site.metadata", "site.spec", "affinity", "tolerations", "requests", "limits"}

    def opened(part: Any, path: str) -> list[str]:
        if not isinstance(part, dict):
            return []
        here = [path] if part.get("type") == "object" and "additionalProperties" not in part else []
        inner = {**part.get("properties", {}), **part.get("definitions", {})}
        found = [one for key, value in inner.items() for one in opened(value, f"{path}.{key}")]
        return here + found + opened(part.get("items"), path)

    names = {one.removeprefix(".") for one in opened(schema, "")}
    assert {name.removeprefix("resources.") for name in names} == free
