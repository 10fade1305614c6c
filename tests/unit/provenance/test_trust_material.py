from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from tests.simulators.sigstore.authority import usage
from tests.simulators.sigstore.encoding import b64, pem
from tests.simulators.sigstore.instance import Sigstore
from tests.simulators.sigstore.models import certificate, public_pem

from weighbridge.errors import BadTrust
from weighbridge.provenance import certificate_trust, key_trust, keyless_trust
from weighbridge.provenance.roots import LARGEST_ROOT

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
START, END = NOW - timedelta(days=400), NOW + timedelta(days=400)
HERE = Sigstore(now=NOW)
KEY = ec.generate_private_key(ec.SECP256R1())
CLOSED = {"start": "2001-01-01T00:00:00Z", "end": "2002-01-01T00:00:00Z"}


def authority(**parts: Any) -> bytes:
    return pem(
        certificate("root", KEY, None, *parts.pop("span", (START, END)), authority=parts.pop("ca", True), **parts)
    )


def root(**changes: Any) -> bytes:
    return json.dumps({**HERE.trusted_root(), **changes}).encode()


def edited(part: str, **changes: Any) -> bytes:
    whole = HERE.trusted_root()
    for one in whole[part]:
        one.update(changes)
    return json.dumps(whole).encode()


def private(key: Any) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_material_with_the_same_content_and_settings_has_the_same_version() -> None:
    stamps = b"".join(map(pem, HERE.timestamps.chain))
    versions = [
        keyless_trust(root(), NOW).version,
        keyless_trust(root() + b" ", NOW).version,
        key_trust(public_pem(KEY), NOW).version,
        key_trust(public_pem(KEY), NOW, stamps).version,
        certificate_trust(authority(), NOW).version,
        certificate_trust(authority(), NOW, stamps).version,
        certificate_trust(authority(), NOW, tolerate_authority_leaf=True).version,
    ]

    assert len(set(versions)) == len(versions)
    assert keyless_trust(root(), NOW + timedelta(days=1)).version == versions[0]
    assert [len(one) for one in versions] == [64] * 7


def test_text_around_keys_and_certificates_is_left_alone() -> None:
    text = b"Subject: us\n" + public_pem(KEY) + b"\nand\n" + public_pem(ed25519.Ed25519PrivateKey.generate())

    assert len(key_trust(text, NOW).keys) == 2
    assert len(certificate_trust(b"# root\n" + authority() + authority(), NOW).authorities) == 2


def broken_key() -> bytes:
    return b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "expected 1 to 64 PEM blocks 'PUBLIC KEY'"),
        (b"not a key", "expected 1 to 64 PEM blocks"),
        (authority(), "expected 1 to 64 PEM blocks"),
        (public_pem(KEY) * 65, "expected 1 to 64 PEM blocks"),
        (private(KEY), "holds a private key"),
        (broken_key(), "cannot be used"),
        (public_pem(rsa.generate_private_key(65537, 1024)), "an RSA key of 1024 bits, expected 2048 or more"),
        (public_pem(ec.generate_private_key(ec.SECP256K1())), "on secp256k1, expected P-256, P-384 or P-521"),
        (public_pem(ed448.Ed448PrivateKey.generate()), "a key of a kind that signs nothing here"),  # type: ignore[arg-type]
    ],
    ids=range(9),
)
def test_keys_that_cannot_be_used_are_refused(text: bytes, message: str) -> None:
    with pytest.raises(BadTrust, match=message):
        key_trust(text, NOW)


def wrong_certificate() -> bytes:
    return b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def signed_by_dsa() -> bytes:
    key = dsa.generate_private_key(1024)
    return pem(certificate("root", key, None, START, END, authority=True))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "expected 1 to 64 PEM blocks 'CERTIFICATE'"),
        (public_pem(KEY), "expected 1 to 64 PEM blocks 'CERTIFICATE'"),
        (authority() + private(KEY), "holds a private key"),
        (wrong_certificate(), "a certificate cannot be read"),
        (authority(ca=False), "CN=root,O=Acme is no certificate authority"),
        (authority(key_usage=usage(signs=True)), "lacks the key usage keyCertSign"),
        (authority(span=(START, NOW - timedelta(days=1))), "CN=root,O=Acme has expired on 2026-11-01. Fix: "),
        (authority(span=(NOW + timedelta(days=1), END)), "is valid from 2026-11-03 on only"),
        (signed_by_dsa(), "cannot be used"),
    ],
    ids=range(9),
)
def test_authorities_that_cannot_be_used_are_refused(text: bytes, message: str) -> None:
    with pytest.raises(BadTrust, match=message):
        certificate_trust(text, NOW)


def test_an_authority_that_is_signed_with_a_broken_hash_is_refused(legacy_authority: bytes) -> None:
    with pytest.raises(BadTrust, match="signed with a broken hash"):
        certificate_trust(legacy_authority, NOW)


@pytest.fixture
def legacy_authority() -> bytes:
    return authority(digest=hashes.SHA224())


def test_a_timestamp_authority_is_a_chain_that_has_not_expired() -> None:
    chain = b"".join(map(pem, HERE.timestamps.chain))
    assert len(key_trust(public_pem(KEY), NOW, chain).timestamp_authorities[0].chain) == 2

    with pytest.raises(
        BadTrust, match="timestamp authority: has 1 certificate, expected its signing certificate first"
    ):
        key_trust(public_pem(KEY), NOW, pem(HERE.timestamps.root))
    with pytest.raises(BadTrust, match=r"timestamp authority: .* has expired on"):
        key_trust(public_pem(KEY), NOW + timedelta(days=4000), chain)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "not a Sigstore trusted root"),
        (b"{}", "not a Sigstore trusted root"),
        (b" " * (LARGEST_ROOT + 1), "has 1048577 bytes, at most 1048576 are read"),
        (
            root(mediaType="application/vnd.dev.sigstore.trustedroot.v0.2+json"),
            "not a Sigstore trusted root of version 0.1",
        ),
        (root(tlogs=[]), "names no transparency log, at least one is needed"),
        (root(ctlogs=[]), "names no certificate transparency log, at least one is needed"),
        (root(certificateAuthorities=[]), "names no certificate authority, at least one is needed"),
        (
            edited("certificateAuthorities", validFor=CLOSED),
            "no certificate authority in it is valid on 2026-11-02. Fix: ",
        ),
        (edited("certificateAuthorities", certChain={"certificates": []}), "an authority without a certificate"),
        (
            edited("certificateAuthorities", certChain={"certificates": [{"rawBytes": "AAAA"}]}),
            "not a Sigstore trusted",
        ),
        (edited("tlogs", publicKey={"keyDetails": "PKIX_ECDSA_P256_SHA_256"}), "a log without a key"),
        (
            edited("tlogs", publicKey={"keyDetails": "PKIX_ECDSA_P256_SHA_256", "rawBytes": "AAAA"}),
            "not a Sigstore trusted",
        ),
    ],
    ids=range(12),
)
def test_a_root_that_cannot_prove_anything_is_refused(raw: bytes, message: str) -> None:
    with pytest.raises(BadTrust, match=message):
        keyless_trust(raw, NOW)


@pytest.mark.parametrize("part", ["tlogs", "ctlogs"])
def test_a_root_whose_logs_are_all_closed_is_refused(part: str) -> None:
    whole = HERE.trusted_root()
    for one in whole[part]:
        one["publicKey"]["validFor"] = CLOSED

    with pytest.raises(BadTrust, match=r"transparency log in it is valid on 2026-11-02\. Fix: fetch the current root"):
        keyless_trust(json.dumps(whole).encode(), NOW)


def test_a_root_whose_certificates_have_expired_is_refused() -> None:
    with pytest.raises(BadTrust, match="no certificate authority in it is valid on 2037"):
        keyless_trust(root(), datetime(2037, 1, 1, tzinfo=UTC))


def test_a_log_without_a_window_is_always_valid() -> None:
    whole = HERE.trusted_root()
    for one in whole["tlogs"]:
        del one["publicKey"]["validFor"]
    whole["tlogs"][0]["publicKey"]["rawBytes"] = b64(
        KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )

    assert keyless_trust(json.dumps(whole).encode(), NOW).root.logs[0].window.covers(START)
