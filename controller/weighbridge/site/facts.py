"""What of a site speaks about one namespace and some models: the site part of the policy input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from weighbridge.errors import BadSite
from weighbridge.model.evidence import Evidence
from weighbridge.model.requests import MAX_EVIDENCE_AGE, Namespace
from weighbridge.model.site import (
    Approval,
    ExceptionClass,
    ExceptionFacts,
    Judging,
    LicensePolicy,
    OnUnknown,
    Organization,
    PolicyFacts,
    Profile,
    RuleEntry,
    SiteFacts,
    StageEntry,
)
from weighbridge.model.verdicts import Stage
from weighbridge.site.kinds import (
    LicensesSpec,
    ModelAdvisorySpec,
    ModelExceptionApprovalSpec,
    ModelExceptionSpec,
    ModelPolicySpec,
    OnUnknownSpec,
    OrganizationSpec,
    RuleSpec,
)
from weighbridge.site.matching import advisories_for, is_empty, matched_models, selects
from weighbridge.site.objects import SiteObject, SiteObjects
from weighbridge.site.signers import KnownSigner, signer_facts, stamp_matches, vouchers
from weighbridge.site.trusted_signer import TrustedSignerSpec

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class ConfiguredSite:
    """A site as its objects describe it."""

    objects: SiteObjects
    fallback: Judging
    override: Judging | None = None
    signers: tuple[KnownSigner, ...] = ()

    def facts_for(self, namespace: Namespace, evidence: Sequence[Evidence]) -> SiteFacts:
        """Return what speaks in this namespace about these models."""
        speaking = self.policies(namespace)
        advisories = tuple(_spec(one, ModelAdvisorySpec) for one in self.objects.of("ModelAdvisory"))
        stamps = [(name, one) for name, spec in speaking for one in spec.stamps]
        return SiteFacts(
            tuple(_policy(name, spec) for name, spec in speaking),
            self.fallback,
            self.override,
            tuple(self._exceptions(namespace, evidence)),
            {str(one.ref): advisories_for(one, advisories) for one in evidence} if advisories else {},
            signer_facts(self.signers, evidence),
            {str(one.ref): vouchers(self.signers, one) for one in evidence} if self.signers else {},
            {str(one.ref): stamp_matches(stamps, one) for one in evidence} if stamps else {},
            _in_house([spec for _, spec in speaking], evidence),
        )

    def policies(self, namespace: Namespace) -> list[tuple[str, ModelPolicySpec]]:
        """
        Return the ModelPolicy objects that select the namespace.

        What stands in no namespace is judged under policies with an empty selector: a selector that names the
        namespaces it leaves out does not speak of it.
        """
        if not namespace.name:
            return [(name, spec) for name, spec in self._specs() if is_empty(spec.namespace_selector)]
        labels = {"kubernetes.io/metadata.name": namespace.name, **namespace.labels}
        return [(name, spec) for name, spec in self._specs() if selects(spec.namespace_selector, labels)]

    def _specs(self) -> list[tuple[str, ModelPolicySpec]]:
        return [(one.name, _spec(one, ModelPolicySpec)) for one in self.objects.of("ModelPolicy")]

    def max_evidence_age(self, namespace: Namespace) -> float:
        """Return the shortest `maxEvidenceAge` of the policies that select the namespace, in seconds."""
        return min((spec.max_evidence_age for _, spec in self.policies(namespace)), default=MAX_EVIDENCE_AGE)

    def ask_url(self, namespace: Namespace) -> str | None:
        """Return the `askURL` of the policy with the highest priority that has one."""
        urls = [(spec.priority, spec.ask_url) for _, spec in self.policies(namespace) if spec.ask_url]
        return max(urls)[1] if urls else None

    def _exceptions(self, namespace: Namespace, evidence: Sequence[Evidence]) -> list[ExceptionFacts]:
        approvals = [
            (one.name, _spec(one, ModelExceptionApprovalSpec)) for one in self.objects.of("ModelExceptionApproval")
        ]
        found = []
        for one in self.objects.of("ModelException"):
            if one.namespace != namespace.name:
                continue
            mine = tuple(
                Approval(name, spec.spec_digest, spec.requested_by, spec.approver)
                for name, spec in approvals
                if (spec.exception.namespace, spec.exception.name) == (one.namespace, one.name)
            )
            found.append(_exception(one, _spec(one, ModelExceptionSpec), mine, evidence))
        return found


def configured(
    objects: SiteObjects,
    stage: Stage,
    profile: Profile | None,
    protected: Sequence[str],
    signers: tuple[KnownSigner, ...] = (),
) -> ConfiguredSite:
    """
    Put a site together.

    `stage` is that of a namespace without policy; `profile` is what `--profile` asks for, judged in stage enforce.
    Raises `BadSite` when a policy lets an undecided protected rule pass, or takes stamps from whom the site does not know.
    """
    may_stamp = {one.name for one in objects.of("TrustedSigner") if _spec(one, TrustedSignerSpec).may_sign.stamps}
    for one in objects.of("ModelPolicy"):
        spec = _spec(one, ModelPolicySpec)
        for stamp in spec.stamps:
            if stamp.signer not in may_stamp:
                raise BadSite(
                    f"{one.place}: ModelPolicy {one.name}: spec.stamps: no TrustedSigner {stamp.signer} with "
                    "maySign.stamps: true. Fix: add it, or correct the name"
                )
        for rule, action in spec.on_unknown.rules.items() if spec.on_unknown else ():
            if action == "warn" and _is_protected(rule, protected):
                raise BadSite(
                    f"{one.place}: ModelPolicy {one.name}: spec.onUnknown.rules.{rule}: warn is refused for this rule: "
                    "a source that keeps silent would let it pass. Fix: remove the entry"
                )
    override = Judging(profile, "enforce", "--profile") if profile else None
    return ConfiguredSite(objects, Judging("standard", stage, "built-in"), override, signers)


def _in_house(policies: Sequence[ModelPolicySpec], evidence: Sequence[Evidence]) -> frozenset[str]:
    own = {name.lower() for spec in policies if spec.organization for name in spec.organization.publishers}
    return frozenset(
        str(one.ref)
        for one in evidence
        if one.ref.scheme == "hf" and one.ref.repository.partition("/")[0].lower() in own
    )


def _is_protected(rule: str, protected: Sequence[str]) -> bool:
    return any(rule == one or (one.endswith(".*") and rule.startswith(one[:-1])) for one in protected)


def _policy(name: str, spec: ModelPolicySpec) -> PolicyFacts:
    classes = {
        key: ExceptionClass(one.approval, None if one.max_duration is None else int(one.max_duration * 1e9), one.alert)
        for key, one in spec.exception_classes.items()
    }
    return PolicyFacts(
        name,
        spec.priority,
        spec.floor,
        spec.profile,
        tuple(StageEntry(one.stage, _ns(one.from_), _day(one.from_)) for one in spec.stages),
        _rules(spec.rules),
        _licenses(spec.licenses),
        _on_unknown(spec.on_unknown),
        classes,
        _organization(spec.organization),
    )


def _rules(rules: Mapping[str, RuleSpec]) -> dict[str, RuleEntry]:
    return {
        rule: RuleEntry(one.action, one.parameters, _ns(one.effective_on), _day(one.effective_on))
        for rule, one in rules.items()
    }


def _licenses(spec: LicensesSpec | None) -> LicensePolicy | None:
    if spec is None:
        return None
    return LicensePolicy(spec.allow, spec.deny, spec.commercial, spec.copyleft, spec.revocable, spec.field_of_use)


def _on_unknown(spec: OnUnknownSpec | None) -> OnUnknown | None:
    return None if spec is None else OnUnknown(spec.default, spec.rules)


def _organization(spec: OrganizationSpec | None) -> Organization | None:
    return None if spec is None else Organization(spec.users, spec.revenue, spec.region)


def _exception(
    one: SiteObject, spec: ModelExceptionSpec, approvals: tuple[Approval, ...], evidence: Sequence[Evidence]
) -> ExceptionFacts:
    return ExceptionFacts(
        name=one.name,
        namespace=one.namespace,
        rule=spec.rule,
        models=spec.models,
        owner=spec.owner,
        reason=spec.reason,
        kind=spec.kind,
        ticket=spec.ticket,
        expires_ns=_ns(spec.expires),
        requested_by=spec.requested_by,
        exception_class=spec.class_,
        spec_digest=one.spec_digest,
        approvals=approvals,
        matched=matched_models(spec.models, evidence),
    )


def _ns(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp()) * 1_000_000_000


def _day(moment: datetime | None) -> str | None:
    return None if moment is None else moment.date().isoformat()


def _spec(one: SiteObject, kind: type[S]) -> S:
    """Return the spec as what its kind says it is; `SPECS` built it so."""
    if not isinstance(one.spec, kind):
        raise TypeError(f"{one.place}: a {one.kind} holds a {type(one.spec).__name__}")
    return one.spec
