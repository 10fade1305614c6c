"""
Chains of certificates up to a configured authority (RFC 5280 §6, without names and policies).

Walked by issuer name and signature, because certificates in use carry the name of their issuer as their own
or say that they are authorities themselves, which verifiers made for the web refuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from weighbridge.provenance.keys import usable
from weighbridge.provenance.refusals import Refusal

LONGEST_CHAIN = 6
_UNDERSTOOD = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
}
"""Critical extensions that are acted on here; any other one means that the certificate is not understood (§4.2)."""
_HASHES = ("sha256", "sha384", "sha512", None)
"""`None`: Ed25519 hashes by itself."""


@dataclass(frozen=True, slots=True)
class _Parts:
    authority: bool
    path_length: int | None
    usage: x509.KeyUsage | None
    purposes: frozenset[x509.ObjectIdentifier]


def read_certificates(ders: Sequence[bytes]) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a bundle; raises `Refusal` for one that is none, or could be written in another way."""
    try:
        certificates = tuple(map(x509.load_der_x509_certificate, ders))
    except ValueError as error:
        raise Refusal("invalid_certificate", f"a certificate cannot be read: {error}") from error
    for der, one in zip(ders, certificates, strict=True):
        # no signature covers the number of unused bits in front of it (X.690 §8.6)
        if not der.endswith(b"\0" + one.signature):
            raise Refusal("invalid_certificate", "a certificate is not in its one canonical encoding")
    return certificates


def certificate_chain(
    certificates: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """Return the chain from the first of `certificates` up to one of `anchors`, both included; raises `Refusal`."""
    leaf, *pool = certificates
    found = _walk((leaf,), tuple(pool), anchors)
    if found is None:
        raise Refusal("unknown_authority", _why_no_chain(leaf, pool, anchors))
    for one in pool:
        # what is not needed is not passed over: it too must be what its issuer signed
        if one not in found and not any(_issued(one, other) for other in (*certificates, *anchors)):
            name = one.subject.rfc4514_string()[:200]
            raise Refusal("invalid_certificate", f"{name} lies in the bundle, and nothing there or here has issued it")
    return found


def _walk(
    chain: tuple[x509.Certificate, ...], pool: tuple[x509.Certificate, ...], anchors: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...] | None:
    last = chain[-1]
    for anchor in anchors:
        if anchor != last and _issued(last, anchor):
            return (*chain, anchor)
    if len(chain) == LONGEST_CHAIN:
        return None
    for position, candidate in enumerate(pool):
        if candidate not in chain and _issued(last, candidate):
            found = _walk((*chain, candidate), (*pool[:position], *pool[position + 1 :]), anchors)
            if found is not None:
                return found
    return None


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _why_no_chain(leaf: x509.Certificate, pool: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate]) -> str:
    """Tell another authority of the publisher's from somebody else's."""
    issuers = {one.issuer for one in (leaf, *pool)}
    shown = leaf.issuer.rfc4514_string()[:200]
    if any(anchor.subject in issuers for anchor in anchors):
        return f"the certificate names {shown}, whose trusted certificate has another key"
    return f"the certificate was issued by {shown}, which leads to no trusted authority"


def check_chain(chain: Sequence[x509.Certificate], times: Sequence[datetime], *, tolerate_authority_leaf: bool) -> None:
    """Return when a chain may sign code and was valid at all of `times`; raises `Refusal`."""
    leaf, *authorities = chain
    parts = _parts(leaf)
    if parts.authority and not tolerate_authority_leaf:
        raise Refusal("invalid_certificate", "the signing certificate says that it is an authority itself (CA=true)")
    if parts.usage is None or not parts.usage.digital_signature:
        raise Refusal("invalid_certificate", "the signing certificate lacks the key usage digitalSignature")
    if ExtendedKeyUsageOID.CODE_SIGNING not in parts.purposes:
        raise Refusal("invalid_certificate", "the signing certificate lacks the extended key usage codeSigning")
    for below, one in enumerate(authorities):
        _check_authority(one, below)
    for one in chain:
        for time in times:
            if not one.not_valid_before_utc <= time <= one.not_valid_after_utc:
                name = one.subject.rfc4514_string()[:200] or "the signing certificate"
                raise Refusal("outside_validity", f"{name} was not valid at {time:%Y-%m-%d %H:%M} UTC")


def _check_authority(certificate: x509.Certificate, below: int) -> None:
    """Check a certificate with `below` other authorities between it and the signing certificate."""
    name = certificate.subject.rfc4514_string()[:200]
    parts = _parts(certificate)
    if (why := _why_not(parts)) is not None:
        raise Refusal("invalid_certificate", f"{name} {why}")
    if parts.path_length is not None and below > parts.path_length:
        raise Refusal(
            "invalid_certificate", f"{name} allows {parts.path_length} authorities below it, there are {below}"
        )
    if parts.purposes and not parts.purposes & {
        ExtendedKeyUsageOID.CODE_SIGNING,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    }:
        raise Refusal("invalid_certificate", f"{name} is an authority for other purposes than code signing")


def why_no_authority(certificate: x509.Certificate) -> str | None:
    """Return why a certificate may not issue others, as the end of a sentence; `None` when it may."""
    try:
        return _why_not(_parts(certificate))
    except Refusal as refusal:
        return f"cannot be used: {refusal.detail}"


def _why_not(parts: _Parts) -> str | None:
    if not parts.authority:
        return "is no certificate authority (CA=false)"
    if parts.usage is not None and not parts.usage.key_cert_sign:
        return "lacks the key usage keyCertSign"
    return None


def _parts(certificate: x509.Certificate) -> _Parts:
    """Read the extensions that decide; a weak key or signature, or anything critical beyond them, is refused."""
    try:
        usable(certificate.public_key())
        algorithm = certificate.signature_hash_algorithm
        extensions = list(certificate.extensions)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Refusal("unsupported_key", f"a certificate cannot be used: {error}") from error
    if (algorithm.name if algorithm is not None else None) not in _HASHES:
        raise Refusal("invalid_certificate", "a certificate is signed with a broken hash, expected SHA-2 or Ed25519")
    for one in extensions:
        if one.critical and one.oid not in _UNDERSTOOD:
            raise Refusal(
                "invalid_certificate",
                f"a certificate has the critical extension {one.oid.dotted_string}, which is not understood",
            )
    values = [one.value for one in extensions]
    basic = next((one for one in values if isinstance(one, x509.BasicConstraints)), None)
    purposes = next((one for one in values if isinstance(one, x509.ExtendedKeyUsage)), ())
    return _Parts(
        basic is not None and basic.ca,
        basic.path_length if basic is not None else None,
        next((one for one in values if isinstance(one, x509.KeyUsage)), None),
        frozenset(purposes),
    )
