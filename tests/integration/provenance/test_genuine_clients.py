from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import model_signing.hashing
import model_signing.signing
import model_signing.verifying
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sigstore.dsse import DigestSet, StatementBuilder, Subject
from sigstore.errors import VerificationError
from sigstore.models import Bundle, ClientTrustConfig
from sigstore.oidc import IdentityToken
from sigstore.sign import SigningContext
from sigstore.verify import Verifier, policy
from tests.simulators.sigstore.encoding import pem
from tests.simulators.sigstore.front import Front
from tests.simulators.sigstore.instance import GITHUB, WORKFLOW, Sigstore
from tests.simulators.sigstore.models import certificate, model_statement, public_pem

from weighbridge.model.provenance import Compared, Manifest, Present, Refused, Verified
from weighbridge.provenance import (
    MODEL_SIGNATURE,
    Trust,
    certificate_trust,
    compare,
    key_trust,
    keyless_trust,
    read_manifest,
    verify,
)

MAIL = "ci@acme.test"
FILES = {"README.md": b"# Tariff 8B", "config.json": b'{"model_type": "llama"}', "w/model.safetensors": b"\0" * 70_000}


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    with Front(Sigstore()) as served:
        yield served


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    for path, content in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def keyless(front: Front) -> Trust:
    return keyless_trust(json.dumps(front.instance.trusted_root()).encode(), datetime.now(UTC))


def config(front: Front, folder: Path, rekor: int = 1) -> Path:
    path = folder / f"trust_config_{rekor}.json"
    path.write_text(json.dumps(front.trust_config(rekor)))
    return path


def shown(raw: bytes, trust: Trust) -> Verified:
    verdict = verify(raw, trust, datetime.now(UTC))
    assert isinstance(verdict, Verified), verdict
    return verdict


def compared(verdict: Verified, folder: Path) -> Compared:
    manifest = read_manifest(verdict.statement)
    assert isinstance(manifest, Manifest), manifest
    there = {
        str(path.relative_to(folder)): Present(content=path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }
    return compare(manifest, there, ("model.sig",))


@pytest.mark.parametrize("rekor", [1, 2])
def test_what_sigstore_attests_here_verifies(front: Front, rekor: int) -> None:
    context = SigningContext.from_trust_config(ClientTrustConfig.from_json(json.dumps(front.trust_config(rekor))))
    digest = hashlib.sha256(b"weights").hexdigest()
    statement = (
        StatementBuilder()
        .subjects([Subject(name="model", digest=DigestSet({"sha256": digest}))])
        .predicate_type("https://slsa.dev/provenance/v1")
        .predicate({"buildDefinition": {"buildType": "https://acme.test/train@v1"}})
        .build()
    )
    claims = {
        "repository": "acme/models",
        "ref": "refs/heads/main",
        "sha": "a" * 40,
        "runner_environment": "self-hosted",
    }
    token = IdentityToken(front.token(sub="repo:acme/models", job_workflow_ref=WORKFLOW, event_name="push", **claims))
    with context.signer(token) as signer:
        raw = signer.sign_dsse(statement).to_json().encode()

    verdict = shown(raw, keyless(front))
    assert verdict.statement.subjects[0].digests == {"sha256": digest}
    assert verdict.signer.subjects == (WORKFLOW,)
    assert verdict.signer.issuer == front.url
    assert verdict.signer.source_repository == "https://github.com/acme/models"
    assert verdict.signer.build_trigger == "push"
    assert verdict.log_entry is not None
    assert verdict.log_entry.kind == {1: "dsse/0.0.1", 2: "hashedrekord/0.0.2"}[rekor]


@pytest.mark.parametrize("rekor", [1, 2])
def test_sigstore_accepts_what_the_instance_issues(rekor: int) -> None:
    instance, other = Sigstore(), Sigstore("evil.test")
    bundle = Bundle.from_json(json.dumps(instance.sign(model_statement(FILES), rekor=rekor)))
    Verifier(trusted_root=_root(instance)).verify_dsse(bundle, policy.Identity(identity=WORKFLOW, issuer=GITHUB))

    with pytest.raises(VerificationError, match="match"):
        Verifier(trusted_root=_root(instance)).verify_dsse(bundle, policy.Identity(identity=MAIL, issuer=GITHUB))
    with pytest.raises(VerificationError):
        Verifier(trusted_root=_root(other)).verify_dsse(bundle, policy.UnsafeNoOp())


def _root(instance: Sigstore) -> Any:
    with Front(instance) as served:
        return ClientTrustConfig.from_json(json.dumps(served.trust_config())).trusted_root


@pytest.mark.parametrize("rekor", [1, 2])
def test_what_model_signing_signs_without_keys_verifies(front: Front, model: Path, rekor: int) -> None:
    trust_config = config(front, model.parent, rekor)
    token = front.token(sub=MAIL, email=MAIL)
    model_signing.signing.Config().use_sigstore_signer(identity_token=token, trust_config=trust_config).sign(
        model, model.with_suffix(".sig")
    )

    verdict = shown((model.with_suffix(".sig")).read_bytes(), keyless(front))
    assert verdict.statement.predicate_type == MODEL_SIGNATURE
    assert verdict.signer.subjects == (MAIL,)
    assert compared(verdict, model).signed == tuple(FILES)
    assert compared(verdict, model).matches

    checker = model_signing.verifying.Config().use_sigstore_verifier(
        identity=MAIL, oidc_issuer=front.url, trust_config=trust_config
    )
    checker.verify(model, model.with_suffix(".sig"))


def test_model_signing_accepts_what_the_instance_issues_and_names_a_changed_file(front: Front, model: Path) -> None:
    (model.with_suffix(".sig")).write_text(json.dumps(front.instance.sign(model_statement(FILES))))
    checker = model_signing.verifying.Config().use_sigstore_verifier(
        identity=WORKFLOW, oidc_issuer=GITHUB, trust_config=config(front, model.parent)
    )
    checker.verify(model, model.with_suffix(".sig"))
    (model / "config.json").write_text("{}")
    (model / "evil.py").write_text("import os")
    (model / "README.md").unlink()

    with pytest.raises(ValueError, match=r"config\.json"):
        checker.verify(model, model.with_suffix(".sig"))
    found = compared(shown((model.with_suffix(".sig")).read_bytes(), keyless(front)), model)
    assert (found.changed, found.missing, found.unsigned) == (("config.json",), ("README.md",), ("evil.py",))


def private(key: ec.EllipticCurvePrivateKey, path: Path) -> Path:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda one: one.name)
def test_what_model_signing_signs_with_a_key_verifies(model: Path, curve: ec.EllipticCurve) -> None:
    key = ec.generate_private_key(curve)
    signer = model_signing.signing.Config().use_elliptic_key_signer(private_key=private(key, model.parent / "key.pem"))
    signer.sign(model, model.with_suffix(".sig"))

    verdict = shown((model.with_suffix(".sig")).read_bytes(), key_trust(public_pem(key), datetime.now(UTC)))
    assert verdict.signed_at is None
    assert compared(verdict, model).matches


@pytest.mark.parametrize(("algorithm", "comparable"), [("sha256", True), ("blake2", True), ("blake3", False)])
@pytest.mark.parametrize("shards", [False, True])
def test_every_serialization_of_model_signing_is_read(
    model: Path, algorithm: str, comparable: bool, shards: bool
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    hashing = model_signing.hashing.Config()
    if shards:
        hashing.use_shard_serialization(hashing_algorithm=algorithm, shard_size=50_000)
    else:
        hashing.use_file_serialization(hashing_algorithm=algorithm)
    signer = model_signing.signing.Config().use_elliptic_key_signer(private_key=private(key, model.parent / "key.pem"))
    signer.set_hashing_config(hashing).sign(model, model.with_suffix(".sig"))

    found = compared(
        shown((model.with_suffix(".sig")).read_bytes(), key_trust(public_pem(key), datetime.now(UTC))), model
    )
    assert found.comparable == comparable
    assert (found.signed if comparable else found.undetermined) == tuple(FILES)


def test_what_model_signing_signs_with_a_certificate_verifies(model: Path) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    span = (now - timedelta(days=1), now + timedelta(days=1))
    root_key, key = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate("root", root_key, None, *span, authority=True)
    leaf = certificate("signing", key, (root, root_key), *span)
    for name, one in (("root.pem", root), ("leaf.pem", leaf)):
        (model.parent / name).write_bytes(pem(one))
    signer = model_signing.signing.Config().use_certificate_signer(
        private_key=private(key, model.parent / "key.pem"),
        signing_certificate=model.parent / "leaf.pem",
        certificate_chain=[model.parent / "root.pem"],
    )
    signer.sign(model, model.with_suffix(".sig"))
    raw = (model.with_suffix(".sig")).read_bytes()

    verdict = shown(raw, certificate_trust(pem(root), now))
    assert verdict.signer.subject_name == "CN=signing,O=Acme"
    assert verdict.signer.issuer == "CN=root,O=Acme"
    assert compared(verdict, model).matches
    stranger = certificate("root", ec.generate_private_key(ec.SECP256R1()), None, *span, authority=True)
    model_signing.verifying.Config().use_certificate_verifier(certificate_chain=[model.parent / "root.pem"]).verify(
        model, model.with_suffix(".sig")
    )
    assert isinstance(verify(raw, certificate_trust(pem(stranger), now), now), Refused)


def test_the_front_answers_what_it_does_not_know_with_404(front: Front) -> None:
    assert requests.get(f"{front.url}/api/v1/log", timeout=5).status_code == 404
    assert requests.post(f"{front.url}/api/v1/index", data=b"{}", timeout=5).status_code == 404
