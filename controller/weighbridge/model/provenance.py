"""
What a signature proves: who signed which statement, and how the bytes it lists compare with a listing.

Everything in here was verified or is a reason why it could not be; whether a signer is trusted for a model is decided in Rego.
Times are Unix times in whole seconds, digests lower-case hexadecimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Method: TypeAlias = Literal["sigstore", "key", "certificate"]

RefusalCode: TypeAlias = Literal[
    "too_large",  # more bytes, or deeper, than a bundle may have
    "malformed_bundle",  # not a bundle: not JSON, a wrong shape, an encoding that is not the canonical one
    "unsupported_bundle",  # a media type or content we do not read, such as a signature over bare bytes
    "unsupported_entry",  # a log entry that cannot be proved: no inclusion proof, intoto/0.0.2, legacy cosign annotations
    "unsupported_key",  # a kind or size of key that is not accepted
    "wrong_method",  # the bundle is signed by another method than this trust material is for
    "signature_count",  # not exactly one signature
    "unknown_key",  # no configured key is the one that the bundle names
    "unknown_authority",  # the certificate was issued by an authority that is not in the trust material
    "invalid_certificate",  # the chain does not verify, or the certificate may not sign code
    "invalid_signature",  # signature, log entry, proof or certificate transparency does not verify
    "invalid_timestamp",  # an RFC 3161 timestamp does not verify
    "outside_validity",  # an authority, log or certificate was not valid at the time
    "payload_type",  # what is signed is no in-toto statement
    "malformed_statement",  # the signed statement has a wrong shape
    "unsupported_predicate",  # a statement of another kind than the one that is needed
    "malformed_manifest",  # the signed list of files contradicts itself, or names a path outside the model
]

Serialization: TypeAlias = Literal["files", "shards"]
FileKind: TypeAlias = Literal["card", "license", "code", "weights", "configuration", "other"]


@dataclass(frozen=True, slots=True)
class Signer:
    """Whoever holds the key that signed, as the certificate or the configured key says."""

    method: Method
    sha256: str
    """Of the certificate's DER, or of the key's DER SubjectPublicKeyInfo."""
    subjects: tuple[str, ...] = ()
    """Subject alternative names: email addresses, URIs, names."""
    issuer: str | None = None
    """Keyless: who vouches for the identity (OIDC issuer). Certificate: the name of the authority. Key: `None`."""
    subject_name: str | None = None
    """Certificate: its subject in RFC 4514 form; `None` for the others."""
    not_before: int | None = None
    not_after: int | None = None
    source_repository: str | None = None
    """From here on what Fulcio wrote into a keyless certificate (1.3.6.1.4.1.57264.1.N): .12, a URI."""
    source_repository_digest: str | None = None
    """.13, a commit."""
    source_repository_ref: str | None = None
    """.14, `refs/heads/main`."""
    source_repository_owner: str | None = None
    """.16, a URI."""
    source_repository_visibility: str | None = None
    """.22, `public`."""
    build_signer: str | None = None
    """.9, the workflow that ran, with its ref; for a reusable workflow the called one."""
    build_signer_digest: str | None = None
    """.10."""
    build_config: str | None = None
    """.18, the workflow that was started: the caller."""
    build_trigger: str | None = None
    """.20, `push`."""
    runner_environment: str | None = None
    """.11, `github-hosted`."""
    run_invocation: str | None = None
    """.21, a URI."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a statement is about."""

    name: str
    """For people; nothing is ever matched by it."""
    digests: Mapping[str, str]
    """By algorithm, `sha256`."""


@dataclass(frozen=True, slots=True)
class Statement:
    """An in-toto statement, v1 or v0.1."""

    predicate_type: str
    """`https://slsa.dev/provenance/v1`."""
    subjects: tuple[Subject, ...]
    """Never empty; each has a digest."""
    predicate: Mapping[str, object]
    """As signed: an attacker's until its signer is trusted."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """The transparency log's record of a signature, proved by inclusion."""

    kind: str
    """`dsse/0.0.1`, or `hashedrekord/0.0.2` of Rekor v2."""
    log_id: str
    index: int


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that holds."""

    statement: Statement
    signer: Signer
    signed_at: int | None
    """The earliest time that a log or a timestamp authority proves; `None` where nobody does (key and certificate methods)."""
    log_entry: LogEntry | None
    media_type: str
    bundle_sha256: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A signature that does not hold, or content that cannot be used, and why."""

    code: RefusalCode
    detail: str
    """The sentence behind the code, printable: `the log entry is intoto/0.0.2. Sign again with cosign 3 or newer`."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A file, or a part of one, in a signed manifest."""

    path: str
    """Relative, with slashes; `.` for the only file of a model that is one file, as older signers write it."""
    algorithm: str
    """`sha256`, `sha384`, `sha512`, `blake2b`, `blake3`."""
    digest: str
    start: int = 0
    """First byte of the part."""
    end: int | None = None
    """Byte behind the part; `None` = the whole file."""

    @property
    def measure(self) -> str:
        """What must be hashed and how, `sha256` or `sha256:0:1000000`: the key in `Present.digests`."""
        return self.algorithm if self.end is None else f"{self.algorithm}:{self.start}:{self.end}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The list of files that an OpenSSF Model Signing v1.0 statement signs."""

    method: Serialization
    algorithm: str
    allow_symlinks: bool
    shard_size: int | None
    """Bytes."""
    ignore_paths: tuple[str, ...]
    resources: tuple[Resource, ...]
    """Sorted by path and start."""


@dataclass(frozen=True, slots=True)
class Present:
    """A file of the model as it lies there: what is known without fetching weights, and its content where it is small."""

    kind: FileKind = "other"
    size: int | None = None
    """Bytes; `None` when the listing does not say."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """By `Resource.measure`; a listing knows `sha256` of large files at most."""
    content: bytes | None = None
    """All bytes; hashed as the manifest demands where `digests` does not say."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A signed manifest beside the files as they lie there; paths are sorted."""

    signed: tuple[str, ...]
    """Present, and every byte is as signed."""
    changed: tuple[str, ...]
    """Present with other bytes than signed."""
    missing: tuple[str, ...]
    """Signed, and not there."""
    unsigned: tuple[str, ...]
    """There, and neither signed nor ignored."""
    ignored: tuple[str, ...]
    """There, and left out by the signed ignore list."""
    undetermined: tuple[str, ...]
    """There and signed, and nobody knows the digest without reading all of it."""
    dangerous_ignores: tuple[str, ...]
    """Entries of the signed ignore list that leave out code, configuration, weights, card or license."""
    allow_symlinks: bool
    """Symbolic links were followed when it was signed."""
    card_signed: bool | None
    """Whether the card is among the signed files; `None` when there is none. So for the next three, for every file of the kind."""
    license_signed: bool | None
    code_signed: bool | None
    weights_signed: bool | None
    comparable: bool
    """Whether every signed file could be compared."""
    why_not: str | None
    """Why they could not all be compared: `blake3 cannot be computed here`."""

    @property
    def matches(self) -> bool:
        """Whether every signed file is there, compared and unchanged."""
        return self.comparable and not self.changed and not self.missing and bool(self.signed)
