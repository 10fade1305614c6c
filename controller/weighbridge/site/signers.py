"""
Whom a site trusts to sign: its TrustedSigner objects with what they are checked against, and whom their signatures fit.

Matching a signer's identity happens once, here; Rego decides what a match means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from weighbridge.errors import BadSite, BadTrust
from weighbridge.model.evidence import Evidence
from weighbridge.model.outcomes import Found
from weighbridge.model.signatures import Signature, Signatures, SignedBy, SignedStatement, Statements
from weighbridge.model.site import SignerFacts, StampMatch, Voucher
from weighbridge.provenance import Trust, certificate_trust, key_trust, keyless_trust
from weighbridge.site.kinds import StampSpec
from weighbridge.site.matching import matches_model
from weighbridge.site.objects import SiteObjects
from weighbridge.site.trusted_signer import Identity, TrustedSignerSpec, TrustMaterial

LARGEST_MATERIAL = 1 << 20
"""Bytes of a trusted root, a key or a set of certificates."""
LONGEST_SUBJECT = 1024
"""Characters of a subject that is held against a pattern; a longer one matches none."""


@dataclass(frozen=True, slots=True)
class KnownSigner:
    """A TrustedSigner that can be asked."""

    name: str
    spec: TrustedSignerSpec
    trust: Trust


def known_signers(objects: SiteObjects, folder: Path | None, now: datetime) -> tuple[KnownSigner, ...]:
    """
    Load what each TrustedSigner is checked against; files are looked up below `folder`.

    Raises `BadSite` naming the object: a file is missing, a root is malformed or has expired, a key is too weak.
    """
    found = []
    for one in objects.of("TrustedSigner"):
        if not isinstance(one.spec, TrustedSignerSpec):
            raise TypeError(f"{one.place}: a TrustedSigner holds a {type(one.spec).__name__}")
        try:
            found.append(KnownSigner(one.name, one.spec, _trust(one.spec, folder, now)))
        except (BadTrust, BadSite) as error:
            raise BadSite(f"{one.place}: TrustedSigner {one.name}: {error}") from None
    return tuple(found)


def _trust(spec: TrustedSignerSpec, folder: Path | None, now: datetime) -> Trust:
    if spec.trusted_root is not None:
        return keyless_trust(_bytes(spec.trusted_root, folder), now)
    if spec.key is not None:
        return key_trust(_bytes(spec.key, folder), now)
    if spec.ca is None:
        raise TypeError("a TrustedSigner has a root, a key or certificates: its schema says so")
    timestamps = None if spec.timestamps is None else _bytes(spec.timestamps, folder)
    return certificate_trust(_bytes(spec.ca, folder), now, timestamps)


def _bytes(material: TrustMaterial, folder: Path | None) -> bytes:
    if material.inline is not None:
        return material.inline.encode()
    if folder is None or material.file is None:
        raise BadSite(f"{material.file}: there is no folder to find it in. Fix: give the content inline")
    try:
        path = (folder / material.file).resolve(strict=True)
        if not path.is_relative_to(folder.resolve(strict=True)):
            raise BadSite(f"{material.file}: lies outside the site folder. Fix: put it beside the object")
        with path.open("rb") as stream:
            content = stream.read(LARGEST_MATERIAL + 1)
    except (OSError, RuntimeError, ValueError):
        raise BadSite(f"{material.file}: no such file in the site folder") from None
    if len(content) > LARGEST_MATERIAL:
        raise BadSite(f"{material.file}: larger than {LARGEST_MATERIAL >> 20} MiB")
    return content


def signer_facts(signers: Iterable[KnownSigner], evidence: Sequence[Evidence]) -> tuple[SignerFacts, ...]:
    """Return the signers of a site, each with the models of this workload that it may sign for."""
    return tuple(
        SignerFacts(
            one.name,
            one.spec.method,
            tuple(sorted({str(model.ref) for model in evidence if _speaks_for(one.spec, model)})),
            one.spec.may_sign.stamps,
        )
        for one in signers
    )


def vouchers(signers: Sequence[KnownSigner], evidence: Evidence) -> tuple[Voucher, ...]:
    """Return every signature and statement of a model beside each signer that it verifies with."""
    by_name = {one.name: one for one in signers}
    found = []
    for signed in signed_things(evidence):
        for anchor in signed.anchors:
            one = by_name.get(anchor)
            if one is None or signed.signer is None:
                continue
            differs = _differs(one.spec, signed.signer)
            speaks = _speaks_for(one.spec, evidence)
            found.append(Voucher(signed.bundle, one.name, differs is None, differs, speaks))
    return tuple(found)


def stamp_matches(stamps: Iterable[tuple[str, StampSpec]], evidence: Evidence) -> tuple[StampMatch, ...]:
    """Return the verification summaries of a model by signers that a policy names (`stamps`: policy, entry)."""
    summaries = [one for one in _statements(evidence) if one.summary is not None and one.about == "this_model"]
    found = []
    for policy, spec in stamps:
        for one in summaries:
            if spec.signer not in one.anchors:
                continue
            made = _made_at(one)
            until = None if made is None else made + int(spec.max_age * 1e9)
            found.append(StampMatch(policy, spec.signer, one.bundle, spec.covers, made, until))
    return tuple(found)


def _made_at(statement: SignedStatement) -> int | None:
    """Return when the look was taken: what the summary says, and no later than it was signed."""
    said = statement.summary.verified_at if statement.summary is not None else None
    times = [one for one in (said, statement.signed_at) if one is not None]
    return min(times, default=None)


def signed_things(evidence: Evidence) -> Iterator[Signature | SignedStatement]:
    """Return the verified signatures and statements of a model."""
    if isinstance(evidence.signatures, Found) and isinstance(evidence.signatures.value, Signatures):
        yield from (one for one in evidence.signatures.value.signatures if one.verified)
    yield from _statements(evidence)


def _statements(evidence: Evidence) -> Iterator[SignedStatement]:
    if isinstance(evidence.statements, Found) and isinstance(evidence.statements.value, Statements):
        yield from (one for one in evidence.statements.value.statements if one.verified)


def _speaks_for(spec: TrustedSignerSpec, evidence: Evidence) -> bool:
    if any(matches_model(pattern, evidence) is not None for pattern in spec.may_sign.models):
        return True
    owner, slash, _ = evidence.ref.repository.partition("/")
    return (
        bool(slash)
        and evidence.ref.scheme == "hf"
        and owner.lower() in {one.lower() for one in spec.may_sign.publishers}
    )


def _differs(spec: TrustedSignerSpec, signer: SignedBy) -> str | None:
    """Return what keeps a signer from being one of those a TrustedSigner names; `None` when it is one."""
    if spec.method != signer.method:
        return "method"
    if spec.method == "key":
        return None  # it verified with the key of this very object
    problems = [_mismatch(identity, signer) for identity in spec.identities]
    # The identity that fits best says most about what is wrong.
    return None if None in problems else max((one for one in problems if one is not None), key=_ORDER.index)


_ORDER = ("issuer", "subject", "source repository", "workflow", "runner")


def _mismatch(identity: Identity, signer: SignedBy) -> str | None:
    if identity.issuer != signer.issuer:
        return "issuer"
    if not any(_is_subject(identity, one) for one in signer.subjects):
        return "subject"
    demands = (
        ("source repository", identity.source_repository, signer.source_repository),
        ("workflow", identity.workflow, signer.workflow),
        ("runner", identity.runner, signer.runner),
    )
    return next((name for name, wanted, got in demands if wanted is not None and wanted != got), None)


def _is_subject(identity: Identity, subject: str) -> bool:
    if identity.subject is not None:
        return subject == identity.subject
    pattern = identity.subject_pattern
    return pattern is not None and len(subject) <= LONGEST_SUBJECT and re.fullmatch(pattern, subject) is not None
