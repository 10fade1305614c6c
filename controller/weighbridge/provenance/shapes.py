"""
The fields of a Sigstore bundle as JSON (protobuf-specs, `sigstore_bundle.proto`), closed: an unknown one is refused.

Typed decoding builds nothing that is not named here, however large a hostile file is.
"""

from __future__ import annotations

import msgspec


class Shape(msgspec.Struct, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """A closed JSON object; names are in camel case."""


class RawBytes(Shape):
    """A certificate: base64 of its DER."""

    raw_bytes: str


class CertificateChain(Shape):
    """Certificates, the signing one first."""

    certificates: list[RawBytes]


class PublicKeyShape(Shape):
    """The name of a key; older bundles hold the key itself."""

    hint: str | None = None
    raw_bytes: str | None = None
    key_details: str | None = None


class LogId(Shape):
    """A log: base64 of the digest of its key."""

    key_id: str


class KindVersion(Shape):
    """The kind of a log entry, `dsse` and `0.0.1`."""

    kind: str
    version: str


class Promise(Shape):
    """The log's signature that it will include an entry."""

    signed_entry_timestamp: str


class Checkpoint(Shape):
    """A signed note of the log: its size and root."""

    envelope: str


class Proof(Shape):
    """The path of hashes from an entry to the root of the log; numbers are digits in text."""

    log_index: str
    root_hash: str
    tree_size: str
    hashes: list[str] = []
    checkpoint: Checkpoint | None = None


class EntryShape(Shape):
    """An entry of a log."""

    log_index: str
    log_id: LogId
    kind_version: KindVersion
    canonicalized_body: str
    integrated_time: str | None = None
    inclusion_promise: Promise | None = None
    inclusion_proof: Proof | None = None


class SignedTimestamp(Shape):
    """An RFC 3161 response: base64 of its DER."""

    signed_timestamp: str


class TimestampData(Shape):
    """Timestamps over the signature."""

    rfc3161_timestamps: list[SignedTimestamp] = []


class Material(Shape):
    """What a signature is verified with; one of the first three is given."""

    public_key: PublicKeyShape | None = None
    x509_certificate_chain: CertificateChain | None = None
    certificate: RawBytes | None = None
    tlog_entries: list[EntryShape] = []
    timestamp_verification_data: TimestampData | None = None


class SignatureShape(Shape):
    """A signature; `keyid` is nobody's word and never looked at."""

    sig: str
    keyid: str | None = None


class Envelope(Shape):
    """A DSSE envelope."""

    payload: str
    payload_type: str
    signatures: list[SignatureShape]


class MessageDigest(Shape):
    """What a signature over bare bytes covers."""

    algorithm: str
    digest: str


class MessageSignature(Shape):
    """A signature over bare bytes."""

    signature: str
    message_digest: MessageDigest | None = None


class BundleShape(Shape):
    """The whole bundle."""

    media_type: str
    verification_material: Material
    message_signature: MessageSignature | None = None
    dsse_envelope: Envelope | None = None


DECODER = msgspec.json.Decoder(BundleShape)
KEYS = msgspec.json.Decoder(dict[str, msgspec.Raw])
