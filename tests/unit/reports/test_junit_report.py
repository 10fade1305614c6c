from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from tests.report_values import COMMIT, EXCEPTION, HOSTILE, REF, finding, hostile, review, rule, run, unknown

from weighbridge.model.evidence import Place
from weighbridge.model.text import printable
from weighbridge.model.verdicts import Quote
from weighbridge.reports import FORMATS

RULES = {name: rule(name) for name in ("card.present", "license.allowed", "license.declared", "reference.pinned")}


def parsed(one):
    return ET.fromstring(FORMATS["junit"](one))


def ends(suite):
    return {case.get("name").partition(":")[0]: [child.tag for child in case] for case in suite}


def test_a_suite_is_a_model_and_a_case_is_a_rule():
    quoted = finding("deny", evidence=(Quote("license.declared", Place("README.md", 3)),))
    root = parsed(run(review(quoted, finding("audit", "reference.pinned")), rules=RULES))
    (suite,) = root
    case = next(one for one in suite if one.find("failure") is not None)

    assert suite.get("name") == f"pricing/deployment/tariff {REF}"
    assert ends(suite) == {
        "card.present": [],
        "license.allowed": ["failure"],
        "license.declared": [],
        "reference.pinned": ["skipped"],
    }
    assert (case.get("classname"), case.get("file")) == ("license", "a.yaml")
    assert case[0].attrib == {"type": "deny", "message": "deny: says x"}
    assert case[0].text == "deny: says x\nREADME.md:3\nyou: ask; owner: declare it"


def test_the_counters_are_those_of_the_cases():
    two = review(finding("deny"), finding("warn", "reference.pinned"), unknown("deny", model=f"hf://other/x@{COMMIT}"))
    root = parsed(run(two, review(name="fine"), problems=("b.yaml:1: not YAML",), rules=RULES))

    for element in (root, *root):
        cases = list(element.iter("testcase"))
        counted = [len(cases), *(len(list(element.iter(tag))) for tag in ("failure", "error", "skipped"))]
        assert [int(element.get(name)) for name in ("tests", "failures", "errors", "skipped")] == counted
    assert [int(root.get(name)) for name in ("failures", "errors", "skipped")] == [1, 3, 1]


def test_each_rule_that_could_not_be_decided_is_an_error():
    (suite,) = parsed(run(review(unknown()), rules=RULES))

    assert ends(suite) == {
        "card.present": ["error"],
        "license.allowed": [],
        "license.declared": ["error"],
        "reference.pinned": [],
    }


def test_an_exception_is_skipped_and_says_whose_it_is():
    (suite,) = parsed(run(review(finding("excepted", exception=EXCEPTION), file=None)))

    assert suite[0].get("file") is None
    assert suite[0][0].tag == "skipped"
    assert "exception until-relicensed of team-pricing, expires 2026-12-15" in suite[0][0].text


def test_the_worst_of_several_findings_of_a_rule_is_the_end():
    (suite,) = parsed(run(review(finding("audit", message="a note"), finding("deny", message="refused"))))

    assert ends(suite) == {"license.allowed": ["failure"]}
    assert suite[0][0].get("message") == "deny: refused"
    assert "audit: a note" in suite[0][0].text


def test_what_is_about_the_workload_has_a_suite_of_its_own():
    root = parsed(run(review(finding("deny", "workload.resolved", model=None)), rules=RULES))

    assert [len(suite) for suite in root] == [4, 1]
    assert root[1].get("name") == "pricing/deployment/tariff"


def test_a_workload_without_models_is_judged_by_every_rule():
    root = parsed(run(review(models=0), rules=RULES))

    assert [ends(suite) for suite in root] == [{name: [] for name in RULES}]


def test_an_empty_run_is_a_document():
    root = parsed(run())

    assert (root.tag, root.get("tests"), len(root)) == ("testsuites", "0", 0)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text):
    shown = printable(text, 4000).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
    suite, unread = parsed(hostile(text))
    failure = suite.find("testcase/failure")

    assert {one.tag for one in suite.iter()} == {"testsuite", "testcase", "failure", "skipped", "error"}
    assert failure.text.splitlines()[0][:500] == f"deny: {shown}"[:500]
    assert suite[0].get("file") == shown
    assert unread[0][0].get("message") == shown
