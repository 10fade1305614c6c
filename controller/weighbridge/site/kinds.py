"""
The schema of the six kinds, group `weighbridge.dev/v1alpha1`; the same for `--site DIR` and as custom resources.

Pydantic lives at this border only: `facts.py` beside it turns the objects into the values that policies see.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field, model_validator

from weighbridge.model.requests import MAX_EVIDENCE_AGE
from weighbridge.model.site import Profile, RuleAction
from weighbridge.model.verdicts import Severity, Stage
from weighbridge.site.fields import Covered, Duration, Json, LabelSelector, Moment, RuleId, Spec, Text
from weighbridge.site.trusted_signer import TrustedSignerSpec

GROUP = "weighbridge.dev"
API_VERSION = f"{GROUP}/v1alpha1"


class StageSpec(Spec):
    """`{stage, from}`."""

    stage: Stage
    from_: Moment | None = Field(None, alias="from")


class RuleSpec(Spec):
    """What a policy says about one rule."""

    action: RuleAction | None = None
    parameters: dict[str, Json] = Field(default_factory=dict)
    effective_on: Moment | None = None


class LicensesSpec(Spec):
    """Which licenses may be served."""

    allow: tuple[Text, ...] | None = None
    deny: tuple[Text, ...] = ()
    commercial: bool = False
    copyleft: bool = True
    revocable: bool = True
    field_of_use: tuple[Literal["none", "aup", "list"], ...] | None = None


class OrganizationSpec(Spec):
    """What the organization is, for thresholds and territories."""

    users: int | None = None
    revenue: int | None = None
    region: str | None = None
    publishers: tuple[Text, ...] = ()
    use_cases: tuple[Text, ...] = ()


class StampSpec(Spec):
    """A signer whose verified summaries answer the rules they cover."""

    signer: Text
    max_age: Duration
    covers: tuple[Covered, ...] = Field(min_length=1)


class ExistingSpec(Spec):
    """How long what runs may restart; other than 0 is not served yet."""

    grace: Duration = 0.0

    @model_validator(mode="after")
    def _zero(self) -> ExistingSpec:
        if self.grace:
            raise ValueError("existing.grace: only 0 can be honored yet. Fix: write grace: 0d or leave it out")
        return self


class OnUnknownSpec(Spec):
    """What happens when a rule could not be decided."""

    default: Literal["deny", "warn"] = "deny"
    rules: dict[RuleId, Literal["deny", "warn"]] = Field(default_factory=dict)


class ExceptionClassSpec(Spec):
    """Exceptions that may need no approval."""

    approval: Literal["required", "none"]
    max_duration: Duration | None = None
    alert: bool = False


class ModelPolicySpec(Spec):
    """What is demanded of models in the namespaces it selects."""

    namespace_selector: LabelSelector = LabelSelector()
    priority: int = 0
    floor: bool = False
    profile: Profile | None = None
    stages: tuple[StageSpec, ...] = ()
    rules: dict[RuleId, RuleSpec] = Field(default_factory=dict)
    licenses: LicensesSpec | None = None
    sources: dict[Literal["base", "adapter", "draft", "tokenizer", "image", "aux"], tuple[Text, ...]] = Field(
        default_factory=dict
    )
    organization: OrganizationSpec | None = None
    stamps: tuple[StampSpec, ...] = ()
    existing: ExistingSpec = ExistingSpec()
    on_unknown: OnUnknownSpec | None = None
    exception_classes: dict[str, ExceptionClassSpec] = Field(default_factory=dict)
    max_evidence_age: Duration = MAX_EVIDENCE_AGE
    ask_url: str | None = Field(None, alias="askURL")


class Subject(Spec):
    """The content a record is about."""

    name: Text
    commit: str | None = None
    digest: str | None = None
    card_sha256: str | None = Field(None, alias="cardSha256")


class RecordFact(Spec):
    """Something a reviewer established."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow", frozen=True)
    reviewer: Text
    date: Moment
    link: str | None = None


class ApprovalSpec(Spec):
    """Where a model may run."""

    state: Literal["approved", "restricted", "pending", "blocked"]
    namespaces: LabelSelector | None = None
    until: Moment | None = None
    alternative: str | None = None


class RecordVolume(Spec):
    """A volume whose content is this model."""

    namespace: Text
    claim: Text
    path: str = "/"


class ModelRecordSpec(Spec):
    """What the organization knows and decided about a model."""

    subject: Subject
    facts: tuple[RecordFact, ...] = ()
    approval: ApprovalSpec | None = None
    owner: str | None = None
    volumes: tuple[RecordVolume, ...] = ()


class ModelExceptionSpec(Spec):
    """A debt: one rule, some models, until a day. Only its shape is checked here; Rego says whether it is valid."""

    rule: str = ""
    models: tuple[str, ...] = ()
    owner: str = ""
    reason: str = ""
    kind: str = ""
    ticket: str = ""
    expires: Moment | None = None
    requested_by: str = ""
    class_: str = Field("", alias="class")


class ExceptionName(Spec):
    """The exception an approval is about."""

    namespace: Text
    name: Text


class ModelExceptionApprovalSpec(Spec):
    """A second person's yes to the very text of an exception."""

    exception: ExceptionName
    spec_digest: Text
    requested_by: Text
    approver: Text


class Affected(Spec):
    """What an advisory is about: a model by name or glob, some of its revisions, or digests."""

    model: str | None = None
    revisions: tuple[Text, ...] = ()
    digests: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> Affected:
        if self.model is None and not self.digests:
            raise ValueError("names neither a model nor a digest")
        return self


class ModelAdvisorySpec(Spec):
    """A known issue of some models, which every descendant inherits."""

    id: Text
    severity: Severity
    summary: Text
    affected: tuple[Affected, ...] = Field(min_length=1)
    fixed_in: tuple[Text, ...] = ()
    url: str | None = None
    block: Literal["new", "all"] = "new"


SPECS: dict[str, type[Spec]] = {
    "ModelPolicy": ModelPolicySpec,
    "TrustedSigner": TrustedSignerSpec,
    "ModelRecord": ModelRecordSpec,
    "ModelException": ModelExceptionSpec,
    "ModelExceptionApproval": ModelExceptionApprovalSpec,
    "ModelAdvisory": ModelAdvisorySpec,
}
NAMESPACED = ("ModelException",)
