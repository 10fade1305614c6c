"""Verified bundles, and what their lists of files come to → what policies see of signatures and statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from weighbridge.gathering.attachments import Attached, FoundPlaces
from weighbridge.gathering.verifying import Proof
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.provenance import Compared, Manifest, Refused, Signer, Verified
from weighbridge.model.signatures import (
    Coverage,
    Signature,
    Signatures,
    SignedBy,
    SignedStatement,
    Statements,
    Unasked,
)
from weighbridge.provenance import MODEL_SIGNATURE
from weighbridge.provenance.binding import Content, coverage, is_about, kind_of_file, names_card
from weighbridge.provenance.claims import read_claims
from weighbridge.weights import format_of

OLDER_SIGNATURES = "https://model_signing/"
ARTIFACT_SIGNATURE = "https://sigstore.dev/cosign/sign/v1"
"""What `cosign sign` of version 3 states about the digest of an artifact."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What all bundles of a model come to."""

    signatures: Outcome[Signatures | Unreadable]
    statements: Outcome[Statements | Unreadable]

    @property
    def holding(self) -> tuple[SignedStatement, ...]:
        """The statements that verify and are about this model."""
        match self.statements:
            case Found(value=Statements(statements=statements)):
                return tuple(one for one in statements if one.verified and one.about == "this_model")
            case _:
                return ()


@dataclass(frozen=True, slots=True)
class SignedList:
    """A signed list of files, with what it comes to."""

    manifest: Manifest | None = None
    outcome: Outcome[Compared | Unreadable] = field(default_factory=lambda: Missing("a signed list of files"))
    refused: Refused | None = None


def signed_of(
    found: FoundPlaces, proofs: Sequence[tuple[Attached, Proof]], lists: Sequence[SignedList], content: Content
) -> Signed:
    """Return what all bundles come to: `proofs` of what was found, and of each the list of files beside it."""
    if found.too_many is not None:
        unreadable = Unreadable(found.too_many)
        return Signed(Found(unreadable), Found(unreadable))
    unknown = list(found.unknown)
    signatures = []
    manifests: set[str] = set()
    for (attached, proof), one in zip(proofs, lists, strict=True):
        if not _is_signature(attached, proof):
            continue
        signature = _signature(attached, proof, one, content)
        signatures.append(signature)
        if isinstance(one.outcome, Unknown):
            unknown.append(Unasked(attached.place, one.outcome.because, one.outcome.host, one.outcome.since))
        if proof.verified is not None and signature.about == "this_model" and _intact(signature.coverage):
            manifests |= {
                digest
                for subject in proof.verified.statement.subjects
                for digest in [subject.digests.get("sha256", "")]
            }
    bound = replace(content, manifests=frozenset(manifests - {""}))
    statements = [
        _statement(attached, proof, bound) for attached, proof in proofs if not _is_signature(attached, proof)
    ]
    gaps = tuple(dict.fromkeys(unknown))
    return Signed(Found(Signatures(tuple(signatures), gaps)), Found(Statements(tuple(statements), (), found.unknown)))


def _intact(cover: Coverage | None) -> bool:
    return cover is not None and cover.comparable and not cover.changed


def _is_signature(attached: Attached, proof: Proof) -> bool:
    """A verified bundle is what its statement says; of another only the place speaks."""
    if proof.verified is None:
        return attached.kind == "signature"
    kind = proof.verified.statement.predicate_type
    return kind.startswith(OLDER_SIGNATURES) or kind == ARTIFACT_SIGNATURE


def _signature(attached: Attached, proof: Proof, one: SignedList, content: Content) -> Signature:
    verified = proof.verified
    if verified is None or one.refused is not None:
        code = one.refused.code if one.refused is not None else proof.code
        return Signature(proof.bundle, attached.place, False, code, (), "unknown", None, None, None)
    cover: Coverage | None = None
    about: str = "another_model"
    if verified.statement.predicate_type == MODEL_SIGNATURE:
        match one.outcome:
            case Found(value=Compared() as result):
                cover = coverage(result, _matter(result.unsigned))
                about = "this_model" if result.signed or result.undetermined else "another_model"
            case Found(value=Unreadable(unreadable=why)):
                cover, about = _incomparable(why), "this_model"
            case Missing() | Unknown():
                about = "unknown"
            case Found():
                raise TypeError("a comparison is compared or unreadable")
    elif is_about(verified.statement, content):
        about = "this_model"
    return Signature(
        bundle=proof.bundle,
        place=attached.place,
        verified=True,
        code=None,
        anchors=proof.anchors,
        about="this_model" if about == "this_model" else "unknown" if about == "unknown" else "another_model",
        signer=_signer(verified.signer),
        signed_at=_nanoseconds(verified),
        coverage=cover,
    )


def _matter(paths: Sequence[str]) -> frozenset[str]:
    return frozenset(path for path in paths if kind_of_file(path, format_of(path)) != "other")


def _incomparable(why: str) -> Coverage:
    return Coverage(False, why, 0, (), (), (), (), (), False, False, False, False, False)


def _statement(attached: Attached, proof: Proof, content: Content) -> SignedStatement:
    verified = proof.verified
    if verified is None:
        return SignedStatement(
            proof.bundle, attached.place, False, proof.code, (), "unknown", None, None, "other", None, None, (), None, (), False
        )  # fmt: skip
    read = read_claims(verified.statement)
    about = is_about(verified.statement, content)
    return SignedStatement(
        bundle=proof.bundle,
        place=attached.place,
        verified=True,
        code=None,
        anchors=proof.anchors,
        about="this_model" if about else "another_model",
        signer=_signer(verified.signer),
        signed_at=_nanoseconds(verified),
        kind=read.kind,
        predicate_type=verified.statement.predicate_type,
        builder=read.builder,
        dependencies=read.dependencies,
        summary=read.summary,
        claims=read.claims,
        card=names_card(verified.statement, content, whole=about),
    )


def _signer(signer: Signer) -> SignedBy:
    return SignedBy(
        method=signer.method,
        subjects=signer.subjects or ((signer.subject_name,) if signer.subject_name else ()),
        issuer=signer.issuer,
        source_repository=signer.source_repository,
        workflow=signer.build_config,
        runner=signer.runner_environment,
        fingerprint=signer.sha256,
    )


def _nanoseconds(verified: Verified) -> int | None:
    return None if verified.signed_at is None else verified.signed_at * 1_000_000_000
