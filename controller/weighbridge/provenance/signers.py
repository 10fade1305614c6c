"""What a certificate says of the one who holds its key: facts for policies, which alone decide about identity."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from weighbridge.model.provenance import Method, Signer

MOST_NAMES = 32
LONGEST = 500
"""Characters of a name that are kept; a longer one is cut and so matches nothing."""
_ARC = "1.3.6.1.4.1.57264.1."
_ISSUER_V1 = _ARC + "1"
"""Fulcio's oldest extension, a bare string; from .8 on the value is a DER UTF8String (fulcio, docs/oid-info.md)."""
_FACTS = {
    _ARC + "8": "issuer",
    _ARC + "9": "build_signer",
    _ARC + "10": "build_signer_digest",
    _ARC + "11": "runner_environment",
    _ARC + "12": "source_repository",
    _ARC + "13": "source_repository_digest",
    _ARC + "14": "source_repository_ref",
    _ARC + "16": "source_repository_owner",
    _ARC + "18": "build_config",
    _ARC + "20": "build_trigger",
    _ARC + "21": "run_invocation",
    _ARC + "22": "source_repository_visibility",
}


def signer_of(certificate: x509.Certificate, method: Method) -> Signer:
    """Return what `certificate` says; raises `ValueError` when an extension cannot be read."""
    raw = {one.oid.dotted_string: one.value for one in certificate.extensions}
    facts = {
        field: _utf8(value.value)
        for oid, field in _FACTS.items()
        if isinstance(value := raw.get(oid), x509.UnrecognizedExtension)
    }
    first = raw.get(_ISSUER_V1)
    if "issuer" not in facts and isinstance(first, x509.UnrecognizedExtension):
        facts["issuer"] = first.value.decode("utf-8")[:LONGEST]
    by_authority = method == "certificate"
    return Signer(
        method=method,
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
        subjects=_names(certificate),
        subject_name=certificate.subject.rfc4514_string()[:LONGEST] if by_authority else None,
        not_before=int(certificate.not_valid_before_utc.timestamp()),
        not_after=int(certificate.not_valid_after_utc.timestamp()),
        **({"issuer": certificate.issuer.rfc4514_string()[:LONGEST]} if by_authority else facts),
    )


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the subject alternative names; Fulcio writes some as an otherName that holds a UTF8String."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(_name(one)[:LONGEST] for one in list(names)[:MOST_NAMES])


def _name(name: x509.GeneralName) -> str:
    match name:
        case x509.OtherName():
            return _utf8(name.value)
        case x509.RFC822Name() | x509.UniformResourceIdentifier() | x509.DNSName():
            return name.value
        case x509.DirectoryName():
            return name.value.rfc4514_string()
        case _:
            return str(name.value)


def _utf8(der: bytes) -> str:
    """Read a DER UTF8String (X.690 §8.23), with a length of up to two bytes."""
    if len(der) < 2 or der[0] != 0x0C:
        raise ValueError("an extension of the certificate is no UTF8String")
    length, start = der[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[2:start], "big")
    if start > 4 or start + length != len(der):
        raise ValueError("an extension of the certificate has a wrong length")
    return der[start:].decode("utf-8")[:LONGEST]
