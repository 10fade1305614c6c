"""A timestamp authority (RFC 3161)."""

from __future__ import annotations

import os
from datetime import datetime

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.simulators.sigstore.authority import named, usage
from tests.simulators.sigstore.encoding import der, sha256

POLICY = "1.3.6.1.4.1.57264.2"


class TimestampAuthority:
    """Says when it saw a signature; its chain is its signing certificate and a root."""

    def __init__(self, name: str, start: datetime, end: datetime) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        root_key = ec.generate_private_key(ec.SECP256R1())
        root = named(name, "timestamp root")

        def builder(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
            return (
                x509.CertificateBuilder()
                .subject_name(subject)
                .issuer_name(root)
                .public_key(key.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(start)
                .not_valid_after(end)
                .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            )

        self.root = (
            builder(root, root_key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage(issues=True), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        self.certificate = (
            builder(named(name, "timestamps"), self.key)
            .add_extension(usage(signs=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
            .sign(root_key, hashes.SHA256())
        )

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        return (self.certificate, self.root)

    def stamp(self, signature: bytes, at: datetime) -> bytes:
        """Return a response that says that `signature` existed at `at`."""
        return self.answer(sha256(signature), at, int.from_bytes(os.urandom(8), "big") >> 1)

    def respond(self, request: bytes, at: datetime) -> bytes:
        """Answer a client's TimeStampReq, with its nonce."""
        asked = tsp.TimeStampReq.load(request)
        return self.answer(asked["message_imprint"]["hashed_message"].native, at, asked["nonce"].native)

    def answer(self, imprint: bytes, at: datetime, nonce: int) -> bytes:
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": POLICY,
                "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": imprint},
                "serial_number": int.from_bytes(os.urandom(8), "big") >> 1,
                "gen_time": at,
                "nonce": nonce,
            }
        ).dump()
        token = cms.ContentInfo({"content_type": "signed_data", "content": self._signed(info, at)})
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()

    def _signed(self, info: bytes, at: datetime) -> cms.SignedData:
        certificate = asn1_x509.Certificate.load(der(self.certificate))
        attributes = self._attributes(info, at)
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    {
                        "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                            {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                        )
                    }
                ),
                "digest_algorithm": {"algorithm": "sha256"},
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                # over the SET OF encoding, not the tagged one that stands in the message (RFC 5652 §5.4)
                "signature": self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
            }
        )
        return cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": "sha256"}],
                "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
                "certificates": [cms.CertificateChoices({"certificate": certificate})],
                "signer_infos": [signer],
            }
        )

    def _attributes(self, info: bytes, at: datetime) -> cms.CMSAttributes:
        signing = tsp.SigningCertificateV2(
            {
                "certs": [
                    tsp.ESSCertIDv2(
                        {"hash_algorithm": {"algorithm": "sha256"}, "cert_hash": sha256(der(self.certificate))}
                    )
                ]
            }
        )
        return cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [sha256(info)]}),
                cms.CMSAttribute({"type": "signing_time", "values": [cms.Time({"utc_time": at})]}),
                cms.CMSAttribute({"type": "signing_certificate_v2", "values": [signing]}),
            ]
        )
