"""Finds signatures and attestations: in the repository of a model, beside an artifact, in a store, or handed in by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from weighbridge.gathering.asking import Deadline, Questions
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.signatures import Unasked
from weighbridge.provenance import LARGEST_BUNDLE
from weighbridge.provenance.places import MOST_BUNDLES, PlaceKind, bundles_in, could_be_bundle, place_kind
from weighbridge.sources.attestations import AttestationStore
from weighbridge.sources.interface import Attaching, Attachment, Source
from weighbridge.store.encoding import Encoding
from weighbridge.store.lifetimes import ATTACHED, Lifetime, at_a_commit
from weighbridge.store.remembered import Remembered

BUNDLE = "application/vnd.dev.sigstore.bundle"
LEGACY_SIGNATURES = ("application/vnd.dev.cosign.simplesigning.v1+json",)
LEGACY_STATEMENTS = ("application/vnd.dsse.envelope.v1+json", "application/vnd.in-toto+json")
VERSION = "bundles 1"
"""Of what is remembered here: bytes as they were found, which every version of ours verifies anew."""
UNANSWERED = Lifetime(15.0, 15.0)
SIGNS = "https://sigstore.dev/cosign/sign"


@dataclass(frozen=True, slots=True)
class Attached:
    """Something that was found where signatures lie."""

    place: str
    kind: PlaceKind
    raw: bytes | None
    """`None` when it is no bundle that could be verified."""
    code: str = "too_large"
    """Why it is none."""


@dataclass(frozen=True, slots=True)
class FoundPlaces:
    """What lay in all places, and the places that did not answer."""

    attached: tuple[Attached, ...] = ()
    unknown: tuple[Unasked, ...] = ()
    too_many: str | None = None
    """The place that holds more than anybody looks at."""

    def with_more(self, more: FoundPlaces) -> FoundPlaces:
        """Return both together; a bundle that lies in two places counts once."""
        known = {one.raw for one in self.attached if one.raw is not None}
        new = tuple(one for one in more.attached if one.raw is None or one.raw not in known)
        return FoundPlaces((*self.attached, *new), (*self.unknown, *more.unknown), self.too_many or more.too_many)


class Attachments:
    """Asks every place where signatures of a model may lie."""

    def __init__(
        self, remembered: Remembered, store: AttestationStore | None, supplied: Sequence[Attached] = ()
    ) -> None:
        """Ask `store` too where there is one; `supplied` is at hand for every model; what lies where is `remembered`."""
        self._store = store
        self._supplied = FoundPlaces(tuple(supplied))
        self._files: Questions[tuple[Attached, ...] | Unreadable] = Questions(
            "signature", Encoding(tuple[Attached, ...]), remembered, version=VERSION
        )
        self._beside: Questions[FoundPlaces | Unreadable] = Questions(
            "attached", Encoding(FoundPlaces), remembered, version=VERSION
        )
        self._stored: Questions[tuple[Attached, ...] | Unreadable] = Questions(
            "attested", Encoding(tuple[Attached, ...]), remembered, version=VERSION
        )

    async def of_repository(
        self, source: Source, name: str, commit: str, paths: Sequence[str], deadline: Deadline
    ) -> FoundPlaces:
        """Return what lies in the repository at `paths`, and what was handed in."""
        if len(paths) > MOST_BUNDLES:
            return self._supplied.with_more(FoundPlaces(too_many=f"{name} holds {len(paths)} signature files"))
        outcomes = await asyncio.gather(
            *(
                self._files.ask(
                    (source.host, name),
                    (commit, path),
                    partial(_read, source, name, commit, path),
                    source,
                    deadline,
                    at_a_commit,
                )
                for path in paths
            )
        )
        found = self._supplied
        for path, outcome in zip(paths, outcomes, strict=True):
            found = found.with_more(_places(path, outcome))
        return found

    async def of_registry(self, source: Source, name: str, digest: str | None, deadline: Deadline) -> FoundPlaces:
        """Return what lies beside an artifact at its registry."""
        if digest is None or not digest.startswith("sha256:") or not isinstance(source, Attaching):
            return FoundPlaces()
        outcome = await self._beside.ask(
            (source.host, name), (digest,), partial(_all_beside, source, name, digest), source, deadline, _attached
        )
        match outcome:
            case Found(value=Unreadable(unreadable=why)):
                return FoundPlaces(too_many=why)
            case Found(value=FoundPlaces() as found):
                return found
            case Unknown():
                gap = Unasked(f"{name} at {source.host}", outcome.because, outcome.host, outcome.since)
                return FoundPlaces(unknown=(gap,))
            case _:
                return FoundPlaces()

    async def of_store(self, keys: Sequence[str], deadline: Deadline) -> FoundPlaces:
        """Return what the store holds about digests, written `gitCommit-…`, `sha256-…`."""
        store, found = self._store, FoundPlaces()
        if store is None:
            return found
        for key in keys:
            outcome = await self._stored.ask(
                (store.host, key), (), partial(_from_store, store, key), store, deadline, _attached
            )
            found = found.with_more(_places(f"{key} at {store.host}", outcome))
        return found


def _attached(outcome: object) -> Lifetime:
    """Sets beside a digest grow; one of which a part did not answer is asked again soon."""
    match outcome:
        case Found(value=FoundPlaces(unknown=unknown)) if unknown:
            return UNANSWERED
        case _:
            return ATTACHED


async def _all_beside(source: Attaching, name: str, digest: str) -> Outcome[FoundPlaces | Unreadable]:
    delivered = await source.attachments(name, digest)
    match delivered:
        case Found(value=Unreadable() as unreadable):
            return Found(unreadable)
        case Found(value=tuple() as attachments):
            found = FoundPlaces()
            for one in attachments:
                found = found.with_more(_beside(one))
            return Found(found)
        case Missing() | Unknown():
            return delivered
        case Found():
            raise TypeError("a registry delivers attachments or why they cannot be used")


def _beside(one: Attachment) -> FoundPlaces:
    """Return a bundle beside an artifact; what cosign wrote before bundles cannot be proved."""
    signs = one.media_type in LEGACY_SIGNATURES or (one.predicate_type or "").startswith(SIGNS)
    kind: PlaceKind = "signature" if signs else "attestation"
    if one.media_type in (*LEGACY_SIGNATURES, *LEGACY_STATEMENTS):
        return FoundPlaces((Attached(one.place, kind, None, "unsupported_entry"),))
    if not one.media_type.startswith(BUNDLE):
        return FoundPlaces()  # a bill of materials as it is, a scan: nobody signed it
    match one.content:
        case Found(value=bytes() as raw) if len(raw) <= LARGEST_BUNDLE:
            return FoundPlaces((Attached(one.place, kind, raw),))
        case Found():
            return FoundPlaces((Attached(one.place, kind, None),))
        case Unknown() as silent:
            return FoundPlaces(unknown=(Unasked(one.place, silent.because, silent.host, silent.since),))
        case Missing():
            return FoundPlaces()


async def _read(source: Source, name: str, commit: str, path: str) -> Outcome[tuple[Attached, ...] | Unreadable]:
    delivered = await source.read(name, commit, path, LARGEST_BUNDLE)
    match delivered:
        case Found(value=Unreadable()):
            return Found((Attached(path, place_kind(path) or "attestation", None),))
        case Found(value=bytes() as content):
            return Found(_bundles(path, place_kind(path) or "attestation", content))
        case Missing() | Unknown():
            return delivered
        case Found():
            raise TypeError("a source delivers bytes or why they cannot be used")


async def _from_store(store: AttestationStore, key: str) -> Outcome[tuple[Attached, ...] | Unreadable]:
    delivered = await store.attestations(key)
    match delivered:
        case Found(value=bytes() as content):
            return Found(_bundles(f"{key} at {store.host}", "attestation", content))
        case Found(value=Unreadable() as unreadable):
            return Found(unreadable)
        case Missing() | Unknown():
            return delivered
        case Found():
            raise TypeError("a store delivers bytes or why they cannot be used")


def _bundles(place: str, kind: PlaceKind, content: bytes) -> tuple[Attached, ...] | Unreadable:
    if kind == "maybe":
        if not could_be_bundle(content):
            return ()
        kind = "signature"
    found = bundles_in(content) or [content]
    if len(found) > MOST_BUNDLES:
        return Unreadable(f"{place} holds {len(found)} bundles")
    return tuple(Attached(place, kind, one if len(one) <= LARGEST_BUNDLE else None) for one in found)


def _places(place: str, outcome: Outcome[tuple[Attached, ...] | Unreadable]) -> FoundPlaces:
    match outcome:
        case Found(value=Unreadable(unreadable=why)):
            return FoundPlaces(too_many=why)
        case Found(value=tuple() as attached):
            return FoundPlaces(attached)
        case Found():
            raise TypeError("a place holds bundles or why they cannot be used")
        case Missing():
            return FoundPlaces()
        case Unknown():
            return FoundPlaces(unknown=(Unasked(place, outcome.because, outcome.host, outcome.since),))
