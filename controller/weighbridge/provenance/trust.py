"""
What signatures are checked against: read once, refused with one sentence when it cannot prove anything.

Nothing is ever trusted that was not configured: no certificates of the web, no key that a bundle carries, no root from a network.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeAlias

from cryptography import x509

from weighbridge.errors import BadTrust
from weighbridge.model.provenance import Method
from weighbridge.provenance.chains import why_no_authority
from weighbridge.provenance.keys import NamedKey, pem_blocks, read_keys
from weighbridge.provenance.roots import Root, read_root
from weighbridge.provenance.timestamps import TimestampAuthority

MOST_AUTHORITIES = 64


@dataclass(frozen=True, slots=True)
class KeylessTrust:
    """A Sigstore instance."""

    version: str
    """sha256 of the material and settings: the same version proves the same."""
    root: Root
    method: ClassVar[Method] = "sigstore"


@dataclass(frozen=True, slots=True)
class KeyTrust:
    """Public keys."""

    version: str
    keys: tuple[NamedKey, ...]
    timestamp_authorities: tuple[TimestampAuthority, ...] = ()
    method: ClassVar[Method] = "key"


@dataclass(frozen=True, slots=True)
class CertificateTrust:
    """Certificate authorities of an organization."""

    version: str
    authorities: tuple[x509.Certificate, ...]
    timestamp_authorities: tuple[TimestampAuthority, ...] = ()
    tolerate_authority_leaf: bool = False
    """Accept a signing certificate that says it is an authority itself (CA=true), as some in use do."""
    method: ClassVar[Method] = "certificate"


Trust: TypeAlias = KeylessTrust | KeyTrust | CertificateTrust


def keyless_trust(trusted_root: bytes, now: datetime) -> KeylessTrust:
    """Return the Sigstore instance that a `trusted_root.json` describes; raises `BadTrust`."""
    return KeylessTrust(_version(b"keyless", trusted_root), read_root(trusted_root, now))


def key_trust(keys: bytes, now: datetime, timestamp_authority: bytes | None = None) -> KeyTrust:
    """Return the keys of a PEM file, with the PEM chain of a timestamp authority where there is one; raises `BadTrust`."""
    version = _version(b"key", keys, timestamp_authority or b"")
    return KeyTrust(version, read_keys(keys), _timestamp_authorities(timestamp_authority, now))


def certificate_trust(
    roots: bytes, now: datetime, timestamp_authority: bytes | None = None, *, tolerate_authority_leaf: bool = False
) -> CertificateTrust:
    """Return the certificate authorities of a PEM file: each of them is an anchor; raises `BadTrust`."""
    subject = "trusted certificate authority"
    certificates = _certificates(roots, subject)
    for one in certificates:
        if (why := why_no_authority(one)) is not None:
            raise BadTrust(f"{subject}: {one.subject.rfc4514_string()[:200]} {why}")
    _check_current(certificates, now, subject)
    settings = b"tolerant" if tolerate_authority_leaf else b"strict"
    return CertificateTrust(
        _version(b"certificate", settings, roots, timestamp_authority or b""),
        certificates,
        _timestamp_authorities(timestamp_authority, now),
        tolerate_authority_leaf,
    )


def _timestamp_authorities(chain: bytes | None, now: datetime) -> tuple[TimestampAuthority, ...]:
    if chain is None:
        return ()
    subject = "timestamp authority"
    certificates = _certificates(chain, subject)
    if len(certificates) < 2:
        raise BadTrust(f"{subject}: has 1 certificate, expected its signing certificate first and its root last")
    _check_current(certificates, now, subject)
    return (TimestampAuthority(certificates),)


def _certificates(text: bytes, subject: str) -> tuple[x509.Certificate, ...]:
    blocks = pem_blocks(text)
    if any("PRIVATE" in label for label, _ in blocks):
        raise BadTrust(
            f"{subject}: the file holds a private key. Fix: give the certificates only, and replace that key"
        )
    if not blocks or len(blocks) > MOST_AUTHORITIES or any(label != "CERTIFICATE" for label, _ in blocks):
        raise BadTrust(f"{subject}: expected 1 to {MOST_AUTHORITIES} PEM blocks 'CERTIFICATE' and nothing else")
    try:
        return tuple(x509.load_pem_x509_certificate(block) for _, block in blocks)
    except ValueError as error:
        raise BadTrust(f"{subject}: a certificate cannot be read: {error}") from error


def _check_current(certificates: tuple[x509.Certificate, ...], now: datetime, subject: str) -> None:
    for one in certificates:
        name = one.subject.rfc4514_string()[:200]
        if now > one.not_valid_after_utc:
            raise BadTrust(
                f"{subject}: {name} has expired on {one.not_valid_after_utc:%Y-%m-%d}. Fix: give the current one"
            )
        if now < one.not_valid_before_utc:
            raise BadTrust(f"{subject}: {name} is valid from {one.not_valid_before_utc:%Y-%m-%d} on only")


def _version(*parts: bytes) -> str:
    """Return a digest in which no two lists of parts look alike."""
    return hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in parts)).hexdigest()
