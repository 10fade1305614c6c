from __future__ import annotations

import re
from typing import Any

import pytest

from weighbridge.workloads import find_models
from weighbridge.workloads.engines import ENGINES
from weighbridge.workloads.tables import table

PLACES = table("places")
WITHOUT_REQUEST = PLACES["accelerating"]
IMAGES = [image for row in table("programs")["engines"] for image in table(f"engines/{row}")["images"]]


def pod(container: dict[str, Any] | None = None, **spec: object) -> dict[str, Any]:
    only = {"name": "c", "image": "registry.example/team/own:1", **(container or {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [only], **spec}}


def sample(pattern: str) -> str:
    """An image that a pattern of the tables matches."""
    text = re.sub(r"\(([^()|]*)(?:\|[^()]*)?\)\??", r"\1", pattern)
    return text.replace("[.]", ".").replace("\\.", ".").replace(".*", "x").replace(".+", "x").replace("?", "")


def images_of(obj: dict[str, Any]) -> list[str | None]:
    found = find_models(obj)

    assert found.of_interest
    return [one.image for one in found.serving]


@pytest.mark.parametrize("resource", PLACES["accelerators"])
@pytest.mark.parametrize("kind", ["limits", "requests"])
def test_every_accelerator_makes_a_pod_one_of_interest(resource: str, kind: str) -> None:
    name = f"{resource}x" if resource.endswith(("/", "-")) else resource

    assert images_of(pod({"resources": {kind: {name: "1"}}})) == ["registry.example/team/own:1"]


@pytest.mark.parametrize("amount", [0, "0", None])
def test_an_accelerator_that_is_not_asked_for_makes_none(amount: object) -> None:
    assert not find_models(pod({"resources": {"limits": {"nvidia.com/gpu": amount}}})).of_interest


@pytest.mark.parametrize("pattern", IMAGES)
def test_every_image_of_an_engine_makes_a_pod_one_of_interest(pattern: str) -> None:
    image = sample(pattern)

    assert any(one.images.fullmatch(image) for one in ENGINES), image
    assert images_of(pod({"image": f"{image}:1"})) != []


@pytest.mark.parametrize("device", WITHOUT_REQUEST["devices"])
def test_a_device_of_the_node_is_an_accelerator_without_a_request(device: str) -> None:
    mounted = pod(
        {"volumeMounts": [{"name": "d", "mountPath": "/dev/x"}]}, volumes=[{"name": "d", "hostPath": {"path": device}}]
    )

    assert images_of(mounted) == ["registry.example/team/own:1"]


@pytest.mark.parametrize("runtime", WITHOUT_REQUEST["runtime_classes"])
def test_a_runtime_class_may_hand_out_every_accelerator(runtime: str) -> None:
    assert images_of(pod(runtimeClassName=runtime)) == ["registry.example/team/own:1"]
    assert not find_models(pod(runtimeClassName="gvisor")).of_interest


def test_a_variable_asks_the_runtime_for_devices() -> None:
    name = WITHOUT_REQUEST["variable"]

    assert images_of(pod({"env": [{"name": name, "value": "all"}]})) == ["registry.example/team/own:1"]
    assert not any(
        find_models(pod({"env": [{"name": name, "value": value}]})).of_interest
        for value in WITHOUT_REQUEST["no_device"]
    )


def test_a_claim_of_the_pod_is_one_of_its_containers_and_a_claim_of_a_container_its_own() -> None:
    claims: dict[str, Any] = {"resourceClaims": [{"name": "gpu"}]}
    beside = {"name": "side", "image": "registry.example/side:1"}
    mine = {"name": "c", "image": "registry.example/own:1", "resources": {"claims": [{"name": "gpu"}]}}

    assert images_of(pod(**claims)) == ["registry.example/team/own:1"]
    assert images_of(pod(**claims, containers=[mine, beside])) == ["registry.example/own:1"]
