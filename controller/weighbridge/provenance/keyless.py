"""
Keyless signatures: a short-lived certificate, a transparency log, and a time that somebody proves.

The cryptography is the `sigstore` library's. What it leaves to its callers is done here: the windows of
authorities and logs, the times, and the parts of a log entry that no signature covers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from sigstore.errors import CertValidationError, VerificationError
from sigstore.models import Bundle as LibraryBundle
from sigstore.models import TrustedRoot as LibraryRoot
from sigstore.verify import Verifier

from weighbridge.model.provenance import LogEntry, Signer
from weighbridge.provenance.bundles import SIGN_AGAIN, Bundle, Entry
from weighbridge.provenance.refusals import Refusal
from weighbridge.provenance.roots import Root, Wanted
from weighbridge.provenance.signers import signer_of
from weighbridge.provenance.timestamps import CLOCKS_APART, Token, candidates, check_token, read_token

KINDS = ("dsse/0.0.1", "hashedrekord/0.0.2")


class _AnyIdentity:
    """Accepts every identity: who may sign is decided in Rego, from the facts in `Signer`."""

    def verify(self, cert: x509.Certificate) -> None:
        """Return; the library asks for a policy with this method."""


def verify_keyless(bundle: Bundle, root: Root, now: datetime) -> tuple[Signer, LogEntry, datetime]:
    """Prove who signed, where that is recorded, and since when it has existed; raises `Refusal`."""
    entry = _entry(bundle)
    leaf = _leaf(bundle)
    if not root.knows_issuer(leaf.issuer):
        name = leaf.issuer.rfc4514_string()[:200]
        raise Refusal("unknown_authority", f"the certificate was issued by {name}, which is not in the trusted root")
    tokens = tuple(map(read_token, bundle.timestamps))
    # The library takes whichever time holds, so it is shown one kind of proof only.
    # A timestamp that stands alone is proved by it; all others are proved here.
    alone = len(tokens) == 1 and not entry.promised
    for token in () if alone else tokens:
        check_token(token, bundle.signature, root.timestamp_authorities)
    times = _times(tokens, entry, leaf, now)
    ct_log_id, ct_time = _certificate_timestamp(leaf)
    stamping = [one for token in tokens for one in candidates(token, root.timestamp_authorities)]
    trusted = LibraryRoot(root.at(Wanted(leaf.issuer, entry.log_id, times, ct_log_id, ct_time, stamping)))
    try:
        _check_by_library(bundle, Verifier(trusted_root=trusted), timestamps=not entry.promised)
    except (VerificationError, ValueError):
        for token in tokens if alone else ():
            check_token(
                token, bundle.signature, root.timestamp_authorities
            )  # tells a bad timestamp from a bad signature
        raise
    _check_entry(entry)
    return signer_of(leaf, "sigstore"), LogEntry(entry.kind, entry.log_id.hex(), entry.index), min(times)


def _check_by_library(bundle: Bundle, verifier: Verifier, *, timestamps: bool) -> None:
    try:
        verifier.verify_dsse(LibraryBundle.from_json(bundle.json(timestamps=timestamps)), _AnyIdentity())
    except CertValidationError as error:
        raise Refusal("invalid_certificate", str(error)) from error


def _entry(bundle: Bundle) -> Entry:
    if len(bundle.entries) != 1:
        raise Refusal(
            "unsupported_entry", f"the bundle has {len(bundle.entries)} log entries, expected 1. {SIGN_AGAIN}"
        )
    entry = bundle.entries[0]
    if entry.kind not in KINDS:
        raise Refusal(
            "unsupported_entry", f"the log entry is {entry.kind}, expected {' or '.join(KINDS)}. {SIGN_AGAIN}"
        )
    return entry


def _leaf(bundle: Bundle) -> x509.Certificate:
    leaf = x509.load_der_x509_certificate(bundle.certificates[0])
    if not isinstance(leaf.public_key(), ec.EllipticCurvePublicKey):
        raise Refusal("unsupported_key", "the key of a keyless certificate must be an elliptic curve key")
    return leaf


def _certificate_timestamp(leaf: x509.Certificate) -> tuple[bytes, datetime]:
    """Return the log that is said to hold the certificate, and since when."""
    scts = leaf.extensions.get_extension_for_class(x509.PrecertificateSignedCertificateTimestamps).value
    if len(scts) != 1:
        raise Refusal("invalid_certificate", f"the certificate has {len(scts)} certificate timestamps, expected 1")
    return scts[0].log_id, scts[0].timestamp.replace(tzinfo=UTC)


def _times(tokens: Sequence[Token], entry: Entry, leaf: x509.Certificate, now: datetime) -> tuple[datetime, ...]:
    """
    Return all times that are claimed with a proof: those of timestamps, and the log's where it promised to include the entry.

    The library proves the log's time together with the promise.
    """
    times = tuple(token.time for token in tokens)
    if entry.promised and entry.integrated_time:
        times = (*times, datetime.fromtimestamp(entry.integrated_time, UTC))
    if not times:
        raise Refusal("invalid_timestamp", "nobody proves when it was signed: no timestamp, and no promise of the log")
    if max(times) > now + CLOCKS_APART:
        raise Refusal("outside_validity", f"it was signed in the future, at {max(times):%Y-%m-%d %H:%M} UTC")
    for time in times:
        if not leaf.not_valid_before_utc <= time <= leaf.not_valid_after_utc:
            raise Refusal("outside_validity", f"the signing certificate was not valid at {time:%Y-%m-%d %H:%M} UTC")
    return times


def _check_entry(entry: Entry) -> None:
    """
    Check what no signature covers.

    The size of the tree must be the signed one, or a proof could be read for another tree.
    Without a promise nobody signs the index, which then is the one that the proof proves.
    A checkpoint has one form (C2SP, tlog-checkpoint.md), so that nothing can be hidden beside it.
    """
    note, _, signatures = entry.checkpoint.partition("\n\n")
    lines = note.split("\n")
    if len(lines) < 3 or lines[1] != str(entry.tree_size):
        raise Refusal("invalid_signature", "the inclusion proof is for another size of the log than the signed one")
    if not entry.promised and entry.index != entry.proof_index:
        raise Refusal("invalid_signature", "the log entry has another index than its inclusion proof")
    names = [line.split(" ")[1:2] for line in signatures.removesuffix("\n").split("\n")]
    if [lines[0].split(" ")[0]] not in names:
        raise Refusal("invalid_signature", f"the checkpoint of {lines[0]!r} is signed in another name")
