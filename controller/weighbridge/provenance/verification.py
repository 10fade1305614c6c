"""
Verifying a signature, from its bytes to a statement that its signer made.

1. the bundle has the shape of one, in one reading (bundles.py)
2. it is signed by the method that the trust material is for
3. the signature holds (keyless.py, keys.py, chains.py), at a time at which everything counted
4. what is signed is an in-toto statement (statements.py)

Whatever goes wrong is a `Refused` with a code: nothing falls through, and nothing is raised.
"""

from __future__ import annotations

import warnings
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.utils import CryptographyDeprecationWarning

from weighbridge.model.provenance import LogEntry, Method, Refused, Signer, Verified
from weighbridge.provenance.bundles import LARGEST_BUNDLE, Bundle, read_bundle
from weighbridge.provenance.chains import certificate_chain, check_chain, read_certificates
from weighbridge.provenance.keys import check_signature, usable, verify_by_key
from weighbridge.provenance.refusals import Refusal
from weighbridge.provenance.signers import signer_of
from weighbridge.provenance.statements import read_statement
from weighbridge.provenance.timestamps import CLOCKS_APART, TimestampAuthority, check_token, read_token
from weighbridge.provenance.trust import CertificateTrust, KeylessTrust, KeyTrust, Trust

__all__ = ["LARGEST_BUNDLE", "method_of", "verify"]

# Over a hostile certificate the library warns of what its later versions will refuse: no news for whoever runs this.
warnings.filterwarnings("ignore", category=CryptographyDeprecationWarning)


def verify(raw: bytes, trust: Trust, now: datetime) -> Verified | Refused:
    """Return what the bundle in `raw` proves under `trust`, or why it proves nothing. `now` has a time zone."""
    try:
        return _verify(read_bundle(raw), trust, now)
    except Refusal as refusal:
        return refusal.as_value()
    except Exception as error:  # noqa: BLE001  libraries raise many types over hostile input, and none of them is a proof
        return Refusal("invalid_signature", f"{type(error).__name__}: {error}").as_value()


def method_of(raw: bytes) -> Method | Refused:
    """Tell how the bundle in `raw` is signed, without verifying anything."""
    try:
        return read_bundle(raw).method
    except Refusal as refusal:
        return refusal.as_value()


def _verify(bundle: Bundle, trust: Trust, now: datetime) -> Verified:
    if bundle.method != trust.method:
        raise Refusal(
            "wrong_method",
            f"the bundle is signed by the method {bundle.method}, the trust material is for {trust.method}",
        )
    entry: LogEntry | None = None
    match trust:
        case KeylessTrust():
            from weighbridge.provenance.keyless import verify_keyless  # noqa: PLC0415  the library takes half a second to import

            signer, entry, signed = verify_keyless(bundle, trust.root, now)
            signed_at: datetime | None = signed
        case KeyTrust():
            signer = verify_by_key(bundle, trust.keys)
            signed_at = _earliest(bundle, trust.timestamp_authorities, now)
        case CertificateTrust():
            signer, signed_at = _verify_by_certificate(bundle, trust, now)
    return Verified(
        statement=read_statement(bundle.payload_type, bundle.payload),
        signer=signer,
        signed_at=None if signed_at is None else int(signed_at.timestamp()),
        log_entry=entry,
        media_type=bundle.media_type,
        bundle_sha256=bundle.sha256,
    )


def _verify_by_certificate(bundle: Bundle, trust: CertificateTrust, now: datetime) -> tuple[Signer, datetime | None]:
    """Prove that a certificate below a trusted authority signed, valid now or when a trusted timestamp was made."""
    certificates = read_certificates(bundle.certificates)
    try:
        key = usable(certificates[0].public_key())
    except ValueError as error:
        raise Refusal("unsupported_key", f"the signing certificate cannot be used: {error}") from error
    signed_at = _earliest(bundle, trust.timestamp_authorities, now)
    chain = certificate_chain(certificates, trust.authorities)
    check_chain(chain, (signed_at or now,), tolerate_authority_leaf=trust.tolerate_authority_leaf)
    try:
        check_signature(key, bundle.signature, bundle.signed)
    except InvalidSignature as error:
        raise Refusal(
            "invalid_signature", "the signature was not made by the certificate over this statement"
        ) from error
    return signer_of(certificates[0], "certificate"), signed_at


def _earliest(bundle: Bundle, authorities: tuple[TimestampAuthority, ...], now: datetime) -> datetime | None:
    """Return the proven time; `None` where no timestamp authority is configured or the bundle has no timestamp."""
    if not authorities or not bundle.timestamps:
        return None
    tokens = tuple(map(read_token, bundle.timestamps))
    for token in tokens:
        check_token(token, bundle.signature, authorities)
    if any(token.time > now + CLOCKS_APART for token in tokens):
        raise Refusal("outside_validity", "a timestamp lies in the future")
    return min(token.time for token in tokens)
