from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.simulators.sigstore.encoding import b64
from tests.simulators.sigstore.instance import Sigstore
from tests.simulators.sigstore.models import model_statement, signed_by_key

from weighbridge.model.provenance import Refused
from weighbridge.provenance import LARGEST_BUNDLE, method_of

BUNDLE = Sigstore().sign(model_statement({"README.md": b"# card"}), rekor=2)
BY_KEY = signed_by_key(model_statement({"README.md": b"# card"}), ec.generate_private_key(ec.SECP256R1()))
LEAF = BUNDLE["verificationMaterial"]["certificate"]


def refused(raw: bytes | dict[str, Any]) -> tuple[str, str]:
    verdict = method_of(raw if isinstance(raw, bytes) else json.dumps(raw).encode())
    assert isinstance(verdict, Refused), verdict
    return verdict.code, verdict.detail


def changed(change: Callable[[dict[str, Any]], Any], bundle: dict[str, Any] = BUNDLE) -> dict[str, Any]:
    copied = copy.deepcopy(bundle)
    change(copied)
    return copied


def test_the_method_of_a_bundle_shows_in_its_material() -> None:
    old = changed(lambda one: one.update(mediaType="application/vnd.dev.sigstore.bundle+json;version=0.2"))
    old["verificationMaterial"]["x509CertificateChain"] = {
        "certificates": [old["verificationMaterial"].pop("certificate")]
    }
    new = {**old, "mediaType": BUNDLE["mediaType"]}
    unlogged = changed(lambda one: one["verificationMaterial"].update(tlogEntries=[]), old)

    found = [method_of(json.dumps(one).encode()) for one in (BUNDLE, BY_KEY, old, new, unlogged)]
    assert found == ["sigstore", "key", "sigstore", "certificate", "certificate"]


@pytest.mark.parametrize(
    ("raw", "code", "message"),
    [
        (b"", "malformed_bundle", "the file is empty"),
        (b"{", "malformed_bundle", "not a Sigstore bundle"),
        (b"\xff\xfe", "malformed_bundle", "not a Sigstore bundle"),
        (b"[]", "malformed_bundle", "not a Sigstore bundle"),
        (b"{}", "malformed_bundle", "not a Sigstore bundle"),
        (b"[" * 100_000, "malformed_bundle", "not a Sigstore bundle"),
        (b'{"mediaType": {}}', "malformed_bundle", "not a Sigstore bundle"),
        (b" " * (50 * 1024 * 1024), "too_large", f"52428800 bytes, at most {LARGEST_BUNDLE}"),
    ],
    ids=range(8),
)
def test_what_is_no_bundle_is_refused(raw: bytes, code: str, message: str) -> None:
    found = refused(raw)

    assert found[0] == code
    assert message in found[1]


@pytest.mark.parametrize(
    "old",
    [
        {"base64Signature": "", "cert": "", "rekorBundle": {}},
        {"SignedEntryTimestamp": "", "Payload": {}},
        {"critical": {}, "optional": None},
        {"payload": "", "payloadType": "", "signatures": []},
    ],
    ids=("blob bundle", "annotation", "simple signing", "bare envelope"),
)
def test_what_older_signers_wrote_says_how_to_sign_again(old: dict[str, Any]) -> None:
    code, detail = refused(old)

    assert code == "unsupported_entry"
    assert "Sign again with cosign 3 or newer" in detail


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda one: one.update(mediaType="application/vnd.dev.sigstore.bundle.v0.4+json"), "unsupported_bundle"),
        (lambda one: one.update(dsseEnvelope=None), "unsupported_bundle"),
        (lambda one: one.update(dsseEnvelope=None, messageSignature={"signature": ""}), "unsupported_bundle"),
        (lambda one: one.update(messageSignature={"signature": ""}), "malformed_bundle"),
        (lambda one: one.update(surprise=1), "malformed_bundle"),
        (lambda one: one["dsseEnvelope"].update(signatures=[]), "signature_count"),
        (lambda one: one["dsseEnvelope"]["signatures"].append({"sig": "AAAA"}), "signature_count"),
        (lambda one: one["dsseEnvelope"].update(payload="AAB="), "malformed_bundle"),
        (lambda one: one["dsseEnvelope"].update(payload="AAA"), "malformed_bundle"),
        (lambda one: one["dsseEnvelope"].update(payload="é"), "malformed_bundle"),
        (lambda one: one["dsseEnvelope"].update(payload="AA_-"), "malformed_bundle"),
        (lambda one: one["verificationMaterial"].pop("certificate"), "malformed_bundle"),
        (lambda one: one["verificationMaterial"].update(publicKey={"hint": "x"}), "malformed_bundle"),
        (
            lambda one: one["verificationMaterial"].update(certificate=None, x509CertificateChain={"certificates": []}),
            "malformed_bundle",
        ),
        (
            lambda one: one["verificationMaterial"].update(
                certificate=None, x509CertificateChain={"certificates": [LEAF] * 9}
            ),
            "malformed_bundle",
        ),
        (
            lambda one: one["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"].append(
                one["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"][0]
            ),
            "malformed_bundle",
        ),
        (
            lambda one: one["verificationMaterial"].update(
                timestampVerificationData={
                    "rfc3161Timestamps": [{"signedTimestamp": b64(bytes([number]))} for number in range(9)]
                }
            ),
            "malformed_bundle",
        ),
        (lambda one: one["verificationMaterial"]["tlogEntries"][0].update(logIndex="01"), "malformed_bundle"),
        (lambda one: one["verificationMaterial"]["tlogEntries"][0].update(logIndex="-1"), "malformed_bundle"),
        (lambda one: one["verificationMaterial"]["tlogEntries"][0].update(logIndex="9" * 20), "malformed_bundle"),
        (lambda one: one["verificationMaterial"]["tlogEntries"][0].update(logIndex=7), "malformed_bundle"),
        (lambda one: one["verificationMaterial"]["tlogEntries"][0].update(inclusionProof=None), "unsupported_entry"),
    ],
)
def test_a_bundle_of_another_shape_is_refused(change: Callable[[dict[str, Any]], Any], code: str) -> None:
    assert refused(changed(change))[0] == code


def test_a_sentence_about_a_bundle_shows_no_control_characters() -> None:
    _, detail = refused(changed(lambda one: one.update(mediaType="a\x1b[2Jb\u202ec")))

    assert detail.isprintable()
