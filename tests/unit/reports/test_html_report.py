from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re

import pytest
from tests.evidence_values import evidence, lineage
from tests.report_values import EXCEPTION, HOSTILE, REF, finding, hostile, review, rule, run, unknown

from weighbridge.model.evidence import Card, Place, Section
from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.model.verdicts import Quote
from weighbridge.model.weights import ParentRatio, Weights
from weighbridge.reports import FORMATS
from weighbridge.reports.outcomes import ORDER, TITLES, outcome
from weighbridge.reports.top_fixes import top_fixes

CONTENT = re.compile(r'<script type="application/json" id="content">(.*?)</script>', re.DOTALL)


def rendered(report):
    return FORMATS["html"](report)


def data(report):
    return json.loads(CONTENT.search(rendered(report))[1])


def blocked(name, *rules):
    return review(*(finding("deny", one) for one in rules), name=name)


def with_evidence(known, *findings):
    return dataclasses.replace(review(*findings), evidence=(known,))


def test_the_page_allows_its_own_script_and_style_and_nothing_else():
    page = rendered(run())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    parts = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", page, re.DOTALL)

    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert len(parts) == 2
    for part in parts:
        assert base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() in policy


def test_the_page_loads_nothing():
    page = rendered(run(review(finding("deny"))))

    assert re.findall(r"""(?:src|href)=["'](?!#)""", page) == []
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_ends_the_data_or_begins_an_element(text):
    page = rendered(hostile(text))

    assert page.count("<script") == 2
    assert page.count("</script") == 2
    assert page.count("<img") == 0
    assert len(data(hostile(text))["workloads"]) == 1


def test_verdicts_and_models_are_said_once_for_all_workloads():
    said = data(run(*(review(finding("deny"), name=f"w{number}") for number in range(50))))

    assert len(said["workloads"]) == 50
    assert len(said["verdicts"]) == 1
    assert len(said["models"]) == 1


def test_a_finding_keeps_its_places_exception_and_actor():
    quoted = (
        Quote("license.declared", Place("README.md", 3, "license: x")),
        Quote("files", Place("a")),
        Quote("x", None),
    )
    said = data(run(review(finding("excepted", evidence=quoted, exception=EXCEPTION, grace_until=EXCEPTION.expires))))
    (one,) = said["verdicts"][0]["findings"]

    assert one["quotes"] == [["README.md:3", "license: x"], ["a", ""]]
    assert one["exception"] == {"name": "until-relicensed", "owner": "team-pricing", "expires": "2026-12-15"}
    assert (one["actor"], one["grace"], one["unknown"]) == ("owner", "2026-12-15", False)


def test_a_complaint_about_the_workload_names_no_model():
    said = data(run(review(finding("deny", "workload.image_approved", model=None), models=0)))

    assert said["verdicts"][0]["findings"][0]["model"] is None
    assert said["models"] == []


def test_rules_bring_their_titles_where_they_are_known():
    report = run(review(finding("deny"), finding("deny", "acme/x.y")), rules={"license.allowed": rule()})

    assert data(report)["rules"]["license.allowed"]["title"] == "License allowed"
    assert data(report)["rules"]["acme/x.y"] == {"title": "", "description": ""}


def test_a_model_that_only_a_finding_names_is_listed_by_its_reference():
    said = data(run(review(finding("deny", model="hf://org/other"))))

    assert [one["short"] for one in said["models"]] == ["hf://acme-ml/tariff-8b@3f9c2e1", "hf://org/other"]
    assert said["models"][1]["role"] == ""


def test_a_model_shows_what_was_read_and_what_was_not():
    sections = {
        "limitations": Section(present=True, words=9, placeholder=False, vague=True),
        "license": Section(present=True, words=9, placeholder=False),
        "bias": Section(present=False, words=0, placeholder=False),
    }
    known = evidence(
        REF,
        card=Found(Card("0" * 64, 9, "ok", None, code_readme=False, placeholders=(), sections=sections)),
        lineage=Found(lineage("meta-llama/Llama-3.1-8B", pinned=True)),
        weights=Found(
            Weights("safetensors", "headers", 1, 1, 10, 5, (), None, 5, True, 1.0, 16.0, (ParentRatio("a/b", 0.5),))
        ),
        tokenizer=Unknown("timeout", "hub.example", 60, "no answer from hub.example"),
        adapter=Found(Unreadable("adapter_config.json is not JSON")),
        places={"license.declared": Place("README.md", 2, "license: apache-2.0"), "card": Place("README.md")},
    )
    (model,) = data(run(with_evidence(known, finding("deny"))))["models"]

    assert model["sections"] == {"limitations": "vague", "license": "stated", "bias": "missing"}
    assert model["license"] == "apache-2.0"
    assert model["lineage"]["edges"][0]["pinned"] is True
    assert model["weights"]["parents"] == [["a/b", 0.5]]
    assert ["tokenizer", "not known", "no answer from hub.example"] in model["gaps"]
    assert ["adapter", "unreadable", "adapter_config.json is not JSON"] in model["gaps"]
    assert ["generation_config", "missing", "the repository"] in model["gaps"]
    assert model["places"] == [["card", "README.md", ""], ["license.declared", "README.md:2", "license: apache-2.0"]]


def test_a_model_of_which_nothing_is_known_has_no_parts():
    nothing = Unknown("timeout", "hub.example", 60)
    names = ("resolved", "card", "license", "lineage", "files", "config", "weights")
    (model,) = data(run(with_evidence(evidence(REF, **dict.fromkeys(names, nothing)), unknown())))["models"]

    assert (model["license"], model["sections"], model["lineage"], model["weights"], model["files"]) == (
        "",
        {},
        None,
        None,
        None,
    )
    assert ["license", "not known", "timeout"] in model["gaps"]


def test_an_ancestor_without_a_license_says_none():
    known = evidence(REF, lineage=Found(lineage("org/parent")), license=Missing("a license"))
    (model,) = data(run(with_evidence(known, finding("deny"))))["models"]

    assert model["lineage"]["nodes"][0]["license"] == ""


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ((finding("deny"), unknown()), "denied"),
        ((unknown(),), "undecided"),
        ((unknown("warn"),), "undecided"),
        ((finding("audit", action="deny"),), "held"),
        ((finding("warn"),), "warned"),
        ((finding("excepted"),), "admitted"),
        ((), "admitted"),
    ],
)
def test_a_verdict_is_one_word(findings, expected):
    (_, decision), *_ = run(review(*findings)).decisions

    assert outcome(decision.verdict) == expected
    assert expected in ORDER
    assert expected in TITLES


def test_fixes_are_ranked_by_what_they_stand_in_the_way_of():
    report = run(
        blocked("a", "card.present"),
        blocked("b", "card.present", "license.allowed"),
        blocked("c", "license.allowed", "license.allowed"),
    )
    ranked = top_fixes(report)

    assert [(one.rule, one.workloads) for one in ranked.fixes] == [("card.present", 2), ("license.allowed", 2)]
    assert (ranked.blocked, ranked.unblocked(1), ranked.unblocked(2)) == (3, 1, 3)


def test_what_nobody_could_decide_or_is_excepted_is_nothing_to_mend():
    ranked = top_fixes(run(review(unknown()), review(finding("excepted")), review(finding("warn"))))

    assert (ranked.fixes, ranked.blocked) == ((), 0)


def test_one_fix_is_said_in_the_singular():
    assert "This fix would unblock 100 % of 2 workloads." in rendered(
        run(blocked("a", "card.present"), blocked("b", "card.present"))
    )


def test_a_run_without_models_says_so():
    assert "No workload names a model" in rendered(run())


def test_many_problems_are_counted_and_not_all_shown():
    page = rendered(run(problems=tuple(f"{number}.yaml: not YAML" for number in range(300))))

    assert "100 more that were not read" in page


def test_cluster_scoped_objects_stand_under_cluster():
    assert data(run(review(namespace="", file=None)))["workloads"][0]["namespace"] == "cluster"
    assert data(run(review(namespace="", file=None)))["workloads"][0]["at"] == ""
