from __future__ import annotations

import pytest
import yaml
from jsonschema import Draft202012Validator
from tests.report_values import COMMIT, EXCEPTION, HOSTILE, REF, finding, hostile, review, rule, run, unknown

from weighbridge.model.evidence import Place
from weighbridge.model.text import printable
from weighbridge.model.verdicts import Quote
from weighbridge.reports import FORMATS

BOTH = ("policyreport", "openreports")
RULES = {name: rule(name) for name in ("card.present", "license.allowed", "license.declared", "reference.pinned")}
COUNT = {"type": "integer", "minimum": 0}
TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
RESULT = {
    "type": "object",
    "required": ["policy"],
    "additionalProperties": False,
    "properties": {
        "source": {"type": "string"},
        "policy": {"type": "string"},
        "rule": {"type": "string"},
        "category": {"type": "string"},
        "severity": {"enum": ["critical", "high", "medium", "low", "info"]},
        "result": {"enum": ["pass", "fail", "warn", "error", "skip"]},
        "scored": {"type": "boolean"},
        "message": {"type": "string"},
        "properties": TEXTS,
    },
}
REPORT = {
    "type": "object",
    "required": ["apiVersion", "kind", "metadata", "scope", "summary", "results"],
    "additionalProperties": False,
    "properties": {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {
            "type": "object",
            "required": ["name"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"},
                "namespace": {"type": "string"},
                "labels": {**TEXTS, "additionalProperties": {"pattern": "^[A-Za-z0-9._-]{1,63}$"}},
                "annotations": TEXTS,
            },
        },
        "source": {"type": "string"},
        "configuration": {"type": "object", "required": ["limits"]},
        "scope": TEXTS,
        "summary": {
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(("pass", "fail", "warn", "error", "skip"), COUNT),
        },
        "results": {"type": "array", "items": RESULT},
    },
}


def reports(name, one):
    found = [document for document in yaml.safe_load_all(FORMATS[name](one)) if document is not None]
    for document in found:
        Draft202012Validator(REPORT).validate(document)
    return found


def test_each_api_has_its_own_kinds():
    one = run(review(finding("deny")), review(finding("deny"), namespace=""))

    assert [(each["apiVersion"], each["kind"]) for name in BOTH for each in reports(name, one)] == [
        ("wgpolicyk8s.io/v1alpha2", "PolicyReport"),
        ("wgpolicyk8s.io/v1alpha2", "ClusterPolicyReport"),
        ("openreports.io/v1alpha1", "Report"),
        ("openreports.io/v1alpha1", "ClusterReport"),
    ]


def test_only_openreports_names_its_source_and_filter():
    (policy,), (openreport,) = (reports(name, run(review(finding("deny")))) for name in BOTH)

    assert {"source", "configuration"} & set(policy) == set()
    assert openreport["source"] == "weighbridge"
    assert openreport["configuration"] == {"limits": {"statusFilter": ["fail", "warn", "error", "skip"]}}


@pytest.mark.parametrize("name", BOTH)
def test_a_result_says_what_would_happen_and_what_happens_now(name):
    quoted = finding("audit", action="deny", evidence=(Quote("license.declared", Place("README.md", 3)),))
    (report,) = reports(name, run(review(quoted, digest="wb1:5d0e"), rules=RULES))
    (result,) = report["results"]

    assert report["scope"] == {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "pricing", "name": "tariff"}
    assert report["summary"] == {"pass": 3, "fail": 1, "warn": 0, "error": 0, "skip": 0}
    assert (result["policy"], result["rule"], result["result"]) == ("license", "license.allowed", "fail")
    assert result["properties"].pop("resultID")
    assert result["properties"] == {
        "action": "deny",
        "commit": "3f9c",
        "decision": "7f3c9a",
        "digest": "wb1:5d0e",
        "effect": "audit",
        "evidence": "README.md:3",
        "fixDeployer": "ask",
        "fixPublisher": "declare it",
        "model": REF,
        "whoCanAct": "model_owner",
        "wouldBlock": "true",
    }


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    ("one", "result", "scored"),
    [
        (finding("deny"), "fail", True),
        (finding("warn"), "warn", True),
        (finding("audit"), "warn", False),
        (finding("excepted", exception=EXCEPTION), "skip", True),
        (unknown(), "error", True),
        (unknown("warn"), "error", True),
    ],
)
def test_every_effect_has_its_result(name, one, result, scored):
    (report,) = reports(name, run(review(one)))

    assert (report["results"][0]["result"], report["results"][0]["scored"]) == (result, scored)
    assert report["summary"][result] == 1


def test_an_exception_is_named_with_its_last_day():
    (report,) = reports("policyreport", run(review(finding("excepted", exception=EXCEPTION, model=None))))
    said = report["results"][0]["properties"]

    assert (said["exception"], said["expires"]) == ("until-relicensed", "2026-12-15")
    assert {"model", "commit", "digest"} & set(said) == set()


def test_a_rule_that_could_not_be_decided_has_not_passed():
    (report,) = reports("policyreport", run(review(unknown()), rules=RULES))

    assert report["summary"] == {"pass": 2, "fail": 0, "warn": 0, "error": 1, "skip": 0}


def test_a_workload_that_stands_twice_in_the_input_has_one_report():
    one = run(review(finding("deny"), file="a.yaml"), review(finding("warn"), file="b.yaml"), review(name="other"))
    found = reports("policyreport", one)

    assert len({each["metadata"]["name"] for each in found}) == len(found) == 2
    assert [len(each["results"]) for each in found] == [2, 0]


def test_a_result_keeps_its_id_and_no_two_share_one():
    def ids(*findings):
        (report,) = reports("openreports", run(review(*findings)))
        return [result["properties"]["resultID"] for result in report["results"]]

    one, other = finding("deny"), finding("deny", model=f"hf://other/x@{COMMIT}")

    assert ids(one) == ids(finding("warn", message="said otherwise", action="deny"))
    assert len(set(ids(one, one, other))) == 3


@pytest.mark.parametrize("name", BOTH)
def test_an_empty_run_has_no_reports(name):
    assert reports(name, run()) == []
    assert FORMATS[name](run()) == "# no workload of interest\n"


@pytest.mark.parametrize("name", BOTH)
def test_what_could_not_be_read_is_a_comment(name):
    text = FORMATS[name](run(review(), problems=("b.yaml:1: not YAML\nkind: Forged",)))

    assert text.startswith('# not read: "b.yaml:1: not YAML kind: Forged"\n---\n')


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_a_text(name, text):
    (report,) = reports(name, hostile(text))

    assert report["results"][0]["message"] == printable(text, 4000)
    assert report["scope"]["name"] == printable(text)
    assert report["results"][1]["properties"]["exception"] == printable(text, 4000)
