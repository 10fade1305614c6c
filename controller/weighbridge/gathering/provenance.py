"""
Who vouches for a model, and what they say: bundles are found, verified, and held against the files they are about.

1. every place is asked (attachments.py)
2. every bundle is verified, off the event loop (verifying.py)
3. signed lists of files are laid beside the repository (comparing.py)
4. statements are read, and bound to the model by digest, never by name
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from weighbridge.gathering.asking import Deadline, Questions
from weighbridge.gathering.attachments import Attached, Attachments, FoundPlaces
from weighbridge.gathering.comparing import compared
from weighbridge.gathering.verifying import Anchors, Proof, Verifying
from weighbridge.model.evidence import File, Files, Resolved
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
from weighbridge.provenance import MODEL_SIGNATURE, read_manifest
from weighbridge.provenance.binding import Content, coverage, is_about, kind_of_file, names_card
from weighbridge.provenance.claims import read_claims
from weighbridge.sources.interface import Source, utc_now
from weighbridge.store.memory import Memory
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
class Subject:
    """The model that bundles are looked for, as far as it is known."""

    name: str
    now: Resolved
    card_sha256: str | None
    files: Files | None
    paths: tuple[str, ...]
    """Files of the repository where signatures lie."""
    unlisted: Unknown | Unreadable | None = None
    """Why its files are not known; signatures that nobody could look for are not absent."""

    @property
    def keys(self) -> tuple[str, ...]:
        """What a store calls the model."""
        return store_keys(self.now)

    @property
    def content(self) -> Content:
        """By which digests statements may name it."""
        loaded = [one for one in self.files.files if _is_weights(one)] if self.files is not None else []
        known = frozenset(one.sha256 for one in loaded if one.sha256 is not None)
        whole = known if loaded and all(one.sha256 is not None for one in loaded) else frozenset()
        return Content(self.now.commit, self.now.digest, self.card_sha256, whole)


def store_keys(now: Resolved) -> tuple[str, ...]:
    """Return what a store of attestations calls a commit and a digest."""
    algorithm, _, digest = (now.digest or "").partition(":")
    keys = [f"gitCommit-{now.commit}"] if now.commit else []
    return (*keys, f"{algorithm}-{digest}") if digest else tuple(keys)


def _is_weights(file: File) -> bool:
    return file.loaded and file.format != "code"


class Provenance:
    """Finds out who vouches for models."""

    def __init__(self, attachments: Attachments, verifying: Verifying, clock: Callable[[], float]) -> None:
        """Look into `attachments`, believe what `verifying` proves; `clock` counts seconds and only grows."""
        self._attachments = attachments
        self._verifying = verifying
        self._compared: Questions[Compared | Unreadable] = Questions(Memory(clock, immutable=True))

    @property
    def version(self) -> str:
        """Of what is trusted now: evidence holds for one version only."""
        return self._verifying.version

    async def of_model(self, source: Source, subject: Subject, deadline: Deadline) -> Signed:
        """Return who signed a model whose repository could be asked."""
        at = subject.now.commit or subject.now.digest or ""
        here, stored = await asyncio.gather(
            self._attachments.of_repository(source, subject.name, at, subject.paths, deadline),
            self._attachments.of_store(subject.keys, deadline),
        )
        found = here.with_more(stored)
        proofs = await self._proofs(found)
        lists = await asyncio.gather(
            *(self._against_files(source, subject, at, proof, deadline) for _, proof in proofs)
        )
        return _as_far_as_listed(_signed(found, proofs, lists, subject.content), subject)

    async def of_commit(self, commit: str, silent: Unknown, place: str, deadline: Deadline) -> Signed:
        """Return what a store holds about a commit whose repository keeps silent."""
        content = Content(commit, None, None, frozenset())
        found = await self._attachments.of_store((f"gitCommit-{commit}",), deadline)
        found = found.with_more(FoundPlaces(unknown=(Unasked(place, silent.because, silent.host, silent.since),)))
        proofs = await self._proofs(found)
        return _signed(found, proofs, [_List() for _ in proofs], content)

    async def _proofs(self, found: FoundPlaces) -> list[tuple[Attached, Proof]]:
        proofs = await asyncio.gather(*(self._proof(one) for one in found.attached))
        return list(zip(found.attached, proofs, strict=True))

    async def _proof(self, attached: Attached) -> Proof:
        if attached.raw is None:
            return Proof("sha256:", None, "too_large", "larger than a bundle may be", ())
        return await self._verifying.proof(attached.raw)

    async def _against_files(
        self, source: Source, subject: Subject, at: str, proof: Proof, deadline: Deadline
    ) -> _List:
        """Compare the files that a model signature lists; everything else lists none."""
        if proof.verified is None or not proof.verified.statement.predicate_type.startswith(OLDER_SIGNATURES):
            return _List()
        manifest = read_manifest(proof.verified.statement)
        if isinstance(manifest, Refused):
            return _List(refused=manifest)
        outcome = await self._compared.ask(
            (source.host, subject.name, at, proof.bundle),
            lambda: compared(source, subject.name, at, manifest, frozenset(subject.paths)),
            source,
            deadline,
        )
        return _List(manifest, outcome)


def trusting_nobody(clock: Callable[[], float]) -> Provenance:
    """Return what finds signatures and believes none."""
    return Provenance(Attachments(clock, None), Verifying(lambda: Anchors({}), clock, utc_now), clock)


@dataclass(frozen=True, slots=True)
class _List:
    """A signed list of files, with what it comes to."""

    manifest: Manifest | None = None
    outcome: Outcome[Compared | Unreadable] = field(default_factory=lambda: Missing("a signed list of files"))
    refused: Refused | None = None


def _signed(
    found: FoundPlaces, proofs: Sequence[tuple[Attached, Proof]], lists: Sequence[_List], content: Content
) -> Signed:
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


def _as_far_as_listed(signed: Signed, subject: Subject) -> Signed:
    """Say what could not be looked for because the files of the repository are not known."""
    match subject.unlisted, signed.statements:
        case Unknown() as silent, Found(value=Statements() as known):
            gap = Unasked(subject.name, silent.because, silent.host, silent.since)
            return Signed(silent, Found(replace(known, unknown=(*known.unknown, gap))))
        case Unknown() as silent, _:
            return Signed(silent, signed.statements)
        case Unreadable() as unreadable, _:
            return Signed(Found(unreadable), Found(unreadable))
        case _:
            return signed


def _intact(cover: Coverage | None) -> bool:
    return cover is not None and cover.comparable and not cover.changed


def _is_signature(attached: Attached, proof: Proof) -> bool:
    """A verified bundle is what its statement says; of another only the place speaks."""
    if proof.verified is None:
        return attached.kind == "signature"
    kind = proof.verified.statement.predicate_type
    return kind.startswith(OLDER_SIGNATURES) or kind == ARTIFACT_SIGNATURE


def _signature(attached: Attached, proof: Proof, one: _List, content: Content) -> Signature:
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
