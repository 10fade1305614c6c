"""
The fields of a Sigstore bundle as JSON (protobuf-specs, `sigstore_bundle.proto`), closed: an unknown one is refused.

Typed decoding builds nothing that is not named here, however large a hostile file is.
"""

from __future__ import annotations

import msgspec


class Shape(msgspec.Struct, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    pass


class RawBytes(Shape):
    raw_bytes: str


class CertificateChain(Shape):
    certificates: list[RawBytes]


class PublicKeyShape(Shape):
    hint: str | None = None
    raw_bytes: str | None = None
    key_details: str | None = None


class LogId(Shape):
    key_id: str


class KindVersion(Shape):
    kind: str
    version: str


class Promise(Shape):
    signed_entry_timestamp: str


class Checkpoint(Shape):
    envelope: str


class Proof(Shape):
    log_index: str
    root_hash: str
    tree_size: str
    hashes: list[str] = []
    checkpoint: Checkpoint | None = None


class EntryShape(Shape):
    log_index: str
    log_id: LogId
    kind_version: KindVersion
    canonicalized_body: str
    integrated_time: str | None = None
    inclusion_promise: Promise | None = None
    inclusion_proof: Proof | None = None


class SignedTimestamp(Shape):
    signed_timestamp: str


class TimestampData(Shape):
    rfc3161_timestamps: list[SignedTimestamp] = []


class Material(Shape):
    public_key: PublicKeyShape | None = None
    x509_certificate_chain: CertificateChain | None = None
    certificate: RawBytes | None = None
    tlog_entries: list[EntryShape] = []
    timestamp_verification_data: TimestampData | None = None


class SignatureShape(Shape):
    sig: str
    keyid: str | None = None


class Envelope(Shape):
    payload: str
    payload_type: str
    signatures: list[SignatureShape]


class BundleShape(Shape):
    media_type: str
    verification_material: Material
    message_signature: msgspec.Raw | None = None
    dsse_envelope: Envelope | None = None


DECODER = msgspec.json.Decoder(BundleShape)
KEYS = msgspec.json.Decoder(dict[str, msgspec.Raw])
