from __future__ import annotations

import html
import re

import pytest
from markdown_it import MarkdownIt
from tests.report_values import COMMIT, EXCEPTION, HOSTILE, QUIET, finding, hostile, review, run, unknown

from weighbridge.model.text import printable
from weighbridge.reports import FORMATS
from weighbridge.reports.markdown import MOST_FIXES, MOST_OBJECTS

READER = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
OURS = re.compile(r"<details><summary>([^<>]*)</summary>|</details>")


def rendered(one):
    return READER.render(FORMATS["markdown"](one))


def cells(page):
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [[text_of(cell) for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)] for row in rows if "<td>" in row]


def text_of(cell):
    return html.unescape(re.sub(r"</?(?:code|strong)>", "", cell)).replace("\u200b", "")


def test_the_page_says_who_is_refused_and_what_to_mend_first():
    held_back = review(finding("warn", action="deny"), stage="warn", name="other", namespace="search")
    page = rendered(run(review(finding("deny")), held_back, review(name="fine"), QUIET))

    assert "<h1>weighbridge: 1 of 3 workloads refused</h1>" in page
    assert cells(page)[:3] == [
        ["pricing", "2", "1", "0", "0"],
        ["search", "1", "0", "1", "0"],
        ["2", "license.allowed", "hf://acme-ml/tariff-8b@3f9c2e1", "you: ask; owner: declare it"],
    ]
    assert "pricing/deployment/tariff: refused, 1 finding at a.yaml:3" in html.unescape(page)
    assert "search/deployment/other: would be refused in stage enforce, 1 finding" in html.unescape(page)
    assert "1 of them would be refused in stage enforce" in page
    assert "deployment/fine" not in page


def test_what_could_not_be_decided_stands_apart():
    page = rendered(run(review(unknown()), problems=("b.yaml:1: not YAML",)))

    assert "<h2>What could not be decided</h2>" in page
    assert "<li>1 finding: cannot tell: hub.example has not answered (2 rules need it)</li>" in page
    assert "not read: b.yaml:1: not YAML" in html.unescape(page)
    assert "What to mend first" not in page
    assert "pricing/deployment/tariff: not decided" in page


def test_what_could_not_be_read_is_said_without_decisions_too():
    assert "not read: x" in rendered(run(problems=("x",)))


def test_an_exception_is_shown_with_owner_and_last_day():
    page = rendered(run(review(finding("excepted", model=None, exception=EXCEPTION), file=None, namespace="")))

    assert "says x (exception until-relicensed of team-pricing, expires 2026-12-15)" in page
    assert "<summary>deployment/tariff: admitted, 1 finding</summary>" in page
    assert cells(page)[0][0] == "cluster"


def test_an_empty_run_is_one_sentence():
    page = rendered(run())

    assert page.startswith("<h1>weighbridge: 0 of 0 workloads refused</h1>")
    assert "<table>" not in page


def test_long_lists_are_cut_and_say_so():
    many = [
        review(finding("deny", model=f"hf://acme/m{number}@{COMMIT}"), name=f"w{number}")
        for number in range(MOST_OBJECTS + 1)
    ]
    page = rendered(run(*many))

    assert page.count("<details>") == MOST_OBJECTS
    assert "1 more workload in the JSON report." in page
    assert f"{MOST_OBJECTS + 1 - MOST_FIXES} more lines in the JSON report." in page


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_does_nothing(text):
    page = rendered(hostile(text))
    table = cells(page)
    shown = printable(text, 600)

    assert [len(row) for row in table] == [5, 4, 6, 6, 6, 6, 6]
    assert [row[3].strip() for row in table[4:6]] == [shown.strip(), shown.strip()]
    assert len(OURS.findall(page)) == 2
    tags = set(re.findall(r"<(/?[a-z0-9]+)", OURS.sub("", page)))
    assert {tag.lstrip("/") for tag in tags} <= {
        *("h1", "h2", "p", "ul", "li", "code", "strong"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }


def test_nobody_is_notified():
    source = FORMATS["markdown"](run(review(finding("deny", message="thanks @octocat"))))

    assert "@octocat" not in source
    assert "thanks &#64;&#8203;octocat" in source
