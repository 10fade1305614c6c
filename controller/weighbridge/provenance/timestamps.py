"""
Times that a timestamp authority proves (RFC 3161): the signature existed when the token was made.

Every token of a bundle must hold. One that does not is somebody's attempt, or a broken tool: neither is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder, decode_timestamp_response

from weighbridge.provenance.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Window:
    """When a key or an authority counted, both ends included (protobuf-specs, `TimeRange`)."""

    start: datetime | None
    end: datetime | None

    def covers(self, time: datetime) -> bool:
        """Tell whether `time` lies in it."""
        return (self.start is None or self.start <= time) and (self.end is None or time <= self.end)


ALWAYS = Window(None, None)


@dataclass(frozen=True, slots=True)
class TimestampAuthority:
    """Who may say when: the signing certificate first, the root last."""

    chain: tuple[Certificate, ...]
    window: Window = ALWAYS


def proven_times(
    tokens: Sequence[bytes], signature: bytes, authorities: Sequence[TimestampAuthority]
) -> tuple[datetime, ...]:
    """Return the time in each token over `signature`; raises `Refusal` when one does not hold."""
    return tuple(_proven_time(token, signature, authorities) for token in tokens)


def _proven_time(token: bytes, signature: bytes, authorities: Sequence[TimestampAuthority]) -> datetime:
    try:
        response = decode_timestamp_response(token)
        time = response.tst_info.gen_time
        embedded = response.signed_data.certificates
    except Exception as error:  # the parser is not ours, and its input is anybody's
        raise Refusal("invalid_timestamp", "a timestamp is no RFC 3161 response") from error
    if response.as_bytes() != token:
        raise Refusal("invalid_timestamp", "a timestamp is not in its one canonical encoding")
    outside = False
    for authority in authorities:
        known = {one.public_bytes(Encoding.DER) for one in authority.chain}
        if not embedded <= known or not _holds(response, signature, authority):
            continue
        if authority.window.covers(time):
            return time
        outside = True
    if outside:
        raise Refusal("outside_validity", f"the timestamp authority was not valid at {time:%Y-%m-%d %H:%M} UTC")
    raise Refusal("invalid_timestamp", "a timestamp was not made over this signature by a trusted timestamp authority")


def _holds(response: TimeStampResponse, signature: bytes, authority: TimestampAuthority) -> bool:
    first, *between, last = authority.chain
    builder = VerifierBuilder().tsa_certificate(first).add_root_certificate(last)
    for one in between:
        builder = builder.add_intermediate_certificate(one)
    try:
        return builder.build().verify_message(response, signature)
    except (VerificationError, ValueError):
        return False
