from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.simulators.sigstore.encoding import IN_TOTO, b64, canonical, pae, pem
from tests.simulators.sigstore.instance import Sigstore
from tests.simulators.sigstore.models import key_hint, model_statement, public_pem, signed_by_key

from weighbridge.model.provenance import Refused, Verified
from weighbridge.provenance import KeyTrust, key_trust, method_of, verify

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
STATEMENT = model_statement({"README.md": b"# card"})
KEYS: dict[str, Any] = {
    "P-256": ec.generate_private_key(ec.SECP256R1()),
    "P-384": ec.generate_private_key(ec.SECP384R1()),
    "P-521": ec.generate_private_key(ec.SECP521R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
    "RSA 2048": rsa.generate_private_key(65537, 2048),
}
KEY = KEYS["P-256"]


def trust(*keys: Any) -> KeyTrust:
    return key_trust(b"".join(map(public_pem, keys)), NOW)


def judged(bundle: Any, against: KeyTrust) -> Verified | Refused:
    return verify(json.dumps(bundle).encode(), against, NOW)


def code(bundle: Any, against: KeyTrust) -> str:
    verdict = judged(bundle, against)
    assert isinstance(verdict, Refused), verdict
    return verdict.code


@pytest.mark.parametrize("name", KEYS)
def test_a_signature_by_a_trusted_key_holds(name: str) -> None:
    bundle = signed_by_key(STATEMENT, KEYS[name])
    verdict = judged(bundle, trust(*KEYS.values()))

    assert method_of(json.dumps(bundle).encode()) == "key"
    assert isinstance(verdict, Verified), verdict
    der = KEYS[name].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert verdict.signer.sha256 == hashlib.sha256(der).hexdigest()
    assert (verdict.signer.method, verdict.signer.subjects, verdict.signer.issuer) == ("key", (), None)
    assert (verdict.signed_at, verdict.log_entry) == (None, None)


def test_a_key_is_named_by_the_digest_of_its_text_or_of_its_bytes() -> None:
    digest = hashlib.sha256(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    for hint in (key_hint(KEY), digest.hexdigest(), b64(digest.digest())):
        bundle = signed_by_key(STATEMENT, KEY, material={"publicKey": {"hint": hint}})

        assert isinstance(judged(bundle, trust(KEYS["P-384"], KEY)), Verified)


def test_a_key_that_is_not_trusted_is_refused_whatever_the_bundle_says() -> None:
    stranger = ec.generate_private_key(ec.SECP256R1())
    assert code(signed_by_key(STATEMENT, stranger), trust(KEY)) == "unknown_key"
    assert code(signed_by_key(STATEMENT, KEY, material={"publicKey": {"hint": ""}}), trust(KEY)) == "unknown_key"
    named_as_ours = {"publicKey": {"hint": key_hint(KEY)}}

    assert code(signed_by_key(STATEMENT, stranger, material=named_as_ours), trust(KEY)) == "invalid_signature"


def test_a_key_in_the_bundle_is_compared_and_never_trusted() -> None:
    stranger = ec.generate_private_key(ec.SECP256R1())

    def carrying(key: Any, signer: Any, **hint: str) -> dict[str, Any]:
        embedded = {"rawBytes": b64(public_pem(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", **hint}
        return signed_by_key(STATEMENT, signer, material={"publicKey": embedded})

    assert isinstance(judged(carrying(KEY, KEY), trust(KEY)), Verified)
    assert isinstance(judged(carrying(KEY, KEY, hint=key_hint(KEY)), trust(KEY)), Verified)
    assert code(carrying(KEY, KEY, hint=key_hint(stranger)), trust(KEY, stranger)) == "unknown_key"
    assert code(carrying(stranger, stranger), trust(KEY)) == "unknown_key"
    assert code(carrying(KEY, stranger), trust(KEY)) == "invalid_signature"


@pytest.mark.parametrize("name", KEYS)
def test_a_signature_of_one_kind_of_key_is_none_of_another(name: str) -> None:
    for other, key in KEYS.items():
        if other != name:
            claimed = {"publicKey": {"hint": key_hint(KEYS[name])}}

            assert code(signed_by_key(STATEMENT, key, material=claimed), trust(*KEYS.values())) == "invalid_signature"


def forged(signature: bytes, key: Any) -> dict[str, Any]:
    bundle = signed_by_key(STATEMENT, key)
    bundle["dsseEnvelope"]["signatures"] = [{"sig": b64(signature), "keyid": ""}]
    return bundle


def test_the_hash_and_padding_follow_the_configured_key() -> None:
    message = pae(IN_TOTO, canonical(STATEMENT))
    short = KEYS["P-384"].sign(message, ec.ECDSA(hashes.SHA256()))
    padded = KEYS["RSA 2048"].sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    bare = KEY.sign(canonical(STATEMENT), ec.ECDSA(hashes.SHA256()))
    malformed = KEY.sign(message.replace(b"DSSEv1", b"DSSEv1 b'"), ec.ECDSA(hashes.SHA256()))

    for signature, key in (
        (short, KEYS["P-384"]),
        (padded, KEYS["RSA 2048"]),
        (bare, KEY),
        (malformed, KEY),
        (b"", KEY),
    ):
        assert code(forged(signature, key), trust(key)) == "invalid_signature"


def test_a_timestamp_gives_a_key_signature_its_time() -> None:
    here = Sigstore(now=NOW)
    chain = b"".join(map(pem, here.timestamps.chain))
    bundle = signed_by_key(STATEMENT, KEY)
    signature = base64.b64decode(bundle["dsseEnvelope"]["signatures"][0]["sig"])

    def stamped(*times: datetime) -> dict[str, Any]:
        stamps = [{"signedTimestamp": b64(here.timestamps.stamp(signature, one))} for one in times]
        material = {**bundle["verificationMaterial"], "timestampVerificationData": {"rfc3161Timestamps": stamps}}
        return {**bundle, "verificationMaterial": material}

    against = key_trust(public_pem(KEY), NOW, chain)
    verdict = judged(stamped(NOW, NOW - timedelta(days=2)), against)
    assert isinstance(verdict, Verified), verdict
    assert verdict.signed_at == int((NOW - timedelta(days=2)).timestamp())
    assert code(stamped(NOW + timedelta(days=1)), against) == "outside_validity"
    without = judged(stamped(NOW), trust(KEY))
    assert isinstance(without, Verified)
    assert without.signed_at is None
    unstamped = judged(bundle, against)
    assert isinstance(unstamped, Verified)
    assert unstamped.signed_at is None
