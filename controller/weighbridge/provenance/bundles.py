"""
The shape of a Sigstore bundle (protobuf-specs, `sigstore_bundle.proto`, as JSON), before anything in it is believed.

A bundle is anybody's: it is read into a closed shape, so that nothing unknown is ever built in memory,
and only encodings that can be written in one way are accepted, so that two readers cannot see two bundles.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

import msgspec

from weighbridge.model.provenance import Method
from weighbridge.provenance.refusals import Refusal
from weighbridge.provenance.shapes import DECODER, KEYS, BundleShape, EntryShape, Envelope, Material, PublicKeyShape

LARGEST_BUNDLE = 8 * 1024 * 1024
"""Bytes; real bundles have 2 to 30 thousand, a manifest of 10,000 files has 2 million."""
MOST_TIMESTAMPS = 8
MOST_CERTIFICATES = 8
MEDIA_TYPES = (
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle.v0.3+json",
)
SIGN_AGAIN = "Sign again with cosign 3 or newer, or with model_signing"
_OLD_CHAINS = MEDIA_TYPES[:2]
"""Bundles that carry the certificates of keyless signing as a chain."""
_LEGACY = ({"base64Signature"}, {"SignedEntryTimestamp", "Payload"}, {"critical"}, {"payload", "signatures"})
"""Keys that tell what older signers wrote: cosign's blob bundle, its annotation, its simple signing payload, a bare envelope."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record that a transparency log is said to hold; nothing of it is proved yet."""

    kind: str
    """`dsse/0.0.1`."""
    log_id: bytes
    index: int
    integrated_time: int | None
    """Unix seconds; worth something only with a promise."""
    promised: bool
    proof_index: int
    tree_size: int
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle of the right shape, with one signature over one payload."""

    media_type: str
    sha256: str
    method: Method
    payload_type: str
    payload: bytes
    signature: bytes
    certificates: tuple[bytes, ...]
    """DER, the signing certificate first; empty with the key method."""
    key_hint: str
    key_bytes: bytes
    """A key that an older signer wrote into the bundle: only ever compared with configured keys."""
    entries: tuple[Entry, ...]
    timestamps: tuple[bytes, ...]
    """RFC 3161 TimeStampResp, DER."""
    shape: BundleShape
    """As it was read."""

    @property
    def signed(self) -> bytes:
        """The bytes that the signature covers: the pre-authentication encoding (DSSE, protocol.md)."""
        kind = self.payload_type.encode()
        return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(self.payload), self.payload)

    def json(self, *, timestamps: bool) -> bytes:
        """Write what was read again, with or without its timestamps: the one form that other readers get to see."""
        material = self.shape.verification_material
        if not timestamps:
            material = msgspec.structs.replace(material, timestamp_verification_data=None)
        return msgspec.json.encode(msgspec.structs.replace(self.shape, verification_material=material))


def read_bundle(raw: bytes) -> Bundle:
    """Return the bundle that `raw` holds; raises `Refusal` where it has another shape."""
    if len(raw) > LARGEST_BUNDLE:
        raise Refusal("too_large", f"the bundle has {len(raw)} bytes, at most {LARGEST_BUNDLE} are read")
    try:
        bundle = DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _not_a_bundle(raw, str(error)) from error
    if bundle.media_type not in MEDIA_TYPES:
        raise Refusal("unsupported_bundle", f"the media type is {bundle.media_type!r}, expected {MEDIA_TYPES[-1]}")
    if bundle.dsse_envelope is None:
        lacks = "signs bare bytes" if bundle.message_signature is not None else "has no DSSE envelope"
        raise Refusal("unsupported_bundle", f"the bundle {lacks}, expected an in-toto statement. {SIGN_AGAIN}")
    if bundle.message_signature is not None:
        raise Refusal("malformed_bundle", "the bundle has both an envelope and a message signature")
    return _bundle(raw, bundle, bundle.dsse_envelope)


def _bundle(raw: bytes, bundle: BundleShape, envelope: Envelope) -> Bundle:
    material = bundle.verification_material
    if len(envelope.signatures) != 1:
        raise Refusal("signature_count", f"the envelope has {len(envelope.signatures)} signatures, expected 1")
    stamps = material.timestamp_verification_data
    stamped = [one.signed_timestamp for one in stamps.rfc3161_timestamps] if stamps is not None else []
    if len(stamped) > MOST_TIMESTAMPS or len(set(stamped)) != len(stamped):
        raise Refusal(
            "malformed_bundle", f"the bundle has {len(stamped)} timestamps, expected up to {MOST_TIMESTAMPS}, each once"
        )
    key = material.public_key or PublicKeyShape()
    return Bundle(
        media_type=bundle.media_type,
        sha256=hashlib.sha256(raw).hexdigest(),
        method=_method(bundle.media_type, material),
        payload_type=envelope.payload_type,
        payload=_decoded(envelope.payload, "payload"),
        signature=_decoded(envelope.signatures[0].sig, "signature"),
        certificates=_certificates(material),
        key_hint=key.hint or "",
        key_bytes=_decoded(key.raw_bytes or "", "public key"),
        entries=tuple(map(_entry, material.tlog_entries)),
        timestamps=tuple(_decoded(one, "timestamp") for one in stamped),
        shape=bundle,
    )


def _method(media_type: str, material: Material) -> Method:
    """Tell how a bundle is signed (reference: OpenSSF Model Signing v1.0, verification material)."""
    given = (material.certificate, material.x509_certificate_chain, material.public_key)
    if sum(one is not None for one in given) != 1:
        raise Refusal(
            "malformed_bundle", "the bundle must have one of a certificate, a chain of certificates and a public key"
        )
    if material.public_key is not None:
        return "key"
    if material.certificate is not None or (media_type in _OLD_CHAINS and material.tlog_entries):
        return "sigstore"
    return "certificate"


def _certificates(material: Material) -> tuple[bytes, ...]:
    chain = material.x509_certificate_chain
    listed = chain.certificates if chain is not None else []
    if material.certificate is not None:
        listed = [material.certificate]
    if len(listed) > MOST_CERTIFICATES or (chain is not None and not listed):
        raise Refusal(
            "malformed_bundle", f"the chain has {len(listed)} certificates, expected 1 to {MOST_CERTIFICATES}"
        )
    return tuple(_decoded(one.raw_bytes, "certificate") for one in listed)


def _entry(entry: EntryShape) -> Entry:
    """Read a log entry; one that nobody can prove is refused, with the way out."""
    kind = f"{entry.kind_version.kind}/{entry.kind_version.version}"
    proof = entry.inclusion_proof
    if proof is None or proof.checkpoint is None:
        raise Refusal(
            "unsupported_entry", f"the log entry ({kind}) has no inclusion proof with a checkpoint. {SIGN_AGAIN}"
        )
    promise = entry.inclusion_promise
    for text, what in (
        (entry.canonicalized_body, "body of the log entry"),
        (promise.signed_entry_timestamp if promise is not None else "", "promise of the log entry"),
        *((one, "inclusion proof") for one in (proof.root_hash, *proof.hashes)),
    ):
        _decoded(text, what)
    return Entry(
        kind=kind,
        log_id=_decoded(entry.log_id.key_id, "identity of the log"),
        index=_number(entry.log_index),
        integrated_time=_number(entry.integrated_time) if entry.integrated_time is not None else None,
        promised=promise is not None,
        proof_index=_number(proof.log_index),
        tree_size=_number(proof.tree_size),
        checkpoint=proof.checkpoint.envelope,
    )


def _decoded(text: str, what: str) -> bytes:
    """Decode base64 that is written in the one canonical way (RFC 4648 §3.5: no stray bits, with padding)."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refusal("malformed_bundle", f"the {what} is not base64") from error
    if base64.b64encode(decoded).decode() != text:
        raise Refusal("malformed_bundle", f"the {what} is not canonical base64")
    return decoded


def _number(text: str) -> int:
    """Read a 64-bit number of a log, which JSON holds as digits in a string."""
    if not (text.isascii() and text.isdigit() and len(text) < 20) or str(int(text)) != text:
        raise Refusal("malformed_bundle", f"{text!r} in the log entry is no number")
    return int(text)


def _not_a_bundle(raw: bytes, why: str) -> Refusal:
    """Tell what it is instead, where that helps."""
    try:
        keys = set(KEYS.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refusal(
            "malformed_bundle",
            f"not a Sigstore bundle: {why}" if raw else "the file is empty, expected a Sigstore bundle",
        )
    if any(legacy <= keys for legacy in _LEGACY):
        return Refusal(
            "unsupported_entry",
            f"a signature in the format of cosign before 3, which proves no log entry. {SIGN_AGAIN}",
        )
    return Refusal("malformed_bundle", f"not a Sigstore bundle: {why}")
