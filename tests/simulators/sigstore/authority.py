"""A certificate authority in the manner of Fulcio, with the certificate transparency log it writes to."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from tests.simulators.sigstore.encoding import der_octets, der_text, key_id, sha256, spki

LEAF_LIFE = timedelta(minutes=10)
FULCIO = "1.3.6.1.4.1.57264.1."
SCT_LIST = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
LAST_BARE_ARC = 6
"""Fulcio's extensions up to this one are bare strings, later ones DER UTF8Strings."""


def named(organization: str, common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def usage(*, signs: bool = False, issues: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(signs, False, False, False, False, issues, issues, False, False)


class CertificateAuthority:
    """Issues ten-minute certificates below an intermediate, each with a signed certificate timestamp."""

    def __init__(self, name: str, start: datetime, end: datetime) -> None:
        self.name, self.start, self.end = name, start, end
        self.root_key, self.root = self._authority("root", None)
        self.key, self.certificate = self._authority("intermediate", (self.root_key, self.root))
        self.ct_key = ec.generate_private_key(ec.SECP256R1())

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Leaf first, as trusted roots list it; bundles from version 0.3 on carry only what is below it."""
        return (self.certificate, self.root)

    def _authority(
        self, role: str, issuer: tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None
    ) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key = ec.generate_private_key(ec.SECP384R1())
        subject = named(self.name, f"{self.name} {role}")
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if issuer is None else issuer[1].subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.start)
            .not_valid_after(self.end)
            .add_extension(x509.BasicConstraints(ca=True, path_length=1 if issuer is None else 0), critical=True)
            .add_extension(usage(issues=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        if issuer is not None:
            # the purpose must not be critical on an intermediate, or the library's policy refuses it
            builder = builder.add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[0].public_key()), critical=False
            ).add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
        return key, builder.sign(key if issuer is None else issuer[0], hashes.SHA384())

    def issue(
        self,
        public_key: ec.EllipticCurvePublicKey,
        identity: str,
        issuer: str,
        at: datetime,
        claims: Mapping[str, str] | None = None,
        ct_key: ec.EllipticCurvePrivateKey | None = None,
        ct_time: datetime | None = None,
    ) -> x509.Certificate:
        """
        Certify that `issuer` knows the holder of the key as `identity`, an email address or a URI.

        `claims` are further extensions by the last number of their identifier; `ct_key` and `ct_time` make a wrong timestamp.
        """
        builder = self._leaf(public_key, identity, issuer, at, claims or {})
        unlogged = builder.sign(self.key, hashes.SHA384())
        timestamp = self._timestamp(unlogged, ct_time or at, ct_key or self.ct_key)
        # last, so that what remains without it is what the log signed
        return builder.add_extension(x509.UnrecognizedExtension(SCT_LIST, timestamp), critical=False).sign(
            self.key, hashes.SHA384()
        )

    def _leaf(
        self, public_key: ec.EllipticCurvePublicKey, identity: str, issuer: str, at: datetime, claims: Mapping[str, str]
    ) -> x509.CertificateBuilder:
        is_mail = "@" in identity and "://" not in identity
        name = x509.RFC822Name(identity) if is_mail else x509.UniformResourceIdentifier(identity)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(self.certificate.subject)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(at)
            .not_valid_after(at + LEAF_LIFE)
            .add_extension(usage(signs=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            # critical, because the subject is empty (RFC 5280 §4.2.1.6)
            .add_extension(x509.SubjectAlternativeName([name]), critical=True)
        )
        for arc, text in {"1": issuer, "8": issuer, **claims}.items():
            value = text.encode() if int(arc) <= LAST_BARE_ARC else der_text(text)
            builder = builder.add_extension(
                x509.UnrecognizedExtension(ObjectIdentifier(FULCIO + arc), value), critical=False
            )
        return builder

    def _timestamp(self, unlogged: x509.Certificate, at: datetime, key: ec.EllipticCurvePrivateKey) -> bytes:
        """Return the list of one signed certificate timestamp over a precertificate (RFC 6962 §3.2, §3.3)."""
        milliseconds = int(at.timestamp() * 1000)
        tbs = unlogged.tbs_certificate_bytes
        signed = (
            struct.pack("!BBQH", 0, 0, milliseconds, 1)  # version 1, certificate timestamp, precertificate entry
            + sha256(spki(self.key.public_key()))
            + len(tbs).to_bytes(3, "big")
            + tbs
            + struct.pack("!H", 0)
        )
        signature = key.sign(signed, ec.ECDSA(hashes.SHA256()))
        timestamp = (
            struct.pack("!B", 0)
            + key_id(self.ct_key.public_key())
            + struct.pack("!QHBBH", milliseconds, 0, 4, 3, len(signature))  # no extensions, SHA-256, ECDSA
            + signature
        )
        entry = struct.pack("!H", len(timestamp)) + timestamp
        return der_octets(struct.pack("!H", len(entry)) + entry)
