"""
What signatures and signed statements say about one model, as policies see it.

Cryptography is decided before this; who may sign for what is for Rego to say, from what a site attaches (model/site.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from weighbridge.model.outcomes import Because

About: TypeAlias = Literal["this_model", "another_model", "unknown"]
"""
What a signed subject is: this very content, other content, or not to be told because a file could not be fetched.

A signature about another model is no signature of this one.
"""
StatementKind: TypeAlias = Literal["provenance", "summary", "test_result", "aibom", "facts", "other"]
ClaimAbout: TypeAlias = Literal["license", "base_model", "dataset", "evaluation"]
MOST_NAMED = 50
"""Files of one kind that are named; more are counted."""


@dataclass(frozen=True, slots=True)
class SignedBy:
    """Who signed, by certificate or key."""

    method: Literal["sigstore", "certificate", "key"]
    subjects: tuple[str, ...]
    """Subject alternative names of the certificate; none for a key."""
    issuer: str | None
    source_repository: str | None
    workflow: str | None
    runner: str | None
    fingerprint: str
    """sha256 of the certificate or key, hexadecimal."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """A signed manifest of files against the files of the repository."""

    comparable: bool
    """Whether every signed file that matters could be compared without fetching the weights."""
    why_not: str | None
    signed: int
    """Files with the bytes that were signed."""
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    unsigned: tuple[str, ...]
    """Files an engine would load, or that say what the model is, which the manifest does not list."""
    ignored: tuple[str, ...]
    """Paths that the signer left out."""
    dangerous: tuple[str, ...]
    """Those of them that hide code, configuration, tokenizer, chat template, card or license."""
    symlinks: bool
    """Whether the signer followed symbolic links."""
    card: bool
    license: bool
    code: bool
    weights: bool
    """Whether every file of the kind is listed with equal bytes; a kind without files is covered."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature that was found for a model."""

    bundle: str
    """`sha256:…` of the signature file."""
    place: str
    """Where it was found: `model.sig`, `referrer sha256:…`, `command line`."""
    verified: bool
    code: str | None
    """Why it does not verify; `None` when it does."""
    anchors: tuple[str, ...]
    """TrustedSigner objects whose root, certificates or key it verifies against."""
    about: About
    signer: SignedBy | None
    signed_at: int | None
    """Trusted time of signing, nanoseconds since 1970; a key alone proves none."""
    coverage: Coverage | None
    """`None` for a signature over one digest."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something a verified provenance says went into the model."""

    name: str
    """Normalized `org/name` for models and datasets of a hub, else the URI."""
    kind: Literal["model", "dataset", "other"]
    uri: str
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ancestor:
    """An ancestor that a verification summary names."""

    name: str
    """Normalized `org/name`."""
    digests: Mapping[str, str]
    """`gitCommit`, `sha256`: hexadecimal."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A verification summary (SLSA VSA 1.x): somebody has looked at the model already."""

    verifier: str
    passed: bool
    levels: tuple[str, ...]
    """`verifiedLevels`; rule ids among them limit what the summary answers."""
    verified_at: int | None
    """Nanoseconds since 1970."""
    ancestors: tuple[Ancestor, ...] | None
    """`None` when the summary does not say what the model was made from."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Something a verified statement says of the model."""

    about: ClaimAbout
    value: str
    pin: str | None
    """Commit or digest of the thing, where the statement gives one."""


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """One in-toto statement that was found for a model."""

    bundle: str
    place: str
    verified: bool
    code: str | None
    anchors: tuple[str, ...]
    about: About
    signer: SignedBy | None
    signed_at: int | None
    kind: StatementKind
    predicate_type: str | None
    builder: str | None
    """`runDetails.builder.id` of a provenance."""
    dependencies: tuple[Dependency, ...]
    summary: Summary | None
    claims: tuple[Claim, ...]
    card: bool
    """Whether one of its subjects is the card that is judged, by digest."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """A place where signatures may lie that could not be asked."""

    place: str
    because: Because
    host: str
    since: int | None


@dataclass(frozen=True, slots=True)
class Signatures:
    """Every signature found; a set of which the known members are judged first."""

    signatures: tuple[Signature, ...]
    unknown: tuple[Unasked, ...] = ()


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A verified statement and the card or the files say different things."""

    about: ClaimAbout
    attested: str
    declared: str
    bundle: str


@dataclass(frozen=True, slots=True)
class Statements:
    """Every statement found; a set of which the known members are judged first."""

    statements: tuple[SignedStatement, ...]
    contradictions: tuple[Contradiction, ...] = ()
    unknown: tuple[Unasked, ...] = ()
