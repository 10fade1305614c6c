"""The few encodings a Sigstore instance writes that `cryptography` has no builder for."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

IN_TOTO = "application/vnd.in-toto+json"


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def sha256(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def canonical(value: object) -> bytes:
    """JSON with sorted keys and no spaces: the RFC 8785 form of the text and whole numbers that occur here."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def spki(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def key_id(key: ec.EllipticCurvePublicKey) -> bytes:
    """How logs are named: the digest of their key."""
    return sha256(spki(key))


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def der_value(tag: int, body: bytes) -> bytes:
    """Write one DER element of up to 65,535 bytes."""
    size = len(body)
    length = bytes([size]) if size < 128 else b"\x81%c" % size if size < 256 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + body


def der_text(text: str) -> bytes:
    """A UTF8String, as Fulcio writes its extensions from .8 on."""
    return der_value(0x0C, text.encode())


def der_octets(body: bytes) -> bytes:
    return der_value(0x04, body)


def pae(payload_type: str, payload: bytes) -> bytes:
    """The bytes that a DSSE signature covers (DSSE, protocol.md)."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def rfc3339(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
