from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest
import yaml
from jsonschema import Draft202012Validator
from tests.report_values import COMMIT, EXCEPTION, HOSTILE, REF, finding, hostile, review, rule, run, unknown

from weighbridge.model.evidence import Place
from weighbridge.model.text import printable
from weighbridge.model.verdicts import Quote
from weighbridge.reports import FORMATS
from weighbridge.reports.sarif import manifest_uri

SCHEMA = yaml.safe_load((Path(__file__).parent / "sarif_subset.yaml").read_text())


def log(one):
    document = json.loads(FORMATS["sarif"](one))
    Draft202012Validator(SCHEMA).validate(document)
    return document["runs"][0]


def plain(text):
    for escape, character in (("\\[", "["), ("\\]", "]"), ("{{", "{"), ("}}", "}"), ("\\\\", "\\")):
        text = text.replace(escape, character)
    return text


def test_the_schema_of_the_tests_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_a_result_stands_at_the_manifest_and_names_the_line_of_the_card():
    quoted = finding(
        "deny",
        evidence=(
            Quote("license.declared", Place("README.md", 3, "license: x")),
            Quote("file:x", Place("a b.bin")),
            Quote("line", Place("config.json", 9)),
            Quote("reference", Place("a.yaml", 3)),
            Quote("gone", None),
        ),
    )
    one = log(run(review(quoted), rules={"card.present": rule("card.present"), "license.allowed": rule()}))
    (result,) = one["results"]
    card, weights, config = (place["physicalLocation"] for place in result["relatedLocations"])

    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("license.allowed", 1, "error")
    assert result["message"]["text"] == (
        f"{REF}: says x (README.md:3, a b.bin, config.json:9, a.yaml:3). Fix, you: ask; owner: declare it"
    )
    assert result["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "a.yaml"}, "region": {"startLine": 3}},
            "logicalLocations": [{"fullyQualifiedName": "pricing/deployment/tariff", "kind": "resource"}],
        }
    ]
    assert card == {
        "artifactLocation": {"uri": "README.md", "uriBaseId": "MODEL1"},
        "region": {"startLine": 3, "snippet": {"text": "license: x"}},
    }
    assert weights == {"artifactLocation": {"uri": "a%20b.bin", "uriBaseId": "MODEL1"}}
    assert config["region"] == {"startLine": 9}
    assert one["originalUriBaseIds"]["MODEL1"] == {"uri": f"{REF}/", "description": {"text": REF}}


def test_rules_carry_what_code_scanning_shows_and_sorts_by():
    clauses = {"owasp_llm_2025": ["LLM03", "LLM03"], "eu_ai_act": "Annex XI"}
    table = {
        "license.allowed": rule(frameworks=clauses),
        "card.present": rule("card.present", "medium"),
        "acme/card.ours": rule("acme/card.ours", "info"),
    }
    allowed, present, ours, unlisted = log(run(review(finding("warn", "x.y")), rules=table))["tool"]["driver"]["rules"]

    assert allowed["shortDescription"] == {"text": "License allowed"}
    assert "page: docs/reference/rules/license.allowed.md" in allowed["help"]["text"]
    assert "* who deploys: ask\n" in allowed["help"]["markdown"]
    assert allowed["properties"] == {
        "security-severity": "8.0",
        "tags": ["security", "owasp_llm_2025/LLM03", "eu_ai_act/Annex XI"],
    }
    assert (allowed["defaultConfiguration"]["level"], present["defaultConfiguration"]["level"]) == ("error", "warning")
    assert (present["properties"]["security-severity"], ours["properties"]["security-severity"]) == ("5.5", "0.1")
    assert "page:" not in ours["help"]["text"]
    assert unlisted == {"id": "x.y"}


@pytest.mark.parametrize(
    ("effect", "level"), [("deny", "error"), ("warn", "warning"), ("grace", "warning"), ("audit", "note")]
)
def test_the_level_is_what_happens_now(effect, level):
    (result,) = log(run(review(finding(effect, action="deny"))))["results"]

    assert result["level"] == level
    assert result["suppressions"] == []
    assert result["properties"]["wouldBlock"] is True


def test_an_exception_suppresses_and_says_why():
    (result,) = log(run(review(finding("excepted", exception=EXCEPTION))))["results"]

    assert result["suppressions"] == [
        {"kind": "external", "justification": "exception until-relicensed of team-pricing, expires 2026-12-15"}
    ]
    assert result["properties"]["wouldBlock"] is False


def test_what_could_not_be_decided_is_a_notification_and_no_result():
    one = log(run(review(unknown()), problems=("b.yaml:1: not YAML",)))
    (invocation,) = one["invocations"]
    unanswered, unread = invocation["toolExecutionNotifications"]

    assert one["results"] == []
    assert invocation["executionSuccessful"] is False
    assert unanswered["associatedRule"] == {"id": "evidence.available", "index": 0}
    assert "hub.example has not answered" in unanswered["message"]["text"]
    assert unread == {"level": "error", "message": {"text": "not read: b.yaml:1: not YAML"}}


def test_an_empty_run_is_a_success_without_results():
    one = log(run())

    assert one["results"] == []
    assert one["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_a_finding_keeps_its_fingerprint_when_lines_move_and_not_when_its_model_changes():
    def fingerprint(line, **more):
        quoted = finding("deny", evidence=(Quote("f", Place("README.md", line)),))
        return log(run(review(quoted, line=line, **more)))["results"][0]["partialFingerprints"]

    assert fingerprint(3) == fingerprint(40)
    assert fingerprint(3) != fingerprint(3, digest="wb1:5d0e")
    assert fingerprint(3) != fingerprint(3, name="other")


def test_a_finding_about_the_workload_has_no_base():
    quoted = finding("deny", "workload.resolved", model=None, evidence=(Quote("f", Place("README.md", 1)),))
    (result,) = log(run(review(quoted, file=None)))["results"]

    assert result["locations"] == [
        {"logicalLocations": [{"fullyQualifiedName": "pricing/deployment/tariff", "kind": "resource"}]}
    ]
    assert result["relatedLocations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "README.md"}
    assert "model" not in result["properties"]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("./deploy/a.yaml", "deploy/a.yaml"),
        ("../a.yaml", "../a.yaml"),
        ("/srv/a b.yaml", "file:///srv/a%20b.yaml"),
        ("a:b%.yaml", "a%3Ab%25.yaml"),
        ("c\\d é.yaml", "c%5Cd%20%C3%A9.yaml"),
        ("-", "stdin"),
    ],
)
def test_a_path_is_a_uri_reference(file, uri):
    assert manifest_uri(file) == uri


def test_the_base_of_one_file_of_a_model_is_the_model():
    one = log(run(review(finding("deny", model=f"hf://acme/gguf@{COMMIT}#q4 k.gguf"))))
    base = one["originalUriBaseIds"]["MODEL1"]["uri"]

    assert base == f"hf://acme/gguf@{COMMIT}/"
    assert urljoin(base.replace("hf:", "https:"), "README.md").endswith(f"{COMMIT}/README.md")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_neither_link_nor_placeholder(text):
    one = log(hostile(text))
    denied = one["results"][0]
    notes = one["invocations"][0]["toolExecutionNotifications"]
    where = denied["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    assert len(one["results"]) == 4
    assert plain(notes[1]["message"]["text"])[:500] == f"not read: {printable(text, 4000)}"[:500]
    assert unquote(where, errors="surrogatepass") == text
    assert denied["relatedLocations"][0]["physicalLocation"]["region"]["snippet"]["text"] == printable(text)
