"""The HTML report in a real browser: what people see, reach and may trust."""

from __future__ import annotations

import dataclasses
import json

import pytest
from tests.browser import chromium
from tests.evidence_values import evidence, lineage
from tests.report_values import HOSTILE, REF, finding, hostile, review, run, unknown

from weighbridge.model.outcomes import Found
from weighbridge.model.verdicts import ExceptionUsed
from weighbridge.reports import FORMATS

pytestmark = pytest.mark.skipif(chromium.find() is None, reason="no chromium here: make packages installs it")

EXCEPTION = ExceptionUsed("until-relicensed", "pricing", "team-pricing", 1_797_292_800 * 10**9)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with chromium.browsing(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def shown(page, tmp_path):
    def show(report, hash_=""):
        page.problems.clear()
        page.requested.clear()
        file = tmp_path / "report.html"
        file.write_text(FORMATS["html"](report), "utf-8")
        page.open(f"file://{file}{hash_}")
        return page

    return show


def some():
    return run(
        review(finding("deny", message="says apache-2.0 but derives from llama3.1"), name="tariff"),
        review(finding("warn", "card.present", severity="medium"), name="notes", namespace="desk"),
        review(finding("excepted", exception=EXCEPTION), name="held"),
        review(unknown(), name="dark", namespace="night"),
        review(name="quiet"),
        problems=("b.yaml: not YAML",),
    )


def test_the_summary_counts_what_would_be_refused(shown):
    page = shown(some())

    assert "2 of 5 workloads would be refused" in page.text(".headline")
    assert page.text(".tile.denied b") == "1"
    assert page.text(".tile.undecided b") == "1"
    assert "unblock 100 % of 1 workload" in page.text(".fixes")
    assert "b.yaml: not YAML" in page.text(".problems")
    assert page.count("#namespaces + .scroll tbody tr") == 3


def test_nothing_is_asked_of_any_network_and_nothing_is_complained_of(shown):
    page = shown(some())
    for hash_ in (
        "#/workloads",
        "#/models",
        "#/rules",
        "#/exceptions",
        "#/workload/0",
        "#/model/0",
        "#/rule/license.allowed",
    ):
        page.go(hash_)

    assert page.problems == []
    assert [one for one in page.requested if not one.startswith(("file:", "about:"))] == []


def test_a_script_that_is_not_ours_does_not_run(shown):
    page = shown(some())
    page.run(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.intruder = 1'}))"
    )

    assert page.run("typeof window.intruder") == "undefined"


@pytest.mark.parametrize("hash_", ["#/workloads", "#/workload/0", "#/model/0", "#/rules", "#/exceptions", ""])
def test_text_of_others_stays_text(shown, hash_):
    worst = "".join(one for one in HOSTILE if len(one) < 1000)
    page = shown(hostile(worst), hash_)

    assert page.count("#main script, #main img, #main iframe, #main details, #main [onerror]") == 0
    assert page.problems == []
    assert "\u202e" not in page.run("document.body.innerText")


def test_filters_narrow_the_list_and_stay_in_the_address(shown):
    page = shown(some(), "#/workloads")
    rows = "#view tbody tr"

    assert page.count(rows) == 5
    page.run("document.querySelector('[name=namespace]').value = 'desk'")
    page.run("document.querySelector('form').dispatchEvent(new Event('input'))")
    assert page.count(rows) == 1
    assert "namespace=desk" in page.run("location.hash")
    assert page.text("[role=status]") == "1 workload, 1 shown"


def test_a_tile_leads_to_its_workloads(shown):
    page = shown(some(), "#/workloads?outcome=denied")

    assert page.count("#view tbody tr") == 1
    assert "tariff" in page.text("#view tbody tr")


def test_the_list_can_be_searched_and_opened_by_keyboard_alone(shown):
    page = shown(some(), "#/workloads")
    page.run("document.querySelector('[name=q]').focus()")
    page.type("notes")
    page.until("document.querySelectorAll('#view tbody tr').length === 1")
    for _ in range(30):
        page.press("Tab")
        if page.run("document.activeElement.closest('tbody') !== null"):
            break
    page.press("Enter")
    page.until("location.hash.startsWith('#/workload/')")

    page.until("document.activeElement.tagName === 'H2'")
    assert page.text("#view h2") == "Deployment notes"


def test_columns_sort_by_number_and_say_how(shown):
    page = shown(some(), "#/rules")
    head = "document.querySelectorAll('#view thead th')[0]"
    page.run(f"{head}.querySelector('button').click()")

    assert page.run(f"{head}.getAttribute('aria-sort')") == "ascending"
    names = page.run("[...document.querySelectorAll('#view tbody th')].map((one) => one.textContent)")
    assert names == sorted(names)


def test_a_model_shows_its_lineage_card_and_uses(shown):
    known = evidence(REF, lineage=Found(lineage("meta-llama/Llama-3.1-8B", pinned=True)))
    report = run(dataclasses.replace(review(finding("deny", model=REF), name="tariff"), evidence=(known,)))
    page = shown(report, "#/model/0")

    assert page.count("#view svg g") == 2
    assert "Used by 1 workload" in page.text("#view")
    assert page.count("#view .finding.deny") == 1


def test_a_circle_in_a_lineage_is_drawn_and_ends(shown):
    one_way = lineage("org/parent")
    back = dataclasses.replace(one_way.edges[0], child="org/parent", parent="org/model")
    circle = dataclasses.replace(one_way, edges=(*one_way.edges, back))
    known = evidence(REF, lineage=Found(circle))
    report = run(dataclasses.replace(review(finding("deny", model=REF)), evidence=(known,)))
    page = shown(report, "#/model/0")

    assert page.count("#view svg g") == 2
    assert page.problems == []


def test_every_control_has_a_name_and_every_page_one_heading_to_land_on(shown):
    page = shown(some())
    nameless = """[...document.querySelectorAll('a, button, input, select, [role=region]')].filter((one) => one.offsetParent !== null
        && !(one.textContent.trim() || one.getAttribute('aria-label') || one.getAttribute('aria-labelledby') || one.closest('label'))).length"""
    for hash_ in ("#/workloads", "#/models", "#/workload/0", "#/model/0"):
        page.go(hash_)

        assert page.run(nameless) == 0
        assert page.count("#view h2") == 1


@pytest.mark.parametrize("dark", [False, True])
def test_text_has_contrast_enough_to_be_read(shown, dark):
    page = shown(some(), "#/workload/0")
    page.resize(1200, 900, dark=dark)
    ratio = """(() => {
        const light = (color) => { const [r, g, b] = color.match(/[\\d.]+/g).map((one) => { const part = one / 255; return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const paper = light(getComputedStyle(document.body).backgroundColor);
        return Math.min(...[...document.querySelectorAll('#main *')].filter((one) => one.offsetParent && one.childNodes.length && one.innerText?.trim()).map((one) => {
            const ink = light(getComputedStyle(one).color);
            return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05); }));
    })()"""

    assert page.run(ratio) >= 4.5


def test_a_narrow_screen_scrolls_tables_and_not_the_page(shown):
    page = shown(some(), "#/workloads")
    page.resize(380, 800)

    assert page.run("document.documentElement.scrollWidth") <= 380


def test_ten_thousand_workloads_stay_usable(shown):
    findings = (finding("deny"), finding("warn", "card.present"), finding("audit", "reference.pinned"))
    report = run(*(review(*findings, name=f"w{number}", namespace=f"n{number % 40}") for number in range(10_000)))
    page = shown(report, "#/workloads")

    assert len(FORMATS["html"](report)) < 10_000_000
    assert page.text("[role=status]") == "10000 workloads, 100 shown"
    page.run("document.querySelector('.more').click()")
    assert page.count("#view tbody tr") == 200
    page.run("document.querySelector('[name=q]').value = 'w9999'")
    page.run("document.querySelector('form').dispatchEvent(new Event('input'))")
    assert page.count("#view tbody tr") == 1


def test_what_is_said_at_the_top_is_there_without_scripts(shown):
    page = shown(some())
    page.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.send("Page.reload")
        tree = json.dumps(page.send("DOM.getDocument", depth=-1))
    finally:
        page.send("Emulation.setScriptExecutionDisabled", value=False)

    assert "2 of 5 workloads would be refused" in tree
