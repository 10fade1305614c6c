from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.integration.provenance.signed_models import (
    BASE_COMMIT,
    CARD,
    COMMIT,
    FILES,
    one,
    publish,
    sign,
    site,
    workload,
)
from tests.simulators.sigstore.instance import Sigstore

from weighbridge.cli import main

POLICY = {"profile": "standard", "stages": [{"stage": "enforce"}]}
STAMPS = [{"signer": "release", "maxAge": "30d", "covers": ["*"]}]


@pytest.fixture(scope="module")
def sigstore() -> Sigstore:
    return Sigstore()


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    folder = tmp_path / "hub"
    publish(folder, "acme/base", BASE_COMMIT, {**FILES, "README.md": CARD.replace("base_model", "x").encode()})
    publish(folder, "acme/desk", COMMIT, FILES)
    return folder


def decided(capsys: pytest.CaptureFixture[str], folder: Path, *more: object) -> dict:
    capsys.readouterr()
    main(["check", str(workload(folder)), "--output", "json", *map(str, more)])
    return json.loads(capsys.readouterr().out)["decisions"][0]


def rules(decision: dict, *effects: str) -> set[str]:
    return {finding["rule"] for finding in decision["findings"] if finding["effect"] in (effects or ("deny", "warn"))}


def test_a_model_signed_by_the_release_workflow_passes_and_one_changed_byte_refuses_it(hub, tmp_path, sigstore, capsys):
    sign(hub / "acme" / "desk", sigstore)
    trusting = site(tmp_path / "site", sigstore, one("ModelPolicy", "all", POLICY))
    good = decided(capsys, tmp_path, "--hub", hub, "--site", trusting)
    (hub / "acme" / "desk" / "config.json").write_text('{"model_type": "llame"}')
    changed = decided(capsys, tmp_path, "--hub", hub, "--site", trusting)

    assert not rules(good) & {"signature.trusted", "signature.covers_files", "provenance.card_bound"}
    assert "signature.trusted" in rules(changed, "deny")
    assert any("changed since it was signed: config.json" in one["message"] for one in changed["findings"])


def test_a_signer_whom_the_site_does_not_name_is_refused(hub, tmp_path, sigstore, capsys):
    sign(hub / "acme" / "desk", sigstore, identity="mallory@evil.example")
    trusting = site(tmp_path / "site", sigstore, one("ModelPolicy", "all", POLICY))
    decision = decided(capsys, tmp_path, "--hub", hub, "--site", trusting)

    assert "signature.trusted" in rules(decision, "deny")
    assert any("mallory@evil.example (another subject)" in one["message"] for one in decision["findings"])


def test_the_signature_of_another_model_is_no_signature(hub, tmp_path, sigstore, capsys):
    sign(hub / "acme" / "desk", sigstore, {name: content + b" " for name, content in FILES.items()})
    trusting = site(tmp_path / "site", sigstore, one("ModelPolicy", "all", POLICY))
    decision = decided(capsys, tmp_path, "--hub", hub, "--site", trusting)

    assert "signature.trusted" in rules(decision, "warn")
    assert any("model.sig is a signature of other content" in one["message"] for one in decision["findings"])


def test_an_added_file_is_named(hub, tmp_path, sigstore, capsys):
    publish(hub, "acme/desk", COMMIT, {**FILES, "modeling_evil.py": b"import os\n"})
    sign(hub / "acme" / "desk", sigstore)
    trusting = site(tmp_path / "site", sigstore, one("ModelPolicy", "all", POLICY))
    decision = decided(capsys, tmp_path, "--hub", hub, "--site", trusting)

    assert any("modeling_evil.py is not signed" in one["message"] for one in decision["findings"])


def stamped(hub: Path, tmp_path: Path, sigstore: Sigstore, capsys: pytest.CaptureFixture[str]) -> Path:
    """Promote a model: judge it in CI, sign the summary, and lay it into the store of the cluster."""
    ci = site(tmp_path / "ci", sigstore, one("ModelPolicy", "all", POLICY))
    capsys.readouterr()
    code = main(
        [
            "attest",
            f"acme/desk@{COMMIT}",
            "--stamp",
            "https://ci.acme.example/promote",
            "--hub",
            str(hub),
            "--site",
            str(ci),
        ]
    )
    statement = json.loads(capsys.readouterr().out)

    assert code == 0
    assert statement["predicate"]["verificationResult"] == "PASSED"
    assert statement["predicate"]["https://weighbridge.dev/ancestors/v1"][0]["name"] == "acme/base"

    store = tmp_path / "store"
    store.mkdir()
    (store / f"gitCommit-{COMMIT}.jsonl").write_text(json.dumps(sigstore.sign(statement)) + "\n")
    return store


def test_promoted_once_in_ci_a_model_is_admitted_with_no_route_to_any_hub(hub, tmp_path, sigstore, capsys):
    store = stamped(hub, tmp_path, sigstore, capsys)
    policy = {**POLICY, "stamps": STAMPS}
    cluster = site(tmp_path / "cluster", sigstore, one("ModelPolicy", "all", policy))
    decision = decided(capsys, tmp_path, "--offline", "--site", cluster, "--attestations", store)
    without = decided(capsys, tmp_path, "--offline", "--site", cluster)

    assert decision["allowed"] is True
    assert decision["models"][0]["commit"] == COMMIT
    assert [(one["signer"], one["policy"]) for one in decision["stamps"]] == [("release", "all")]
    assert {"card.present", "license.allowed", "format.safe"} <= set(decision["stamps"][0]["rules"])
    assert decision["stamps"][0]["bundle"].startswith("sha256:")
    assert without["allowed"] is False


def test_the_same_stamp_with_a_newer_advisory_is_refused(hub, tmp_path, sigstore, capsys):
    store = stamped(hub, tmp_path, sigstore, capsys)
    affected = [{"model": "hf://acme/base", "revisions": [BASE_COMMIT]}]
    advisory = one(
        "ModelAdvisory", "a", {"id": "ACME-1", "severity": "critical", "summary": "poisoned", "affected": affected}
    )
    cluster = site(tmp_path / "cluster", sigstore, one("ModelPolicy", "all", {**POLICY, "stamps": STAMPS}), advisory)
    decision = decided(capsys, tmp_path, "--offline", "--site", cluster, "--attestations", store)

    assert decision["allowed"] is False
    assert rules(decision, "deny") == {"lineage.no_advisory"}
    assert any("derives from acme/base, which is affected by ACME-1" in one["message"] for one in decision["findings"])


def test_a_stamp_that_nobody_trusts_decides_nothing(hub, tmp_path, sigstore, capsys):
    store = stamped(hub, tmp_path, sigstore, capsys)
    policy = {**POLICY, "stamps": STAMPS}
    cluster = site(tmp_path / "cluster", Sigstore("other.test"), one("ModelPolicy", "all", policy))
    decision = decided(capsys, tmp_path, "--offline", "--site", cluster, "--attestations", store)

    assert decision["allowed"] is False
    assert decision["stamps"] == []


def test_an_attested_license_outranks_the_card_and_the_contradiction_stays(hub, tmp_path, sigstore, capsys):
    predicate = {"license": {"id": "llama3.1"}, "baseModels": [{"name": "acme/other"}], "datasets": []}
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "desk", "digest": {"gitCommit": COMMIT}}],
        "predicateType": "https://weighbridge.dev/model-facts/v1",
        "predicate": predicate,
    }
    store = tmp_path / "store"
    store.mkdir()
    (store / f"gitCommit-{COMMIT}.jsonl").write_text(json.dumps(sigstore.sign(statement)))
    policy = {**POLICY, "licenses": {"allow": ["apache-2.0"]}}
    trusting = site(tmp_path / "site", sigstore, one("ModelPolicy", "all", policy))
    decision = decided(capsys, tmp_path, "--hub", hub, "--site", trusting, "--attestations", store)
    nobody = site(
        tmp_path / "nobody",
        sigstore,
        one("ModelPolicy", "all", policy),
        identities=[{"issuer": "https://x.example", "subject": "y"}],
    )
    unvouched = decided(capsys, tmp_path, "--hub", hub, "--site", nobody, "--attestations", store)

    assert "license.allowed" in rules(decision, "deny")
    assert "license.allowed" not in rules(unvouched)
    assert "lineage.consistent" in rules(decision, "deny")
