from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from tests.simulators.hub import Hub
from tests.weight_files import safetensors

from weighbridge.cli import main

CARD = """---
license: apache-2.0
base_model: acme/base
datasets: [acme/tickets]
---
# Desk 1B

Answers the questions that come to a help desk, in English, and was fine-tuned from acme/base on two years of its own
tickets. It makes mistakes about prices and dates and must not be used for legal advice. Questions: desk@acme.example.
"""
POD = """
apiVersion: v1
kind: Pod
metadata: {name: desk, namespace: default}
spec:
  containers:
    - name: server
      image: vllm/vllm-openai:v0.10.2
      args: [--model=acme/desk]
"""
CONFIG = json.dumps({"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 10}).encode()


@pytest.fixture
def hub() -> Iterator[Callable[[Callable[[Hub], object]], None]]:
    """A hub in a thread of its own, because the command line has its own loop."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    hub = Hub()
    asyncio.run_coroutine_threadsafe(hub.__aenter__(), loop).result(10)
    head, size = safetensors({"layers.0.weight": ("BF16", [64, 64])})
    files = {"README.md": CARD.encode(), "config.json": CONFIG, "tokenizer.json": b"[1]", "model.sig": b"{}"}
    hub.publish("acme/desk", files, {"model.safetensors": size}, heads={"model.safetensors": head})
    hub.publish(
        "acme/base",
        {"README.md": b"---\nlicense: llama3.1\n---\n# Base\n", "LICENSE": b"LLAMA 3.1 COMMUNITY LICENSE"},
        {"model.safetensors": size},
    )
    yield hub  # type: ignore[misc]
    asyncio.run_coroutine_threadsafe(hub.__aexit__(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def evidence(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    code = main(["evidence", "acme/desk", "--output", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_the_same_model_gives_the_same_bytes(hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        assert main(["pack", "acme/desk", "--to", str(tmp_path / name), "--hub", hub.endpoint]) == 0

    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert "2 repositories" in capsys.readouterr().out


def test_a_pack_holds_cards_configurations_licenses_and_the_lineage_and_no_weights(hub: Hub, tmp_path: Path) -> None:
    main(["pack", "acme/desk", "--to", str(tmp_path), "--hub", hub.endpoint])

    (manifest,) = tmp_path.glob("*/pack.json")
    document = json.loads(manifest.read_text())
    stored = {
        (one["name"], file["path"]) for one in document["repositories"] for file in one["files"] if "stored" in file
    }
    assert manifest.parent.name.startswith("hf--acme--desk@")
    assert document["content_digest"].startswith("wb1:")
    assert stored == {
        ("acme/desk", "README.md"),
        ("acme/desk", "config.json"),
        ("acme/desk", "model.sig"),
        ("acme/base", "README.md"),
        ("acme/base", "LICENSE"),
    }
    hashed = {file["path"]: file["sha256"] for file in document["repositories"][0]["files"]}
    assert all(hashed[path] for path in ("tokenizer.json", "config.json", "model.safetensors"))
    assert sum(len(content) for content in contents(tmp_path).values()) < 20_000


def test_a_whole_review_needs_nothing_but_packs(hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = tmp_path / "pod.yaml"
    manifest.write_text(POD)
    main(["pack", "acme/desk", "--to", str(tmp_path / "packs"), "--hub", hub.endpoint])
    check = ["check", str(manifest), "--profile", "standard", "--engine", "embedded", "--output", "json"]
    capsys.readouterr()
    online = main([*check, "--hub", hub.endpoint]), json.loads(capsys.readouterr().out)
    asked = len(hub.requests)

    offline = main([*check, "--offline", "--packs", str(tmp_path / "packs")]), json.loads(capsys.readouterr().out)

    assert len(hub.requests) == asked
    assert offline[0] == online[0]
    findings = [
        [(one["rule"], one["effect"], one["message"]) for one in run[1]["decisions"][0]["findings"]]
        for run in (online, offline)
    ]
    assert findings[0] == findings[1]
    assert offline[1]["summary"]["undecided"] == 0


def test_evidence_out_of_a_pack_is_the_evidence_of_the_hub(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["pack", "acme/desk", "--to", str(tmp_path), "--hub", hub.endpoint])

    _, online = evidence(capsys, "--hub", hub.endpoint)
    code, packed = evidence(capsys, "--offline", "--packs", str(tmp_path))

    assert code == 0
    for fact in ("resolved", "card", "license", "lineage", "config", "weights", "content_digest"):
        assert packed["facts"][fact] == online["facts"][fact]  # type: ignore[index]


def test_without_packs_and_without_host_everything_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = evidence(capsys, "--offline")

    assert code == 3
    assert document["facts"]["card"]["unknown"]["because"] == "offline"  # type: ignore[index]


def test_a_model_that_does_not_exist_is_not_packed(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", "acme/nothing", "--to", str(tmp_path), "--hub", hub.endpoint]) == 1
    assert "nothing to pack" in capsys.readouterr().err
    assert main(["pack", "acme/none", "--to", str(tmp_path / "p"), "--hub", str(tmp_path)]) == 1
    assert "nothing to pack: there is no acme/none" in capsys.readouterr().err


def test_a_pack_with_gaps_says_so(hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub.answer(503, pattern="acme/base")

    assert main(["pack", "acme/desk", "--to", str(tmp_path), "--hub", hub.endpoint]) == 1
    assert "not in the pack: lineage of acme/base" in capsys.readouterr().err


def test_what_cannot_be_packed_is_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "s3://models/x", "--to", str(tmp_path), "--offline"]) == 2
    assert "--object-store" in capsys.readouterr().err
    assert main(["evidence", "a/b", "--offline", "--packs", str(tmp_path / "none")]) == 2
    assert "no such folder" in capsys.readouterr().err
    assert main(["evidence", "a/b", "--offline", "--object-store", "nonsense"]) == 2


def test_a_folder_that_cannot_be_written_is_one_sentence(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")

    assert main(["pack", "acme/desk", "--to", str(tmp_path / "file"), "--hub", hub.endpoint]) == 3
    assert "cannot be written" in capsys.readouterr().err
