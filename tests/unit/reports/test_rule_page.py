from __future__ import annotations

import dataclasses

from tests.report_values import rule

from weighbridge.reports.rule_page import index_row, rule_page

ACTIONS = {"baseline": "audit", "standard": "warn", "restricted": "deny"}


def test_a_page_says_everything_its_metadata_says():
    told = dataclasses.replace(
        rule(frameworks={"owasp_llm_2025": ["LLM03"], "atlas": "AML.T0010"}),
        parameters=("least",),
        parameter_texts={"least": "how many at least"},
        why="Nobody may use it without.",
        denies=("there is none",),
        admits=("there is one",),
        false_positives=("texts in images",),
    )
    page = rule_page(told, ACTIONS, {"least": 3})

    for line in (
        "# license.allowed",
        "License allowed. Severity high; action: baseline audit, standard warn, restricted deny.",
        "* there is none",
        "* there is one",
        "Nobody may use it without.",
        "* who deploys: ask",
        "| `least` | `3` | how many at least |",
        "* texts in images",
        "* owasp_llm_2025: LLM03",
        "* atlas: AML.T0010",
    ):
        assert line in page.split("\n")
    assert "spec: {rule: license.allowed," in page


def test_a_page_says_what_there_is_not():
    bare = dataclasses.replace(rule("exception.valid"), evidence=())
    page = rule_page(bare, ACTIONS, {})

    assert "No exception reaches this rule." in page
    assert "no source is asked" in page
    assert page.count("None.") == 2
    assert "None known." in page


def test_the_table_says_what_a_weaker_sign_demands():
    profiled = {**ACTIONS, "weak": {"baseline": "audit", "standard": "audit", "restricted": "warn"}}

    assert index_row(rule(), ACTIONS).endswith("| audit | warn | deny | warn |")
    assert index_row(rule(), profiled).endswith("| audit / audit / warn |")
    assert index_row(rule(), {**ACTIONS, "weak": "audit"}).endswith("| deny | audit |")
