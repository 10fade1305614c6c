from __future__ import annotations

import json
from pathlib import Path

from weighbridge.cli import main

ROOT = Path(__file__).parents[3]
JUDGING = ["--engine", "embedded", "--hub", str(ROOT / "demo" / "hub")]
TARIFF = str(ROOT / "demo" / "workloads" / "4-tariff.yaml")


def test_models_of_manifests_are_listed_with_their_roots(capsys):
    assert main(["inventory", *JUDGING, "--output", "json", TARIFF]) == 0
    (model,) = json.loads(capsys.readouterr().out)["models"]

    assert (model["ref"], model["license"]["id"]) == ("hf://tidemark/tariff-8b", "apache-2.0")
    assert model["roots"] == [{"name": "meta-llama/Llama-3.1-8B", "license": "llama3.1"}]


def test_an_inventory_that_is_not_whole_ends_with_three(tmp_path, capsys):
    (tmp_path / "bad.yaml").write_text("a: {{ .Values.x }}")

    assert main(["inventory", *JUDGING, str(tmp_path)]) == 3
    assert "not read: " in capsys.readouterr().out
