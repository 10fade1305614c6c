"""What the policies say, and what is made of it (DESIGN §3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from weighbridge.model.evidence import Place
from weighbridge.model.refs import Role

Action: TypeAlias = Literal["audit", "warn", "deny"]
Effect: TypeAlias = Literal["audit", "warn", "deny", "excepted", "grace"]
Stage: TypeAlias = Literal["audit", "warn", "enforce"]
Severity: TypeAlias = Literal["critical", "high", "medium", "low", "info"]
WhoCanAct: TypeAlias = Literal["you", "model_owner", "platform", "policy_owner"]


@dataclass(frozen=True, slots=True)
class Remedy:
    """What the two people who might mend it can do."""

    deployer: str
    publisher: str


@dataclass(frozen=True, slots=True)
class UnknownSource:
    """The source that did not answer, and the rules that could not be decided for it."""

    because: str
    host: str
    since: int | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExceptionUsed:
    """The exception that holds a finding back."""

    name: str
    namespace: str
    owner: str
    expires: int
    """Nanoseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A fact a finding rests on, with its place."""

    fact: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's complaint about one model, or about the workload when `model` is `None`."""

    rule: str
    model: str | None
    action: Action
    """What the policy demands."""
    effect: Effect
    """What happens now."""
    severity: Severity
    message: str
    remedy: Remedy
    who_can_act: WhoCanAct
    evidence: tuple[Quote, ...] = ()
    exception: ExceptionUsed | None = None
    since: int | None = None
    grace_until: int | None = None
    because_unknown: UnknownSource | None = None


@dataclass(frozen=True, slots=True)
class JudgedModel:
    """A model of a decision, with what its reference means now."""

    ref: str
    role: Role
    commit: str | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class StampUsed:
    """A verification summary that answered rules about a model, so that they were not judged again."""

    model: str
    """`str(ref)`."""
    signer: str
    """The TrustedSigner whose signature it bears."""
    policy: str
    """The ModelPolicy that takes it."""
    bundle: str
    """`sha256:…` of the signed bundle."""
    verified_at: int
    until: int
    """Nanoseconds since 1970."""
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policies answered, checked."""

    stage: Stage
    allowed: bool
    """No finding has effect deny."""
    would_allow: bool
    """No finding has action deny, exceptions aside: the answer once the stage is enforce."""
    undecided: bool
    """There is a finding of `evidence.available`."""
    findings: tuple[Finding, ...]
    revision: str
    """Of the bundle that answered."""
    stamps: tuple[StampUsed, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict about one object."""

    id: str
    """Twelve hexadecimal digits of the facts' digest: equal facts, equal id."""
    api_version: str
    kind: str
    namespace: str
    name: str
    models: tuple[JudgedModel, ...]
    verdict: Verdict
