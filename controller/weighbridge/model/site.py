"""What a site says about one namespace, as policies see it (DESIGN §5); site/ makes it from the six kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from weighbridge.model.requests import Json
from weighbridge.model.verdicts import Severity, Stage

Profile: TypeAlias = Literal["baseline", "standard", "restricted"]
RuleAction: TypeAlias = Literal["off", "audit", "warn", "deny"]
MatchedBy: TypeAlias = Literal["digest", "commit", "name"]


@dataclass(frozen=True, slots=True)
class StageEntry:
    """From `from_ns` on, the policy is in this stage."""

    stage: Stage
    from_ns: int | None
    """Nanoseconds since 1970; `None` = always."""
    from_date: str | None
    """The same day as the site wrote it, for messages."""


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """What a policy says about one rule."""

    action: RuleAction | None
    parameters: Mapping[str, Json]
    effective_on_ns: int | None
    effective_on: str | None


@dataclass(frozen=True, slots=True)
class LicensePolicy:
    """Which licenses may be served; an absent demand is no demand."""

    allow: tuple[str, ...] | None
    """When given, only these."""
    deny: tuple[str, ...]
    commercial: bool
    """Commercial use is needed."""
    copyleft: bool
    """Share-alike terms are acceptable."""
    revocable: bool
    """Licenses that can be ended at any time are acceptable."""
    field_of_use: tuple[str, ...] | None
    """Acceptable kinds of use restriction: `none`, `aup`, `list`."""


@dataclass(frozen=True, slots=True)
class Organization:
    """What the organization is, as far as licenses ask; `None` where the site does not say."""

    users: int | None
    """People a month that use its products."""
    revenue: int | None
    """US dollars a year."""
    region: str | None
    """Where it is domiciled: `EU`, or a country by ISO 3166 (`GB`, `KR`)."""


@dataclass(frozen=True, slots=True)
class OnUnknown:
    """What happens when a rule could not be decided."""

    default: Literal["deny", "warn"]
    rules: Mapping[str, Literal["deny", "warn"]]


@dataclass(frozen=True, slots=True)
class ExceptionClass:
    """Exceptions that need no approval."""

    approval: Literal["required", "none"]
    max_duration_ns: int | None
    alert: bool


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """A ModelPolicy that speaks for the namespace."""

    name: str
    priority: int
    floor: bool
    profile: Profile | None
    stages: tuple[StageEntry, ...]
    rules: Mapping[str, RuleEntry]
    licenses: LicensePolicy | None
    on_unknown: OnUnknown | None
    exception_classes: Mapping[str, ExceptionClass]
    organization: Organization | None = None


@dataclass(frozen=True, slots=True)
class Judging:
    """A profile in a stage."""

    profile: Profile
    stage: Stage
    set_by: str


@dataclass(frozen=True, slots=True)
class Approval:
    """A ModelExceptionApproval that names the exception."""

    name: str
    spec_digest: str
    requested_by: str
    approver: str


@dataclass(frozen=True, slots=True)
class ExceptionMatch:
    """A model of this workload that the exception speaks of."""

    model: str
    """`str(ref)`."""
    by: MatchedBy


@dataclass(frozen=True, slots=True)
class ExceptionFacts:
    """A ModelException of the namespace; whether it is valid is for Rego to say."""

    name: str
    namespace: str
    rule: str
    models: tuple[str, ...]
    owner: str
    reason: str
    kind: str
    ticket: str
    expires_ns: int | None
    """`None` when it states none."""
    requested_by: str
    exception_class: str
    """Empty when it names none."""
    spec_digest: str
    """`sha256:…` of the RFC 8785 form of `.spec` as stored."""
    approvals: tuple[Approval, ...]
    matched: tuple[ExceptionMatch, ...]


@dataclass(frozen=True, slots=True)
class AdvisoryMatch:
    """An advisory that speaks of a model or of one of its ancestors."""

    id: str
    severity: Severity
    node: str
    """The repository that matched, `org/name`."""
    own: bool
    """The model itself matched, not an ancestor."""
    by: MatchedBy
    block: Literal["new", "all"]
    fixed_in: str | None
    summary: str


@dataclass(frozen=True, slots=True)
class SignerFacts:
    """A TrustedSigner."""

    name: str
    method: Literal["sigstore", "certificate", "key"]
    speaks_for: tuple[str, ...]
    """Models of this workload that it may sign for, `str(ref)`."""
    stamps: bool
    """Whether its verification summaries may answer rules."""


@dataclass(frozen=True, slots=True)
class Voucher:
    """A signature or statement of a model, held against a TrustedSigner whose root, certificates or key it verifies with."""

    bundle: str
    signer: str
    identity: bool
    """Whether the signer is one of those it trusts."""
    differs: str | None
    """What is not as it should be: `issuer`, `subject`, `source repository`, `workflow`, `runner`."""
    speaks: bool
    """Whether it may sign for this model."""


@dataclass(frozen=True, slots=True)
class StampMatch:
    """A verification summary of a model by a signer that a policy names."""

    policy: str
    signer: str
    bundle: str
    covers: tuple[str, ...]
    """Rules the policy lets it answer: ids, `topic.*` or `*`."""
    verified_at_ns: int | None
    until_ns: int | None
    """Until when the policy lets it answer; `None` when the summary has no time."""


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """Everything a site says that may matter here."""

    policies: tuple[PolicyFacts, ...] = ()
    fallback: Judging = Judging("standard", "audit", "built-in")
    """Speaks where no policy does."""
    override: Judging | None = None
    """`--profile`: actions and stage come from here alone."""
    exceptions: tuple[ExceptionFacts, ...] = ()
    advisories: Mapping[str, tuple[AdvisoryMatch, ...]] = field(default_factory=dict)
    """By `str(ref)`."""
    signers: tuple[SignerFacts, ...] = ()
    vouchers: Mapping[str, tuple[Voucher, ...]] = field(default_factory=dict)
    """By `str(ref)`."""
    stamps: Mapping[str, tuple[StampMatch, ...]] = field(default_factory=dict)
    """By `str(ref)`."""
    in_house: frozenset[str] = frozenset()
    """Models by a publisher that is the organization itself, `str(ref)`."""
