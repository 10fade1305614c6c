from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.integration.provenance.signed_models import COMMIT, FILES, publish, sign
from tests.simulators.sigstore.encoding import pem
from tests.simulators.sigstore.instance import GITHUB, WORKFLOW, Sigstore
from tests.simulators.sigstore.models import (
    about,
    certificate,
    model_statement,
    public_pem,
    signed_by_certificate,
    signed_by_key,
)

from weighbridge.cli import main


@pytest.fixture(scope="module")
def sigstore() -> Sigstore:
    return Sigstore()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


def written(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value))
    return path


@pytest.fixture
def keyless(model: Path, tmp_path: Path, sigstore: Sigstore) -> list[object]:
    """A signature within the model, and the root that proves it."""
    bundle = written(model / "model.sig", sigstore.sign(model_statement(FILES)))
    root = written(tmp_path / "root.json", sigstore.trusted_root())
    return [model, "--signature", bundle, "--trusted-root", root]


def checked(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict]:
    code = main(["verify", *map(str, arguments), "--output", "json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_signed_folder_verifies_and_says_that_nobody_asked_who(keyless, capsys):
    code, report = checked(capsys, *keyless)

    assert (code, report["verified"], report["because"]) == (0, True, None)
    assert (report["method"], report["identity"]) == ("sigstore", "not asked")
    assert report["signer"]["subjects"] == [WORKFLOW]
    assert report["signed_at"].endswith("Z")
    assert report["files"]["signed"] == len(FILES)
    assert report["files"]["changed"] == report["files"]["unsigned"] == []


def test_the_expected_identity_is_said_to_be_so(keyless, capsys):
    code, report = checked(capsys, *keyless, "--identity", WORKFLOW, "--issuer", GITHUB)

    assert (code, report["identity"]) == (0, "expected")


@pytest.mark.parametrize(
    ("identity", "issuer", "says"),
    [
        ("somebody@else.example", GITHUB, "expected somebody@else.example"),
        (WORKFLOW, "https://issuer.example", "expected https://issuer.example"),
        ("^https://github.com/other/.*$", GITHUB, "expected ^https://github.com/other/.*$"),
    ],
)
def test_another_identity_is_refused_at_its_step(keyless, capsys, identity, issuer, says):
    code, report = checked(capsys, *keyless, "--identity", identity, "--issuer", issuer)

    assert (code, report["failed_at"], report["identity"]) == (1, "identity", "other")
    assert says in report["because"]


def test_an_anchored_pattern_may_name_the_identity(keyless, capsys):
    code, _ = checked(capsys, *keyless, "--identity", "^https://github.com/acme/.*$", "--issuer", GITHUB)

    assert code == 0


@pytest.mark.parametrize(
    ("path", "content", "kind"),
    [("config.json", "{}", "changed"), ("evil.py", "import os", "unsigned"), ("config.json", None, "missing")],
)
def test_a_changed_added_or_removed_file_is_named(keyless, model, capsys, path, content, kind):
    (model / path).unlink(missing_ok=True)
    if content is not None:
        (model / path).write_text(content)
    code, report = checked(capsys, *keyless)

    assert (code, report["failed_at"]) == (1, "content")
    assert report["files"][kind] == [path]
    assert path in report["because"]


def test_a_link_out_of_the_folder_is_not_followed(keyless, model, tmp_path, capsys):
    (tmp_path / "elsewhere.json").write_bytes(FILES["config.json"])
    (model / "config.json").unlink()
    (model / "config.json").symlink_to(tmp_path / "elsewhere.json")
    code, report = checked(capsys, *keyless)

    assert (code, report["files"]["undetermined"]) == (1, ["config.json"])


def test_people_are_told_each_step_and_where_it_ends(keyless, model, capsys):
    (model / "config.json").write_text("{}")
    code = main(["verify", *map(str, keyless)])
    text = capsys.readouterr().out

    assert code == 1
    assert "NOT VERIFIED" in text
    assert "  ok    the signature holds under what is trusted" in text
    assert "  --    identity: not asked" in text
    assert "  fail  the files are those that were signed: 1 file is changed since they were signed: config.json" in text
    assert "changed: config.json" in text


def test_people_are_told_who_signed(keyless, capsys):
    assert main(["verify", *map(str, keyless)]) == 0

    text = capsys.readouterr().out
    assert f"by    {WORKFLOW} (issuer {GITHUB}), method sigstore, at " in text
    assert "3 files signed, 0 ignored by the signer" in text


@pytest.mark.parametrize(
    ("text", "code", "step"),
    [("no json", "malformed_bundle", "bundle"), ("{}", "unsupported_bundle", "bundle")],
)
def test_a_file_that_is_no_bundle_fails_at_the_first_step(keyless, capsys, text, code, step):
    Path(str(keyless[2])).write_text(text)
    exit_code, report = checked(capsys, *keyless)

    assert (exit_code, report["failed_at"], report["identity"]) == (1, step, "not reached")
    assert report["code"] in (code, "malformed_bundle")


def test_another_root_does_not_prove_the_signature(keyless, tmp_path, capsys):
    other = written(tmp_path / "other.json", Sigstore("other.test").trusted_root())
    code, report = checked(capsys, *keyless[:3], "--trusted-root", other)

    assert (code, report["failed_at"]) == (1, "signature")


def test_the_older_statement_of_model_signing_is_refused_with_a_reason(model, tmp_path, sigstore, capsys):
    statement = {**model_statement(FILES), "predicateType": "https://model_signing/Digests/v0.1"}
    bundle = written(tmp_path / "old.sig", sigstore.sign(statement))
    root = written(tmp_path / "root.json", sigstore.trusted_root())
    code, report = checked(capsys, model, "--signature", bundle, "--trusted-root", root)

    assert (code, report["failed_at"], report["code"]) == (1, "statement", "unsupported_predicate")


def test_a_key_proves_a_signature_and_has_no_identity(model, tmp_path, capsys):
    key = ec.generate_private_key(ec.SECP384R1())
    bundle = written(tmp_path / "model.sig", signed_by_key(model_statement(FILES), key))
    (tmp_path / "key.pem").write_bytes(public_pem(key))
    arguments = [model, "--signature", bundle, "--key", tmp_path / "key.pem"]
    code, report = checked(capsys, *arguments)

    assert (code, report["method"], report["signed_at"]) == (0, "key", None)
    assert main(["verify", *map(str, arguments), "--identity", "a", "--issuer", "b"]) == 2
    assert "a key has no identity" in capsys.readouterr().err


def test_a_certificate_below_the_authority_proves_a_signature(model, tmp_path, capsys):
    now = datetime.now(UTC)
    root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    begin, end = now - timedelta(days=1), now + timedelta(days=30)
    root = certificate("root", root_key, None, begin, end, authority=True)
    leaf = certificate("signer", leaf_key, (root, root_key), begin, end)
    bundle = written(tmp_path / "model.sig", signed_by_certificate(model_statement(FILES), leaf_key, [leaf]))
    (tmp_path / "ca.pem").write_bytes(pem(root))
    code, report = checked(capsys, model, "--signature", bundle, "--certificate-authority", tmp_path / "ca.pem")

    assert (code, report["method"]) == (0, "certificate")
    assert "signer" in report["signer"]["subject_name"]


def test_a_statement_about_the_weights_of_a_folder_verifies(model, tmp_path, sigstore, capsys):
    digest = hashlib.sha256(FILES["model.safetensors"]).hexdigest()
    root = written(tmp_path / "root.json", sigstore.trusted_root())
    arguments = [model, "--trusted-root", root, "--signature"]
    mine = written(tmp_path / "a.json", sigstore.sign(about(digest, "https://slsa.dev/provenance/v1", {})))
    other = written(tmp_path / "b.json", sigstore.sign(about("0" * 64, "https://slsa.dev/provenance/v1", {})))

    assert checked(capsys, *arguments, mine)[0] == 0
    assert checked(capsys, *arguments, other)[1]["because"] == "the statement is not about the weights in this folder"


def test_a_model_of_a_hub_is_compared_with_its_listing(tmp_path, sigstore, capsys):
    folder = publish(tmp_path / "hub", "acme/desk", COMMIT, FILES)
    sign(folder, sigstore)
    root = written(tmp_path / "root.json", sigstore.trusted_root())
    arguments = ["acme/desk", "--signature", folder / "model.sig", "--trusted-root", root, "--hub", tmp_path / "hub"]
    code, report = checked(capsys, *arguments)
    (folder / "config.json").write_text("{}")
    again, changed = checked(capsys, *arguments)

    assert (code, report["files"]["signed"]) == (0, len(FILES))
    assert (again, changed["files"]["changed"]) == (1, ["config.json"])


def test_a_statement_about_a_commit_verifies_against_the_model(tmp_path, sigstore, capsys):
    publish(tmp_path / "hub", "acme/desk", COMMIT, FILES)
    root = written(tmp_path / "root.json", sigstore.trusted_root())
    subject = [{"name": "desk", "digest": {"gitCommit": COMMIT}}]
    statement = {**about("0" * 64, "https://slsa.dev/provenance/v1", {}), "subject": subject}
    bundle = written(tmp_path / "a.json", sigstore.sign(statement))
    arguments = ["acme/desk", "--signature", bundle, "--trusted-root", root, "--hub", tmp_path / "hub"]

    assert checked(capsys, *arguments)[0] == 0


def test_a_hub_that_keeps_silent_is_not_a_bad_signature(keyless, capsys):
    arguments = ["acme/desk", *keyless[1:], "--offline", "--hub", "https://hub.invalid"]

    assert main(["verify", *map(str, arguments)]) == 3


def test_a_model_that_does_not_exist_is_a_usage_error(keyless, tmp_path, capsys):
    (tmp_path / "hub").mkdir()
    arguments = ["acme/none", *keyless[1:], "--hub", tmp_path / "hub"]

    assert main(["verify", *map(str, arguments)]) == 2
    assert "neither a folder nor a model" in capsys.readouterr().err


def test_an_identity_without_issuer_is_refused(keyless, capsys):
    assert main(["verify", *map(str, keyless), "--identity", "a"]) == 2
    assert "--identity and --issuer go together" in capsys.readouterr().err


def test_trust_that_cannot_be_used_is_one_clear_sentence(keyless, tmp_path, capsys):
    (tmp_path / "bad.json").write_text("{}")

    assert main(["verify", *map(str, keyless[:3]), "--trusted-root", str(tmp_path / "bad.json")]) == 2
    assert main(["verify", *map(str, keyless[:3]), "--trusted-root", str(tmp_path / "none.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_what_model_signing_signs_this_command_verifies(model, tmp_path, capsys):
    key = ec.generate_private_key(ec.SECP256R1())
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    (tmp_path / "private.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "key.pem").write_bytes(public_pem(key))
    signing = [sys.executable, "-W", "ignore", "-m", "model_signing", "sign", "key", str(model)]
    done = subprocess.run(
        [*signing, "--private_key", str(tmp_path / "private.pem"), "--signature", str(model / "model.sig")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    code, report = checked(capsys, model, "--signature", model / "model.sig", "--key", tmp_path / "key.pem")

    assert (code, report["files"]["signed"]) == (0, len(FILES))
