"""
Times that a timestamp authority proves (RFC 3161): the signature existed when the token was made.

Every token of a bundle must hold. One that does not is somebody's attempt, or a broken tool: neither is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder, decode_timestamp_response

from weighbridge.provenance.refusals import Refusal

CLOCKS_APART = timedelta(minutes=5)
"""By how much the clock of a log or authority may be ahead of ours."""
_SHA2 = bytes.fromhex("06096086480165030402")
_ECDSA = bytes.fromhex("06082a8648ce3d0403")
_RSA = bytes.fromhex("06092a864886f70d0101")
_SIGNATURES = {
    _SHA2 + b"\x01": (_ECDSA + b"\x02", _RSA + b"\x0b", _RSA + b"\x01"),
    _SHA2 + b"\x02": (_ECDSA + b"\x03", _RSA + b"\x0c", _RSA + b"\x01"),
    _SHA2 + b"\x03": (_ECDSA + b"\x04", _RSA + b"\x0d", _RSA + b"\x01"),
}
"""
Identifiers (DER) of signatures that belong to each hash: SHA-256, SHA-384 and SHA-512 with ECDSA, RSA, and RSA of an unnamed hash.

No signature covers what the token says of its own algorithm (RFC 5652 §5.3), so it must be what was used.
"""
_NO_PARAMETERS = b"\x05\x00"
"""NULL, which some write behind an algorithm and some do not."""
_VERSION_1, _VERSION_3 = (0x02, b"\x01"), (0x02, b"\x03")


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


@dataclass(frozen=True, slots=True)
class Token:
    """A timestamp of the right shape; not proved yet."""

    time: datetime
    response: TimeStampResponse
    embedded: frozenset[bytes]
    """Certificates that came with it, DER."""


def read_token(raw: bytes) -> Token:
    """Return the timestamp in `raw`; raises `Refusal` when it is none, or can be written in another way."""
    try:
        response = decode_timestamp_response(raw)
        token = Token(response.tst_info.gen_time, response, frozenset(response.signed_data.certificates))
        plain = _is_plain(response.time_stamp_token())
    except Exception as error:  # the parser is not ours, and its input is anybody's
        raise Refusal("invalid_timestamp", "a timestamp is no RFC 3161 response") from error
    if not plain:
        raise Refusal(
            "invalid_timestamp", "a timestamp is not of the form of RFC 3161 with one signer and nothing unsigned"
        )
    return token


def candidates(token: Token, authorities: Sequence[TimestampAuthority]) -> tuple[TimestampAuthority, ...]:
    """Return the authorities that could have made a token, and counted when it says that it was made; raises `Refusal`."""
    made = [
        one
        for one in authorities
        if token.embedded <= {certificate.public_bytes(Encoding.DER) for certificate in one.chain}
    ]
    if not made:
        raise Refusal("invalid_timestamp", "a timestamp was made by an authority that is not trusted for timestamps")
    valid = tuple(one for one in made if one.window.covers(token.time))
    if not valid:
        raise Refusal("outside_validity", f"the timestamp authority was not valid at {token.time:%Y-%m-%d %H:%M} UTC")
    return valid


def check_token(token: Token, signature: bytes, authorities: Sequence[TimestampAuthority]) -> None:
    """Return when one of `authorities` made the token over `signature`; raises `Refusal`."""
    if not any(_made(one, token, signature) for one in candidates(token, authorities)):
        raise Refusal("invalid_timestamp", "a timestamp was not made over this signature by a trusted authority")


def _made(authority: TimestampAuthority, token: Token, signature: bytes) -> bool:
    first, *between, last = authority.chain
    builder = VerifierBuilder().tsa_certificate(first).add_root_certificate(last)
    for one in between:
        builder = builder.add_intermediate_certificate(one)
    try:
        return builder.build().verify_message(token.response, signature)
    except (VerificationError, ValueError):
        return False


def _is_plain(token: bytes) -> bool:
    """Tell whether what no signature covers is as it must be (RFC 5652 §5.1, §5.3): versions, algorithms, no unsigned attributes."""
    _, content = _members(_members(token)[0][1])
    signed_data = _members(_members(content[1])[0][1])
    infos = _members(signed_data[-1][1])
    if len(infos) != 1:
        return False
    version, _, digest, _, algorithm, _ = _members(infos[0][1])
    return (
        signed_data[0] == _VERSION_3
        and version == _VERSION_1
        and algorithm[1].removesuffix(_NO_PARAMETERS) in _SIGNATURES[digest[1].removesuffix(_NO_PARAMETERS)]
    )


def _members(body: bytes) -> list[tuple[int, bytes]]:
    """Return tag and content of each DER element in `body` (X.690 §8.1); raises `ValueError`."""
    return list(_each(body))


def _each(body: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(body):
        tag, length, start = body[place], body[place + 1], place + 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(body[place + 2 : start], "big")
        place = start + length
        yield tag, body[start:place]
