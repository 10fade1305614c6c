"""Statements that people sign about models, and keys and certificates of organizations that sign without Sigstore."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.simulators.sigstore.authority import named, usage
from tests.simulators.sigstore.encoding import IN_TOTO, b64, canonical, der, pae
from tests.simulators.sigstore.instance import BUNDLE, envelope

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
STATEMENT = "https://in-toto.io/Statement/v1"
SIGNATURE = "https://model_signing/signature/v1.0"
IGNORED = ("model.sig", ".git", ".gitattributes", ".github", ".gitignore")


def model_statement(
    files: Mapping[str, bytes | str],
    *,
    ignored: Iterable[str] = IGNORED,
    algorithm: str = "sha256",
    **serialization: Any,
) -> dict[str, Any]:
    """List files, by content or by the digest a hub knows, as OpenSSF Model Signing v1.0 does."""
    resources = [
        {
            "name": name,
            "algorithm": algorithm,
            "digest": one if isinstance(one, str) else hashlib.new(algorithm, one).hexdigest(),
        }
        for name, one in sorted(files.items())
    ]
    how = {"method": "files", "hash_type": algorithm, "allow_symlinks": False, "ignore_paths": sorted(ignored)}
    return listed(resources, {**how, **serialization})


def listed(resources: Sequence[Mapping[str, Any]], serialization: Mapping[str, Any]) -> dict[str, Any]:
    digests = b"".join(bytes.fromhex(one["digest"]) for one in resources)
    return {
        "_type": STATEMENT,
        "subject": [{"name": "model", "digest": {"sha256": hashlib.sha256(digests).hexdigest()}}],
        "predicateType": SIGNATURE,
        "predicate": {"serialization": dict(serialization), "resources": list(resources)},
    }


def about(digest: str, predicate_type: str, predicate: Mapping[str, Any]) -> dict[str, Any]:
    """Make an in-toto statement about one artifact, by its sha256."""
    return {
        "_type": STATEMENT,
        "subject": [{"name": "model", "digest": {"sha256": digest}}],
        "predicateType": predicate_type,
        "predicate": dict(predicate),
    }


def public_pem(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_hint(key: PrivateKey) -> str:
    """How model_signing names a key: the digest of its PEM form."""
    return hashlib.sha256(public_pem(key)).hexdigest()


def signature(key: PrivateKey, payload: bytes, payload_type: str = IN_TOTO) -> bytes:
    message = pae(payload_type, payload)
    match key:
        case ec.EllipticCurvePrivateKey():
            by_size = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}
            return key.sign(message, ec.ECDSA(by_size.get(key.curve.key_size, hashes.SHA256())))
        case ed25519.Ed25519PrivateKey():
            return key.sign(message)
        case rsa.RSAPrivateKey():
            return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def signed_by_key(
    statement: Mapping[str, Any] | bytes,
    key: PrivateKey,
    *,
    material: Mapping[str, Any] | None = None,
    kind: str = IN_TOTO,
) -> dict[str, Any]:
    """Sign with a bare key; `material` says how the bundle names it, by default as model_signing does."""
    payload = statement if isinstance(statement, bytes) else canonical(statement)
    return {
        "mediaType": BUNDLE,
        "verificationMaterial": {"publicKey": {"hint": key_hint(key)}, "tlogEntries": [], **(material or {})},
        "dsseEnvelope": envelope(payload, kind, signature(key, payload, kind)),
    }


def signed_by_certificate(
    statement: Mapping[str, Any], key: PrivateKey, chain: Sequence[x509.Certificate], stamps: Sequence[bytes] = ()
) -> dict[str, Any]:
    payload = canonical(statement)
    certificates = [{"rawBytes": b64(der(one))} for one in chain]
    material: dict[str, Any] = {"x509CertificateChain": {"certificates": certificates}, "tlogEntries": []}
    if stamps:
        material["timestampVerificationData"] = {"rfc3161Timestamps": [{"signedTimestamp": b64(one)} for one in stamps]}
    return {
        "mediaType": BUNDLE,
        "verificationMaterial": material,
        "dsseEnvelope": envelope(payload, IN_TOTO, signature(key, payload)),
    }


def certificate(
    name: str,
    key: PrivateKey,
    issuer: tuple[x509.Certificate, PrivateKey] | None,
    start: datetime,
    end: datetime,
    *,
    authority: bool = False,
    path_length: int | None = None,
    key_usage: x509.KeyUsage | None = None,
    purposes: Sequence[x509.ObjectIdentifier] | None = None,
    extra: Sequence[tuple[x509.ExtensionType, bool]] = (),
    digest: hashes.HashAlgorithm | None = None,
) -> x509.Certificate:
    """Issue a certificate of an organization; without `issuer` it is self-signed."""
    subject = named("Acme", name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer[0].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=path_length), critical=True)
        .add_extension(key_usage or usage(signs=not authority, issues=authority), critical=True)
    )
    wanted = purposes if purposes is not None else () if authority else (ExtendedKeyUsageOID.CODE_SIGNING,)
    if wanted:
        builder = builder.add_extension(x509.ExtendedKeyUsage(wanted), critical=False)
    for value, critical in extra:
        builder = builder.add_extension(value, critical=critical)
    signing = key if issuer is None else issuer[1]
    by_itself = isinstance(signing, ed25519.Ed25519PrivateKey)
    return builder.sign(signing, None if by_itself else (digest or hashes.SHA256()))
