from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
from tests.evidence_values import COMMIT, PARENT_COMMIT, evidence, lineage

from weighbridge.errors import BadSite
from weighbridge.model.outcomes import Found, Unknown
from weighbridge.model.requests import Namespace
from weighbridge.site.facts import configured
from weighbridge.site.fields import LabelSelector
from weighbridge.site.matching import matches_model, selects
from weighbridge.site.objects import SiteObjects, parse_object

PROTECTED = ("format.*", "lineage.no_advisory")


def site(*objects, **more):
    parsed = tuple(parse_object({"apiVersion": "weighbridge.dev/v1alpha1", **one}, "t:1") for one in objects)
    return configured(SiteObjects(tuple(one for one in parsed if one)), "audit", more.get("profile"), PROTECTED)


def policy(name, **spec):
    return {"kind": "ModelPolicy", "metadata": {"name": name}, "spec": spec}


def exception(**spec):
    return {"kind": "ModelException", "metadata": {"name": "e", "namespace": "ns"}, "spec": spec}


def advisory(**affected):
    spec = {"id": "A-1", "severity": "high", "summary": "s", "affected": [affected], "fixedIn": ["v2", "v3"]}
    return {"kind": "ModelAdvisory", "metadata": {"name": "a"}, "spec": spec}


def test_a_policy_speaks_only_where_its_selector_matches():
    prod = policy("prod", namespaceSelector={"matchLabels": {"env": "prod"}}, profile="restricted")

    assert [one.name for one in site(prod).facts_for(Namespace("a", {"env": "prod"}), ()).policies] == ["prod"]
    assert site(prod).facts_for(Namespace("a", {"env": "test"}), ()).policies == ()


def test_what_stands_in_no_namespace_is_judged_under_policies_with_an_empty_selector():
    everywhere = policy("everywhere", namespaceSelector={})
    nearly = policy(
        "nearly",
        namespaceSelector={
            "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["dev"]}]
        },
    )

    assert [one.name for one in site(everywhere, nearly).facts_for(Namespace(""), ()).policies] == ["everywhere"]
    assert len(site(everywhere, nearly).facts_for(Namespace("prod"), ()).policies) == 2


def test_a_namespace_can_be_selected_by_its_name():
    one = policy("one", namespaceSelector={"matchLabels": {"kubernetes.io/metadata.name": "a"}})

    assert site(one).facts_for(Namespace("a"), ()).policies
    assert not site(one).facts_for(Namespace("b"), ()).policies


@pytest.mark.parametrize(
    ("operator", "values", "matches"),
    [
        ("In", ["prod", "stage"], True),
        ("In", ["test"], False),
        ("NotIn", ["test"], True),
        ("NotIn", ["prod"], False),
        ("Exists", [], True),
        ("DoesNotExist", [], False),
    ],
)
def test_selectors_mean_what_they_mean_in_kubernetes(operator, values, matches):
    selector = LabelSelector.model_validate(
        {"matchExpressions": [{"key": "env", "operator": operator, "values": values}]}
    )

    assert selects(selector, {"env": "prod"}) is matches


def test_dates_reach_policies_as_instants_with_the_day_for_messages():
    one = policy(
        "p", stages=[{"stage": "enforce", "from": "2026-12-01"}], rules={"card.present": {"effectiveOn": "2027-01-01"}}
    )

    facts = site(one).facts_for(Namespace("a"), ()).policies[0]

    instant = int(datetime(2026, 12, 1, tzinfo=UTC).timestamp()) * 10**9
    assert (facts.stages[0].from_ns, facts.stages[0].from_date) == (instant, "2026-12-01")
    assert facts.rules["card.present"].effective_on == "2027-01-01"


def test_an_undecided_protected_rule_cannot_be_let_pass():
    with pytest.raises(BadSite, match=r"spec\.onUnknown\.rules\.format\.safe: warn is refused"):
        site(policy("p", onUnknown={"rules": {"format.safe": "warn"}}))


def test_an_undecided_other_rule_can():
    facts = site(policy("p", onUnknown={"rules": {"card.present": "warn"}})).facts_for(Namespace("a"), ())

    assert facts.policies[0].on_unknown.rules == {"card.present": "warn"}


def test_a_profile_of_the_command_line_is_judged_in_stage_enforce():
    facts = site(profile="baseline").facts_for(Namespace("a"), ())

    assert (facts.override.profile, facts.override.stage) == ("baseline", "enforce")
    assert facts.fallback.stage == "audit"


def test_the_place_to_ask_is_that_of_the_strongest_policy():
    weak, strong = policy("w", priority=1, askURL="weak"), policy("s", priority=2, askURL="strong")

    assert site(weak, strong).ask_url(Namespace("a")) == "strong"
    assert site().ask_url(Namespace("a")) is None


@pytest.mark.parametrize(
    ("pattern", "by"),
    [
        ("hf://org/model", "name"),
        ("hf://Org/*", "name"),
        (f"hf://org/model@{COMMIT}", "commit"),
        (f"hf://org/model@{COMMIT[:7]}", "commit"),
        ("hf://org/model@v1", "name"),
        ("hf://org/model@v2", None),
        ("hf://other/model", None),
        ("sha256:00", None),
    ],
)
def test_a_pattern_matches_by_commit_before_name(pattern, by):
    assert matches_model(pattern, evidence("hf://org/model@v1")) == by


def test_an_exception_is_sent_with_the_models_it_matches_and_only_to_its_namespace():
    one = site(exception(rule="card.present", models=["hf://org/*", f"hf://org/model@{COMMIT}"]))

    facts = one.facts_for(Namespace("ns"), (evidence(), evidence("hf://other/x")))

    assert [(match.model, match.by) for match in facts.exceptions[0].matched] == [("hf://org/model", "commit")]
    assert one.facts_for(Namespace("elsewhere"), (evidence(),)).exceptions == ()


def test_an_approval_goes_with_the_exception_it_names():
    spec = {
        "exception": {"namespace": "ns", "name": "e"},
        "specDigest": "sha256:0",
        "requestedBy": "a",
        "approver": "b",
    }
    approval = {"kind": "ModelExceptionApproval", "metadata": {"name": "ok"}, "spec": spec}

    facts = site(exception(rule="card.present"), approval).facts_for(Namespace("ns"), ())

    assert [one.approver for one in facts.exceptions[0].approvals] == ["b"]


@pytest.mark.parametrize(
    ("affected", "pinned", "by"),
    [
        ({"model": "hf://base/one"}, True, "name"),
        ({"model": "hf://base/one", "revisions": [PARENT_COMMIT]}, True, "commit"),
        ({"model": "hf://base/one", "revisions": [PARENT_COMMIT[:8]]}, True, "commit"),
        ({"model": "hf://base/one", "revisions": ["f" * 40]}, True, None),
        ({"model": "hf://base/one", "revisions": ["f" * 40]}, False, "name"),
        ({"model": "hf://base/two"}, True, None),
        ({"digests": [PARENT_COMMIT]}, True, "digest"),
    ],
)
def test_an_advisory_hits_an_ancestor_by_commit_and_an_unpinned_one_by_name(affected, pinned, by):
    one = evidence(lineage=Found(lineage("base/one", pinned=pinned)))

    found = site(advisory(**affected)).facts_for(Namespace("a"), (one,)).advisories["hf://org/model"]

    assert [(match.by, match.own, match.node, match.fixed_in) for match in found] == (
        [(by, False, "base/one", "v2, v3")] if by else []
    )


def test_an_advisory_hits_the_model_itself():
    found = (
        site(advisory(model="hf://org/model", revisions=[COMMIT])).facts_for(Namespace("a"), (evidence(),)).advisories
    )

    assert [(match.by, match.own) for match in found["hf://org/model"]] == [("commit", True)]


def test_a_model_whose_lineage_nobody_knows_can_still_be_hit_by_name():
    one = evidence(lineage=Unknown("timeout"), resolved=Unknown("timeout"))

    found = site(advisory(model="hf://org/model", revisions=["f" * 40])).facts_for(Namespace("a"), (one,)).advisories

    assert [match.by for match in found["hf://org/model"]] == ["name"]


def test_a_license_policy_reaches_the_rules_as_it_was_written():
    one = policy("p", licenses={"deny": ["gemma"], "commercial": True, "fieldOfUse": ["none"]})

    licenses = site(one).facts_for(Namespace("a"), ()).policies[0].licenses

    assert (licenses.deny, licenses.commercial, licenses.copyleft, licenses.field_of_use) == (
        ("gemma",),
        True,
        True,
        ("none",),
    )


def test_durations_and_times_have_several_spellings():
    classes = {"a": {"approval": "none", "maxDuration": "1h30m"}, "b": {"approval": "required", "maxDuration": 0}}
    moment = {"stage": "warn", "from": "2026-12-01T10:00:00+02:00"}
    facts = site(policy("p", exceptionClasses=classes, stages=[moment])).facts_for(Namespace("a"), ()).policies[0]

    assert [facts.exception_classes[key].max_duration_ns for key in "ab"] == [5400 * 10**9, 0]
    assert facts.stages[0].from_ns == int(datetime(2026, 12, 1, 8, tzinfo=UTC).timestamp()) * 10**9


def test_a_kind_with_the_wrong_spec_is_our_bug():
    one = parse_object({"apiVersion": "weighbridge.dev/v1alpha1", **advisory(model="hf://a/b")}, "t:1")
    wrong = dataclasses.replace(one, kind="ModelPolicy")

    with pytest.raises(TypeError, match="a ModelPolicy holds a ModelAdvisorySpec"):
        configured(SiteObjects((wrong,)), "audit", None, ())


def test_a_mirror_is_matched_by_the_content_digest_of_its_upstream():
    digest = "wb1:" + "d" * 64
    mirror = evidence("hf://copycat/renamed", content_digest=Found(digest))
    stranger = evidence("hf://copycat/renamed", content_digest=Found("wb1:" + "e" * 64))

    assert matches_model(digest, mirror) == "digest"
    assert matches_model(digest, stranger) is None
    assert matches_model(digest, evidence(content_digest=Unknown("weights_needed"))) is None


def test_an_advisory_about_content_hits_every_copy_of_it():
    digest = "wb1:" + "d" * 64
    mirror = evidence("hf://copycat/renamed", content_digest=Found(digest))

    (match,) = site(advisory(digests=[digest])).facts_for(Namespace("ns"), [mirror]).advisories[str(mirror.ref)]

    assert (match.by, match.own, match.node) == ("digest", True, "copycat/renamed")


def test_an_exception_for_content_covers_a_mirror():
    digest = "wb1:" + "d" * 64
    mirror = evidence("hf://copycat/renamed", content_digest=Found(digest))

    (facts,) = site(exception(rule="license.allowed", models=[digest])).facts_for(Namespace("ns"), [mirror]).exceptions

    assert [(one.model, one.by) for one in facts.matched] == [("hf://copycat/renamed", "digest")]
