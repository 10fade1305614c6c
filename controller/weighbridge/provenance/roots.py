"""
A Sigstore trusted root: which certificate authorities, logs and timestamp authorities counted, and when.

The library checks the windows of timestamp authorities only, so a root is cut down to what was valid at the
times in question before the library sees it; whatever it then accepts was valid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_der_public_key
from sigstore_models.common.v1 import TimeRange
from sigstore_models.trustroot.v1 import CertificateAuthority, TransparencyLogInstance, TrustedRoot

from weighbridge.errors import BadTrust
from weighbridge.provenance.refusals import Refusal
from weighbridge.provenance.timestamps import ALWAYS, TimestampAuthority, Window

MEDIA_TYPE = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"
LARGEST_ROOT = 1024 * 1024
_SUBJECT = "trusted root"


@dataclass(frozen=True, slots=True)
class _Log:
    id: bytes
    window: Window
    file: TransparencyLogInstance


@dataclass(frozen=True, slots=True)
class _Authority:
    chain: tuple[x509.Certificate, ...]
    window: Window
    file: CertificateAuthority


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one signature claims to rest on."""

    issuer: x509.Name
    log_id: bytes
    times: Sequence[datetime]
    """All of them; never empty."""
    ct_log_id: bytes
    ct_time: datetime
    """When the certificate was logged."""
    timestamp_authorities: Sequence[TimestampAuthority]


@dataclass(frozen=True, slots=True, eq=False)
class Root:
    """A trusted root that was read and found usable."""

    file: TrustedRoot
    logs: tuple[_Log, ...]
    ct_logs: tuple[_Log, ...]
    authorities: tuple[_Authority, ...]
    timestamp_authorities: tuple[TimestampAuthority, ...]

    def knows_issuer(self, issuer: x509.Name) -> bool:
        """Tell whether a certificate authority goes by this name."""
        return any(issuer == one.subject for authority in self.authorities for one in authority.chain)

    def at(self, wanted: Wanted) -> TrustedRoot:
        """Return only what is wanted and counted at all of the times in question; raises `Refusal`."""
        named = [one for one in self.authorities if any(wanted.issuer == made.subject for made in one.chain)]
        authorities = [one.file for one in named if all(_is_valid(one, time) for time in wanted.times)]
        if not authorities:
            raise Refusal("outside_validity", f"the certificate authority was not valid at {_shown(wanted.times)}")
        stamping = [
            # windows were checked with both ends included, which the library does not
            file.model_copy(update={"valid_for": file.valid_for.model_copy(update={"end": None})})
            for file, one in zip(self.file.timestamp_authorities, self.timestamp_authorities, strict=True)
            if one in wanted.timestamp_authorities
        ]
        return self.file.model_copy(
            update={
                "tlogs": _valid(self.logs, wanted.log_id, wanted.times, "transparency log"),
                "ctlogs": _valid(self.ct_logs, wanted.ct_log_id, (wanted.ct_time,), "certificate transparency log"),
                "certificate_authorities": authorities,
                "timestamp_authorities": stamping,
            }
        )


def read_root(raw: bytes, now: datetime) -> Root:
    """Return the root that the JSON in `raw` describes; raises `BadTrust` when nothing can be proved with it."""
    if len(raw) > LARGEST_ROOT:
        raise BadTrust(f"{_SUBJECT}: has {len(raw)} bytes, at most {LARGEST_ROOT} are read")
    try:
        root = _parsed(raw)
    except Exception as error:  # the parser is not ours and raises many unrelated types
        raise BadTrust(f"{_SUBJECT}: not a Sigstore trusted root of version 0.1 ({_first_line(error)})") from error
    _check_usable(root, now)
    return root


def _parsed(raw: bytes) -> Root:
    file = TrustedRoot.from_json(raw)
    if file.media_type != MEDIA_TYPE:
        raise ValueError(file.media_type)
    return Root(
        file,
        tuple(map(_log, file.tlogs)),
        tuple(map(_log, file.ctlogs)),
        tuple(_Authority(_chain(one), _window(one.valid_for), one) for one in file.certificate_authorities),
        tuple(TimestampAuthority(_chain(one), _window(one.valid_for)) for one in file.timestamp_authorities),
    )


def _check_usable(root: Root, now: datetime) -> None:
    """Refuse a root with which nothing that is signed today could be proved."""
    for name, entries in (("transparency log", root.logs), ("certificate transparency log", root.ct_logs)):
        if not entries:
            raise BadTrust(f"{_SUBJECT}: names no {name}, at least one is needed")
        if not any(one.window.covers(now) for one in entries):
            raise BadTrust(f"{_SUBJECT}: no {name} in it is valid on {now:%Y-%m-%d}. Fix: fetch the current root")
    if not root.authorities:
        raise BadTrust(f"{_SUBJECT}: names no certificate authority, at least one is needed")
    if not any(_is_valid(one, now) for one in root.authorities):
        raise BadTrust(
            f"{_SUBJECT}: no certificate authority in it is valid on {now:%Y-%m-%d}. Fix: fetch the current root"
        )


def _is_valid(authority: _Authority, now: datetime) -> bool:
    return authority.window.covers(now) and all(
        one.not_valid_before_utc <= now <= one.not_valid_after_utc for one in authority.chain
    )


def _log(log: TransparencyLogInstance) -> _Log:
    if log.public_key.raw_bytes is None:
        raise ValueError("a log without a key")
    load_der_public_key(log.public_key.raw_bytes)
    return _Log(log.log_id.key_id, _window(log.public_key.valid_for), log)


def _chain(authority: CertificateAuthority) -> tuple[x509.Certificate, ...]:
    chain = tuple(x509.load_der_x509_certificate(one.raw_bytes) for one in authority.cert_chain.certificates)
    if len(chain) < 1:
        raise ValueError("an authority without a certificate")
    return chain


def _window(span: TimeRange | None) -> Window:
    return ALWAYS if span is None else Window(span.start, span.end)


def _valid(logs: Sequence[_Log], log_id: bytes, times: Sequence[datetime], name: str) -> list[TransparencyLogInstance]:
    known = [one for one in logs if one.id == log_id]
    if not known:
        raise Refusal("unknown_authority", f"the {name} {log_id.hex()[:16]} is not in the trusted root")
    valid = [one.file for one in known if all(map(one.window.covers, times))]
    if not valid:
        raise Refusal("outside_validity", f"the key of the {name} was not valid at {_shown(times)}")
    return valid


def _shown(times: Sequence[datetime]) -> str:
    return f"{min(times):%Y-%m-%d %H:%M} UTC"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
