"""
Public keys that may verify a signature, and the one way in which each of them does.

The algorithm follows from the configured key alone, never from the bundle, so that a signature cannot choose how it is checked.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from weighbridge.errors import BadTrust
from weighbridge.model.provenance import Signer
from weighbridge.provenance.bundles import Bundle
from weighbridge.provenance.refusals import Refusal

SMALLEST_RSA = 2048
"""Bits; below that a key can be broken with patience (NIST SP 800-57)."""
MOST_KEYS = 64
PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey
_CURVES: dict[str, hashes.HashAlgorithm] = {
    "secp256r1": hashes.SHA256(),
    "secp384r1": hashes.SHA384(),
    "secp521r1": hashes.SHA512(),
}
"""The hash follows the curve (FIPS 186-5): a verifier that always takes SHA-256 fails on P-384."""
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
"""Text before and between the blocks is left alone, as openssl writes it."""


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A configured key with the names a bundle may call it by."""

    key: PublicKey
    sha256: str
    """Of the DER form."""
    pem: bytes
    names: frozenset[str]


def usable(key: PublicKeyTypes) -> PublicKey:
    """Return a key that we verify with; raises `ValueError` with the reason why not."""
    match key:
        case ec.EllipticCurvePublicKey() if key.curve.name in _CURVES:
            return key
        case ed25519.Ed25519PublicKey():
            return key
        case rsa.RSAPublicKey() if key.key_size >= SMALLEST_RSA:
            return key
        case ec.EllipticCurvePublicKey():
            raise ValueError(f"an elliptic curve key on {key.curve.name}, expected P-256, P-384 or P-521")
        case rsa.RSAPublicKey():
            raise ValueError(f"an RSA key of {key.key_size} bits, expected {SMALLEST_RSA} or more")
        case _:
            raise ValueError("a key of a kind that signs nothing here, expected elliptic curve, RSA or Ed25519")


def check_signature(key: PublicKey, signature: bytes, message: bytes) -> None:
    """Return when `key` made `signature` over `message`; raises `InvalidSignature`."""
    match key:
        case ec.EllipticCurvePublicKey():
            key.verify(signature, message, ec.ECDSA(_CURVES[key.curve.name]))
        case ed25519.Ed25519PublicKey():
            key.verify(signature, message)
        case rsa.RSAPublicKey():
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())


def pem_blocks(text: bytes) -> list[tuple[str, bytes]]:
    """Return the label and bytes of each PEM block."""
    return [(match[1].decode(), match[0]) for match in _PEM.finditer(text)]


def read_keys(text: bytes) -> tuple[NamedKey, ...]:
    """Return the public keys of a PEM file; raises `BadTrust` when there is none or one cannot be used."""
    blocks = pem_blocks(text)
    if any("PRIVATE" in label for label, _ in blocks):
        raise BadTrust("trusted key: the file holds a private key. Fix: give the public key only, and replace this one")
    if not blocks or len(blocks) > MOST_KEYS or any(label != "PUBLIC KEY" for label, _ in blocks):
        raise BadTrust(f"trusted key: expected 1 to {MOST_KEYS} PEM blocks 'PUBLIC KEY' and nothing else")
    return tuple(_named(block) for _, block in blocks)


def _named(block: bytes) -> NamedKey:
    try:
        key = usable(load_pem_public_key(block))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadTrust(f"trusted key: cannot be used: {error}") from error
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    digest = hashlib.sha256(der)
    # model_signing hashes the key as PEM, cosign its DER and writes that as base64; both have been seen in hexadecimal.
    names = {hashlib.sha256(pem).hexdigest(), digest.hexdigest(), base64.b64encode(digest.digest()).decode()}
    return NamedKey(key, digest.hexdigest(), pem, frozenset(names))


def verify_by_key(bundle: Bundle, keys: tuple[NamedKey, ...]) -> Signer:
    """Prove that one of `keys` signed; raises `Refusal`."""
    named = [one for one in keys if _is_named(bundle, one)]
    if not named:
        shown = bundle.key_hint or "an embedded key"
        raise Refusal("unknown_key", f"the bundle names {shown}, which is none of the {len(keys)} trusted keys")
    try:
        check_signature(named[0].key, bundle.signature, bundle.signed)
    except InvalidSignature as error:
        raise Refusal(
            "invalid_signature", f"the signature was not made by the key {named[0].sha256} over this statement"
        ) from error
    return Signer("key", named[0].sha256)


def _is_named(bundle: Bundle, key: NamedKey) -> bool:
    """A hint names a key; older bundles carry the whole key, which is compared and never trusted."""
    if bundle.key_bytes:
        return bundle.key_bytes in (key.pem, key.pem.rstrip()) and bundle.key_hint in ("", *key.names)
    return bundle.key_hint in key.names
