"""
Who vouches for a model, and what they say: bundles are found, verified, and held against the files they are about.

1. every place is asked (attachments.py)
2. every bundle is verified, off the event loop (verifying.py)
3. signed lists of files are laid beside the repository (comparing.py)
4. statements are read, and bound to the model by digest, never by name
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from weighbridge.gathering.asking import Deadline, Questions
from weighbridge.gathering.attachments import Attached, Attachments, FoundPlaces
from weighbridge.gathering.comparing import compared
from weighbridge.gathering.signed import OLDER_SIGNATURES, Signed, SignedList, signed_of
from weighbridge.gathering.verifying import Anchors, Proof, Verifying
from weighbridge.model.evidence import File, Files, Resolved
from weighbridge.model.outcomes import Found, Unknown, Unreadable
from weighbridge.model.provenance import Compared, Refused
from weighbridge.model.signatures import (
    Statements,
    Unasked,
)
from weighbridge.provenance import read_manifest
from weighbridge.provenance.binding import Content
from weighbridge.sources.interface import Source, utc_now
from weighbridge.store.encoding import Encoding
from weighbridge.store.lifetimes import at_a_commit
from weighbridge.store.remembered import Remembered

VERSION = "comparisons 1"
"""Of how signed lists are compared: another one asks again."""


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

    def __init__(self, attachments: Attachments, verifying: Verifying, remembered: Remembered) -> None:
        """Look into `attachments`, believe what `verifying` proves; what was compared is `remembered`."""
        self._attachments = attachments
        self._verifying = verifying
        self._compared: Questions[Compared | Unreadable] = Questions(
            "compared", Encoding(Compared), remembered, version=VERSION
        )

    @property
    def version(self) -> str:
        """Of what is trusted now: evidence holds for one version only."""
        return self._verifying.version

    async def of_model(self, source: Source, subject: Subject, deadline: Deadline) -> Signed:
        """Return who signed a model whose repository could be asked."""
        at = subject.now.commit or subject.now.digest or ""
        here, beside, stored = await asyncio.gather(
            self._attachments.of_repository(source, subject.name, at, subject.paths, deadline),
            self._attachments.of_registry(source, subject.name, subject.now.digest, deadline),
            self._attachments.of_store(subject.keys, deadline),
        )
        found = here.with_more(beside).with_more(stored)
        proofs = await self._proofs(found)
        lists = await asyncio.gather(
            *(self._against_files(source, subject, at, proof, deadline) for _, proof in proofs)
        )
        return _as_far_as_listed(signed_of(found, proofs, lists, subject.content), subject)

    async def of_commit(self, commit: str, silent: Unknown, place: str, deadline: Deadline) -> Signed:
        """Return what a store holds about a commit whose repository keeps silent."""
        content = Content(commit, None, None, frozenset())
        found = await self._attachments.of_store((f"gitCommit-{commit}",), deadline)
        found = found.with_more(FoundPlaces(unknown=(Unasked(place, silent.because, silent.host, silent.since),)))
        proofs = await self._proofs(found)
        return signed_of(found, proofs, [SignedList() for _ in proofs], content)

    async def _proofs(self, found: FoundPlaces) -> list[tuple[Attached, Proof]]:
        proofs = await asyncio.gather(*(self._proof(one) for one in found.attached))
        return list(zip(found.attached, proofs, strict=True))

    async def _proof(self, attached: Attached) -> Proof:
        if attached.raw is None:
            return Proof("sha256:", None, attached.code, "", ())
        return await self._verifying.proof(attached.raw)

    async def _against_files(
        self, source: Source, subject: Subject, at: str, proof: Proof, deadline: Deadline
    ) -> SignedList:
        """Compare the files that a model signature lists; everything else lists none."""
        if proof.verified is None or not proof.verified.statement.predicate_type.startswith(OLDER_SIGNATURES):
            return SignedList()
        manifest = read_manifest(proof.verified.statement)
        if isinstance(manifest, Refused):
            return SignedList(refused=manifest)
        outcome = await self._compared.ask(
            (source.host, subject.name),
            (at, proof.bundle),
            lambda: compared(source, subject.name, at, manifest, frozenset(subject.paths)),
            source,
            deadline,
            at_a_commit,
        )
        return SignedList(manifest, outcome)


def trusting_nobody(remembered: Remembered) -> Provenance:
    """Return what finds signatures and believes none."""
    verifying = Verifying(lambda: Anchors({}), remembered.now, utc_now)
    return Provenance(Attachments(remembered, None), verifying, remembered)


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
