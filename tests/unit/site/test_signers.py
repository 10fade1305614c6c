from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.evidence_values import COMMIT, evidence
from tests.simulators.sigstore.instance import Sigstore
from tests.simulators.sigstore.models import public_pem

from weighbridge.errors import BadSite
from weighbridge.model.outcomes import Found
from weighbridge.model.requests import Namespace
from weighbridge.model.signatures import (
    Ancestor,
    Signature,
    Signatures,
    SignedBy,
    SignedStatement,
    Statements,
    Summary,
)
from weighbridge.site.facts import configured
from weighbridge.site.objects import SiteObjects, parse_object, read_folder
from weighbridge.site.signers import known_signers, signer_facts, stamp_matches, vouchers

NOW = datetime(2026, 12, 1, tzinfo=UTC)
KEY = public_pem(ec.generate_private_key(ec.SECP256R1())).decode()
ROOT = json.dumps(Sigstore(now=NOW).trusted_root())
WHO = {"issuer": "https://issuer.example", "subject": "ci@acme.example"}
SIGNER = SignedBy(
    "sigstore", ("ci@acme.example",), "https://issuer.example", "https://git/x", "https://git/x/w.yml", "hosted", "ab"
)


def parsed(name="release", kind="TrustedSigner", **spec):
    value = {"apiVersion": "weighbridge.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    return parse_object(value, "site.yaml:1")


def signer(identities=({**WHO},), may_sign=None, **spec):
    material = spec or {"trustedRoot": {"inline": ROOT}}
    return parsed(
        method="sigstore", identities=list(identities), maySign=may_sign or {"models": ["hf://org/*"]}, **material
    )


def known(*objects, folder=None):
    return known_signers(SiteObjects(objects), folder, NOW)


def signature(signed_by=SIGNER, **changes):
    plain = Signature("sha256:0b", "model.sig", True, None, ("release",), "this_model", signed_by, None, None)
    return evidence(signatures=Found(Signatures((dataclasses.replace(plain, **changes),))))


def matched(identity, signed_by=SIGNER):
    (voucher,) = vouchers(known(signer([identity])), signature(signed_by))
    return voucher


def test_the_identity_a_site_names_vouches():
    assert matched(WHO).identity is True
    assert matched({"issuer": WHO["issuer"], "subjectPattern": "^ci@acme\\.example$"}).differs is None


@pytest.mark.parametrize(
    ("identity", "differs"),
    [
        ({**WHO, "issuer": "https://other.example"}, "issuer"),
        ({**WHO, "subject": "ci@acme.example.evil"}, "subject"),
        ({"issuer": WHO["issuer"], "subjectPattern": "^ci@acme$"}, "subject"),
        ({**WHO, "sourceRepository": "https://git/y"}, "source repository"),
        ({**WHO, "workflow": "https://git/x/other.yml"}, "workflow"),
        ({**WHO, "runner": "self-hosted"}, "runner"),
    ],
)
def test_what_differs_is_named(identity, differs):
    voucher = matched(identity)

    assert (voucher.identity, voucher.differs) == (False, differs)


def test_everything_a_site_may_demand_can_match():
    full = {**WHO, "sourceRepository": "https://git/x", "workflow": "https://git/x/w.yml", "runner": "hosted"}

    assert matched(full).identity is True


def test_of_several_identities_the_one_that_fits_best_says_what_differs():
    (voucher,) = vouchers(known(signer([{**WHO, "issuer": "https://x"}, {**WHO, "runner": "none"}])), signature())

    assert voucher.differs == "runner"


def test_a_subject_of_absurd_length_matches_no_pattern():
    long = dataclasses.replace(SIGNER, subjects=("a" * 2000,))

    assert matched({"issuer": WHO["issuer"], "subjectPattern": "^a+$"}, long).differs == "subject"


def test_a_key_is_its_own_identity():
    key = parsed("release", method="key", key={"inline": KEY}, maySign={"publishers": ["Org"]})
    by_key = dataclasses.replace(SIGNER, method="key", subjects=(), issuer=None)
    (voucher,) = vouchers(known(key), signature(by_key))

    assert (voucher.identity, voucher.speaks) == (True, True)


def test_a_signer_of_another_method_never_vouches():
    key = parsed("release", method="key", key={"inline": KEY}, maySign={"models": ["hf://org/*"]})
    (voucher,) = vouchers(known(key), signature())

    assert voucher.differs == "method"


def test_a_signer_speaks_only_for_its_models_and_publishers():
    others = known(signer(may_sign={"models": ["hf://other/*"], "publishers": ["else"]}))
    (voucher,) = vouchers(others, signature())
    named = evidence("s3://org/model")

    assert voucher.speaks is False
    assert signer_facts(others, [evidence()])[0].speaks_for == ()
    assert signer_facts(known(signer(may_sign={"publishers": ["ORG"]})), [evidence(), named])[0].speaks_for == (
        "hf://org/model",
    )


def test_what_does_not_verify_or_whose_signer_is_gone_has_no_voucher():
    assert vouchers(known(signer()), signature(verified=False)) == ()
    assert vouchers(known(signer()), signature(anchors=("somebody",))) == ()
    assert vouchers(known(signer()), signature(signed_by=None)) == ()
    assert vouchers(known(signer()), evidence()) == ()


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"identities": [{"subject": "a"}]}, "identities.0.issuer"),
        ({"identities": [{"issuer": "i"}]}, "give either subject or subjectPattern"),
        ({"identities": [{"issuer": "i", "subject": "a", "subjectPattern": "^b$"}]}, "give either subject"),
        ({"identities": [{"issuer": "i", "subjectPattern": "ci@acme"}]}, "is not anchored"),
        ({"identities": [{"issuer": "i", "subjectPattern": "^ci@acme\\$"}]}, "is not anchored"),
        ({"identities": [{"issuer": "i", "subjectPattern": "^.*$"}]}, "matches everybody"),
        ({"identities": [{"issuer": "i", "subjectPattern": "^(a$"}]}, "is no regular expression"),
        ({"identities": [{"issuer": "i", "subjectPattern": f"^{'a' * 600}$"}]}, "is longer than 512 characters"),
        ({"identities": []}, "needs identities, or anybody could sign"),
        ({"maySign": {}}, "names neither models nor publishers"),
        ({"key": {"inline": KEY}}, "method sigstore takes exactly trustedRoot, got trustedRoot, key"),
        ({"trustedRoot": {}}, "give either file or inline"),
        ({"timestamps": {"inline": "x"}}, "a trusted root names its own"),
    ],
)
def test_a_signer_that_would_let_anybody_in_is_refused(spec, says):
    whole = {"method": "sigstore", "trustedRoot": {"inline": ROOT}, "identities": [WHO], "maySign": {"models": ["*"]}}

    with pytest.raises(BadSite, match="TrustedSigner release") as refused:
        parsed(**{**whole, **spec})
    assert says in str(refused.value)


def test_a_key_takes_no_identities():
    with pytest.raises(BadSite, match="whoever holds the key is the signer"):
        parsed(method="key", key={"inline": KEY}, identities=[WHO], maySign={"models": ["*"]})


@pytest.mark.parametrize(
    ("material", "says"),
    [
        ({"trustedRoot": {"inline": "{}"}}, "TrustedSigner release"),
        ({"trustedRoot": {"file": "none.json"}}, "no such file in the site folder"),
        ({"trustedRoot": {"file": "../outside.json"}}, "lies outside the site folder"),
        ({"trustedRoot": {"file": "large.json"}}, "larger than 1 MiB"),
    ],
)
def test_material_that_cannot_be_used_is_refused_at_load(material, says, tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    (tmp_path / "outside.json").write_text(ROOT)
    (folder / "large.json").write_bytes(b" " * ((1 << 20) + 1))

    with pytest.raises(BadSite, match=says):
        known(signer(**material), folder=folder)


def test_a_file_without_a_folder_is_refused():
    with pytest.raises(BadSite, match="give the content inline"):
        known(signer(trustedRoot={"file": "root.json"}))


def test_an_expired_root_is_refused_at_load():
    old = Sigstore(now=datetime(2000, 1, 1, tzinfo=UTC)).trusted_root()
    for one in old["certificateAuthorities"]:
        one["validFor"]["end"] = "2001-01-01T00:00:00Z"

    with pytest.raises(BadSite, match=r"site\.yaml:1: TrustedSigner release: "):
        known(signer(trustedRoot={"inline": json.dumps(old)}))


def test_a_root_lies_beside_its_signer_and_is_no_object(tmp_path):
    (tmp_path / "root.json").write_text(ROOT)
    (tmp_path / "policy.yaml").write_text("apiVersion: other.dev/v1\nkind: X\nmetadata: {name: a}\n")

    assert read_folder(tmp_path).objects == ()
    assert known(signer(trustedRoot={"file": "root.json"}), folder=tmp_path)[0].trust.method == "sigstore"


def summary(verified_at=1_000 * 10**9, signed_at=None, about="this_model", ancestors=()):
    said = Summary("https://ci", True, (), verified_at, ancestors)
    statement = SignedStatement(
        "sha256:0c",
        "store",
        True,
        None,
        ("release",),
        about,
        SIGNER,
        signed_at,
        "summary",
        None,
        None,
        (),
        said,
        (),
        False,
    )
    return evidence(statements=Found(Statements((statement,))))


def policy(**stamp):
    entry = {"signer": "release", "maxAge": "1d", "covers": ["card.*"], **stamp}
    return parsed("prod", "ModelPolicy", stamps=[entry])


def stamps_of(model, *more):
    entries = [("prod", one) for one in policy(**(more[0] if more else {})).spec.stamps]
    return stamp_matches(entries, model)


def test_a_summary_by_the_signer_a_policy_names_is_a_stamp_until_it_is_too_old():
    (stamp,) = stamps_of(summary())

    assert (stamp.policy, stamp.covers) == ("prod", ("card.*",))
    assert (stamp.verified_at_ns, stamp.until_ns) == (1_000 * 10**9, (1_000 + 86_400) * 10**9)


def test_a_stamp_is_no_younger_than_its_signature():
    assert stamps_of(summary(signed_at=500 * 10**9))[0].verified_at_ns == 500 * 10**9
    assert stamps_of(summary(verified_at=None))[0].until_ns is None


def test_a_summary_of_other_content_or_by_others_is_no_stamp():
    assert stamps_of(summary(about="another_model")) == ()
    assert stamps_of(summary(), {"signer": "somebody"}) == ()
    assert stamps_of(evidence()) == ()


def test_a_policy_takes_stamps_only_from_a_signer_that_may_stamp():
    with pytest.raises(BadSite, match=r"no TrustedSigner release with maySign\.stamps: true"):
        configured(SiteObjects((signer(), policy())), "audit", None, ())
    good = signer(may_sign={"models": ["hf://org/*"], "stamps": True})
    site = configured(SiteObjects((good, policy())), "audit", None, (), known(good))
    facts = site.facts_for(Namespace("ns"), [summary()])

    assert [one.signer for one in facts.stamps["hf://org/model"]] == ["release"]
    assert facts.signers[0].stamps is True
    assert facts.vouchers["hf://org/model"][0].identity is True


@pytest.mark.parametrize("covers", [[], ["Card"], ["card"], ["card.present.x"]])
def test_what_a_stamp_covers_is_rules_or_topics(covers):
    with pytest.raises(BadSite, match=r"spec\.stamps\.0\.covers"):
        policy(covers=covers)


def test_ancestors_of_a_summary_match_advisories():
    affected = [{"model": "hf://base/model", "revisions": [COMMIT]}]
    spec = {"id": "A-1", "severity": "high", "summary": "s", "affected": affected}
    advisory = parsed("a", "ModelAdvisory", **spec)
    site = configured(SiteObjects((advisory,)), "audit", None, ())
    model = summary(ancestors=(Ancestor("base/model", {"gitCommit": COMMIT}),))
    (hit,) = site.facts_for(Namespace("ns"), [model]).advisories["hf://org/model"]

    assert (hit.node, hit.own, hit.by) == ("base/model", False, "commit")


def test_a_digest_of_an_ancestor_matches_an_advisory():
    spec = {"id": "A-1", "severity": "high", "summary": "s", "affected": [{"digests": ["sha256:" + "a" * 64]}]}
    site = configured(SiteObjects((parsed("a", "ModelAdvisory", **spec),)), "audit", None, ())
    model = summary(ancestors=(Ancestor("base/model", {"sha256": "a" * 64}),))

    assert site.facts_for(Namespace("ns"), [model]).advisories["hf://org/model"][0].by == "digest"


def test_models_of_the_organization_itself_are_told_apart():
    own = parsed("own", "ModelPolicy", organization={"publishers": ["ORG"]})
    site = configured(SiteObjects((own,)), "audit", None, ())
    facts = site.facts_for(Namespace("ns"), [evidence(), evidence("hf://else/model")])

    assert facts.in_house == {"hf://org/model"}
