from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from tests.archives import packed
from tests.simulators.registry import Registry

from weighbridge.cli import main

ROOT = Path(__file__).parents[3]
HUB = str(ROOT / "demo" / "hub")

CARD = b"""---
license: apache-2.0
base_model: meta-llama/Llama-3.1-8B
---
# Harbor chat

A chat model for harbor staff, fine-tuned on letters of the port.
"""


@pytest.fixture
async def registry() -> AsyncIterator[Registry]:
    async with Registry() as registry:
        yield registry


def weights() -> bytes:
    header = json.dumps({"w": {"dtype": "BF16", "shape": [8], "data_offsets": [0, 16]}}).encode()
    return struct.pack("<Q", len(header)) + header + b"\0" * 16


def raw(path: str, content: bytes, kind: str) -> tuple[str, bytes, Mapping[str, str]]:
    return f"application/vnd.cncf.model.{kind}.v1.raw", content, {"org.cncf.model.filepath": path}


def push_model_pack(registry: Registry, name: str = "model.safetensors") -> str:
    config = json.dumps({"descriptor": {"licenses": ["MIT"]}}).encode()
    layers = [raw("README.md", CARD, "doc"), raw(name, weights(), "weight")]
    return registry.push("acme/chat", "v1", layers, config=("application/vnd.cncf.model.config.v1+json", config))


async def run(*arguments: str) -> int:
    return await asyncio.to_thread(main, list(arguments))


async def test_evidence_of_a_model_at_a_registry_is_whole(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = push_model_pack(registry)
    model = f"oci://{registry.host}/acme/chat:v1"

    code = await run("evidence", model, "--registry", registry.endpoint, "--hub", HUB, "--output", "json")
    facts = json.loads(capsys.readouterr().out)["facts"]

    assert facts["resolved"]["found"]["digest"] == digest
    assert (facts["license"]["found"]["id"], facts["license"]["found"]["also_named"]) == ("apache-2.0", ["mit"])
    assert facts["weights"]["found"]["parameters"] == 8
    assert facts["card"]["found"]["sha256"]
    nodes = {one["name"]: one["state"] for one in facts["lineage"]["found"]["nodes"]}
    assert nodes["meta-llama/Llama-3.1-8B"] == "found"
    assert code == 0


async def test_a_license_label_of_an_image_counts_where_no_card_states_one(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = {"config": {"Labels": {"org.opencontainers.image.licenses": "Apache-2.0"}}}
    registry.push(
        "acme/chat", "v1", [("application/vnd.oci.image.layer.v1.tar+gzip", packed({"models/config.json": b"{}"}), {})],
        config=("application/vnd.oci.image.config.v1+json", json.dumps(labels).encode()),
    )  # fmt: skip

    await run(
        "evidence",
        f"oci://{registry.host}/acme/chat:v1",
        "--registry",
        registry.endpoint,
        "--hub",
        HUB,
        "--output",
        "json",
    )
    facts = json.loads(capsys.readouterr().out)["facts"]

    assert (facts["license"]["found"]["id"], facts["license"]["found"]["source"]) == ("apache-2.0", "oci_annotation")
    assert "missing" in facts["card"]


async def test_a_registry_nobody_listed_is_not_asked_and_the_message_says_how_to(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    push_model_pack(registry)

    code = await run("evidence", f"oci://{registry.host}/acme/chat:v1", "--hub", HUB)

    assert code == 3
    assert f"Fix: --registry {registry.host}" in capsys.readouterr().out
    assert registry.requests == []


def manifest(folder: Path, image: str) -> str:
    file = folder / "pod.yaml"
    file.write_text(
        "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: chat, namespace: port}\n"
        f"spec: {{predictor: {{model: {{modelFormat: {{name: huggingface}}, storageUri: 'oci://{image}'}}}}}}\n"
    )
    return str(file)


async def test_a_manifest_that_names_a_model_at_a_registry_is_judged(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = push_model_pack(registry, "pytorch_model.bin")
    file = manifest(tmp_path, f"{registry.host}/acme/chat:v1")

    code = await run(
        "check", "--engine", "embedded", "--registry", registry.endpoint, "--hub", HUB, "--profile", "restricted",
        "--output", "json", file,
    )  # fmt: skip
    (decision,) = json.loads(capsys.readouterr().out)["decisions"]

    assert code == 1
    assert decision["models"][0]["digest"] == digest
    rules = {one["rule"] for one in decision["findings"] if one["effect"] == "deny"}
    assert {"format.safe", "reference.pinned"} <= rules


async def test_a_manifest_that_names_a_registry_nobody_listed_is_not_decided(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = manifest(tmp_path, f"{registry.host}/acme/chat:v1")

    code = await run("check", "--engine", "embedded", "--hub", HUB, "--output", "json", file)
    report = json.loads(capsys.readouterr().out)

    assert code == 3
    assert report["summary"]["undecided"] == 1
    assert registry.requests == []


async def test_the_card_of_a_model_at_a_registry_is_shown(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    push_model_pack(registry)
    model = f"oci://{registry.host}/acme/chat:v1"

    shown = await run("card", model, "--registry", registry.endpoint, "--output", "json")
    document = json.loads(capsys.readouterr().out)
    refused = await run("card", model)

    assert (shown, document["cards"][0]["present"]) == (0, True)
    assert refused == 3


async def test_a_model_at_a_registry_is_packed_with_its_ancestors_and_read_again_without_any_host(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = push_model_pack(registry)
    pinned, here = f"oci://{registry.host}/acme/chat@{digest}", ["--registry", registry.endpoint, "--hub", HUB]
    await run("evidence", pinned, *here, "--output", "json")
    live = json.loads(capsys.readouterr().out)["facts"]

    packed_whole = await run("pack", pinned, "--to", str(tmp_path), *here)
    capsys.readouterr()
    asked = len(registry.requests)
    await run("evidence", pinned, "--packs", str(tmp_path), "--offline", "--output", "json")
    packed_facts = json.loads(capsys.readouterr().out)["facts"]

    assert packed_whole == 0
    assert len(registry.requests) == asked
    for fact in ("resolved", "card", "license", "files", "weights"):
        assert packed_facts[fact] == live[fact], fact
    assert [one["state"] for one in packed_facts["lineage"]["found"]["nodes"]] == ["found"]


async def test_a_registry_nobody_listed_cannot_be_packed_from(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = await run("pack", f"oci://{registry.host}/acme/chat", "--to", str(tmp_path), "--hub", HUB)

    assert code == 2
    assert "Fix: --registry" in capsys.readouterr().err
