"""
A complete Sigstore: certificate authority, certificate transparency, Rekor in both versions, timestamps.

It issues real bundles that the genuine clients accept under its trusted root; `front.py` puts it behind HTTP for them to sign with.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tests.simulators.sigstore.authority import CertificateAuthority
from tests.simulators.sigstore.encoding import IN_TOTO, b64, canonical, der, key_id, pae, pem, rfc3339, sha256, spki
from tests.simulators.sigstore.log import TransparencyLog
from tests.simulators.sigstore.timestamps import TimestampAuthority

BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
AGE = timedelta(days=30)
LIFE = timedelta(days=3650)
WORKFLOW = "https://github.com/acme/models/.github/workflows/release.yml@refs/heads/main"
GITHUB = "https://token.actions.githubusercontent.com"


class Sigstore:
    """An instance that began a month before `now`."""

    def __init__(self, name: str = "sigstore.test", now: datetime | None = None) -> None:
        self.name = name
        self.now = (now or datetime.now(UTC)).replace(microsecond=0)
        self.start = self.now - AGE
        end = self.start + LIFE
        self.authority = CertificateAuthority(name, self.start, end)
        self.timestamps = TimestampAuthority(name, self.start, end)
        # version 1 names the tree in its origin; the signature bears the host alone
        self.rekor1 = TransparencyLog(f"rekor.{name}", f"rekor.{name} - 1193050959916656506")
        self.rekor2 = TransparencyLog(f"log2026.rekor.{name}", f"log2026.rekor.{name}")

    def sign(
        self,
        statement: Mapping[str, Any] | bytes,
        identity: str = WORKFLOW,
        issuer: str = GITHUB,
        *,
        rekor: int = 1,
        at: datetime | None = None,
        logged_at: datetime | None = None,
        stamped: bool | None = None,
        payload_type: str = IN_TOTO,
        **certificate: Any,
    ) -> dict[str, Any]:
        """
        Sign a statement without a key of one's own, and return the bundle.

        A timestamp is added with Rekor 2, which promises no time, or where `stamped` says so.
        """
        payload = statement if isinstance(statement, bytes) else canonical(statement)
        at = (at or self.now).replace(microsecond=0)
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = self.authority.issue(key.public_key(), identity, issuer, at, **certificate)
        signature = key.sign(pae(payload_type, payload), ec.ECDSA(hashes.SHA256()))
        logged = logged_at or at + timedelta(seconds=1)
        material: dict[str, Any] = {"certificate": {"rawBytes": b64(der(leaf))}}
        if rekor == 1:
            body = dsse_body(payload, signature, pem(leaf), envelope(payload, payload_type, signature))
            material["tlogEntries"] = [self.rekor1.add(body, "dsse", "0.0.1", int(logged.timestamp()))]
        else:
            body = hashedrekord_body(sha256(pae(payload_type, payload)), signature, der(leaf))
            material["tlogEntries"] = [self.rekor2.add(body, "hashedrekord", "0.0.2")]
        if stamped or (stamped is None and rekor == 2):
            stamp = self.timestamps.stamp(signature, logged)
            material["timestampVerificationData"] = {"rfc3161Timestamps": [{"signedTimestamp": b64(stamp)}]}
        return {
            "mediaType": BUNDLE,
            "verificationMaterial": material,
            "dsseEnvelope": envelope(payload, payload_type, signature),
        }

    def trusted_root(self) -> dict[str, Any]:
        """Return what verifiers need, as `trusted_root.json`."""
        span = {"start": rfc3339(self.start)}

        def log(url: str, key: ec.EllipticCurvePublicKey) -> dict[str, Any]:
            public = {"rawBytes": b64(spki(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": span}
            return {
                "baseUrl": url,
                "hashAlgorithm": "SHA2_256",
                "publicKey": public,
                "logId": {"keyId": b64(key_id(key))},
            }

        def authority(url: str, chain: Any) -> dict[str, Any]:
            return {
                "subject": {"organization": self.name, "commonName": self.name},
                "uri": url,
                "certChain": {"certificates": [{"rawBytes": b64(der(one))} for one in chain]},
                "validFor": span,
            }

        return {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(f"https://{one.host}", one.key.public_key()) for one in (self.rekor1, self.rekor2)],
            "ctlogs": [log(f"https://ct.{self.name}", self.authority.ct_key.public_key())],
            "certificateAuthorities": [authority(f"https://fulcio.{self.name}", self.authority.chain)],
            "timestampAuthorities": [authority(f"https://tsa.{self.name}", self.timestamps.chain)],
        }


def envelope(payload: bytes, payload_type: str, signature: bytes) -> dict[str, Any]:
    return {"payload": b64(payload), "payloadType": payload_type, "signatures": [{"sig": b64(signature)}]}


def dsse_body(payload: bytes, signature: bytes, certificate: bytes, whole: Mapping[str, Any]) -> bytes:
    """What Rekor 1 keeps of an envelope; the certificate is PEM."""
    return canonical(
        {
            "apiVersion": "0.0.1",
            "kind": "dsse",
            "spec": {
                "envelopeHash": {"algorithm": "sha256", "value": sha256(canonical(whole)).hex()},
                "payloadHash": {"algorithm": "sha256", "value": sha256(payload).hex()},
                "signatures": [{"signature": b64(signature), "verifier": b64(certificate)}],
            },
        }
    )


def hashedrekord_body(digest: bytes, signature: bytes, certificate: bytes) -> bytes:
    """What Rekor 2 keeps of everything; the certificate is DER."""
    verifier = {"keyDetails": "PKIX_ECDSA_P256_SHA_256", "x509Certificate": {"rawBytes": b64(certificate)}}
    record = {
        "data": {"algorithm": "SHA2_256", "digest": b64(digest)},
        "signature": {"content": b64(signature), "verifier": verifier},
    }
    return canonical({"apiVersion": "0.0.2", "kind": "hashedrekord", "spec": {"hashedRekordV002": record}})
