from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.integration.provenance.signed_models import BASE_COMMIT, CARD, COMMIT, FILES, publish

from weighbridge.cli import main


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    folder = tmp_path / "hub"
    publish(folder, "acme/base", BASE_COMMIT, {**FILES, "README.md": CARD.replace("base_model", "x").encode()})
    publish(folder, "acme/desk", COMMIT, FILES)
    return folder


def attested(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict]:
    code = main(["attest", *map(str, arguments)])
    return code, json.loads(capsys.readouterr().out)


def test_facts_are_written_ready_to_be_signed(hub, capsys):
    code, statement = attested(capsys, f"acme/desk@{COMMIT}", "--hub", hub)
    predicate = statement["predicate"]

    assert code == 0
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["subject"][0] == {"name": "hf://acme/desk", "digest": {"gitCommit": COMMIT}}
    assert predicate["license"] == {"id": "apache-2.0", "declared": "apache-2.0"}
    assert predicate["baseModels"] == [{"name": "acme/base", "digest": {"gitCommit": BASE_COMMIT}}]
    assert predicate["datasets"] == [{"name": "acme/mails", "digest": {"gitCommit": BASE_COMMIT}}]
    assert predicate["evaluations"] == [{"metric": "accuracy", "value": 0.91, "dataset": "desk"}]


def test_a_model_without_a_card_has_no_measurements(tmp_path, capsys):
    publish(tmp_path, "acme/bare", COMMIT, {"model.safetensors": FILES["model.safetensors"]})
    _, statement = attested(capsys, f"acme/bare@{COMMIT}", "--hub", tmp_path)

    assert statement["predicate"]["evaluations"] == []
    assert "card" not in statement["predicate"]


def test_a_stamp_names_the_rules_that_hold(hub, capsys):
    arguments = [
        f"hf://acme/desk@{COMMIT}",
        "--stamp",
        "https://ci.example/promote",
        "--hub",
        hub,
        "--profile",
        "standard",
    ]
    code, statement = attested(capsys, *arguments)
    predicate = statement["predicate"]

    assert code == 0
    assert predicate["verifier"]["id"] == "https://ci.example/promote"
    assert predicate["verificationResult"] == "PASSED"
    assert "license.allowed" in predicate["verifiedLevels"]
    assert not {"signature.trusted", "reference.pinned", "lineage.no_advisory"} & set(predicate["verifiedLevels"])
    assert predicate["policy"]["digest"]["sha256"]


def test_a_model_that_is_refused_fails_and_exits_with_one(tmp_path, capsys):
    publish(tmp_path, "acme/bare", COMMIT, {"pytorch_model.bin": b"x"})
    arguments = [f"acme/bare@{COMMIT}", "--stamp", "x", "--hub", tmp_path, "--profile", "restricted"]
    code, statement = attested(capsys, *arguments)

    assert (code, statement["predicate"]["verificationResult"]) == (1, "FAILED")


def test_half_of_what_is_known_is_not_written_down(capsys):
    assert main(["attest", f"acme/desk@{COMMIT}", "--offline"]) == 3
    assert "weighbridge: hf://acme/desk@" in capsys.readouterr().err


def test_a_model_that_does_not_exist_is_a_usage_error(tmp_path, capsys):
    assert main(["attest", "acme/none", "--hub", str(tmp_path)]) in (2, 3)
    assert "acme/none" in capsys.readouterr().err
