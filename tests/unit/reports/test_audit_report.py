from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report_values import EXCEPTION, HOSTILE, QUIET, finding, hostile, review, run, unknown

from weighbridge.model.verdicts import ExceptionUsed
from weighbridge.reports import FORMATS
from weighbridge.reports.audit import render
from weighbridge.reports.changes import changes
from weighbridge.reports.columns import cells, clipped, padded, wrapped
from weighbridge.reports.saved import merged


def mixed(**more):
    owned = review(
        finding("warn", action="deny"), finding("deny", "card.present", model=None), name="tariff", stage="warn"
    )
    owned = replace(owned, request=replace(owned.request, object={"metadata": {"labels": {"team": "tariffs"}}}))
    excepted = review(finding("excepted", exception=EXCEPTION), name="quay")
    soon = review(finding("excepted", exception=ExceptionUsed("soon", "", "ops", 1)), name="crane")
    return run(owned, excepted, soon, review(unknown(), name="dark", namespace=""), review(name="fine"), QUIET, **more)


def test_what_enforcing_would_do_is_the_first_thing_said():
    lines = render(mixed()).splitlines()

    assert lines[:5] == [
        "If enforced today",
        "  1 of 5 workloads would be blocked (20 %)",
        "  1 could not be decided in full",
        "  3 would be admitted, 2 of them by an exception",
        "  2 refused in the stage of today already",
    ]


def test_blocked_workloads_are_counted_by_namespace_owner_rule_and_model():
    rows = [line.split() for line in render(mixed()).splitlines()]

    assert ["pricing", "1", "of", "4"] in rows
    assert ["tariffs", "1", "of", "1"] in rows
    assert ["license.allowed", "1"] in rows
    assert ["hf://acme-ml/tariff-8b@3f9c2e1", "1"] in rows


def test_fixes_say_how_much_they_unblock():
    shown = render(mixed())

    assert "these 2 fixes unblock 100 % of what would be blocked" in shown
    assert "you: ask; owner: declare it" in shown
    assert "this fix unblocks 100 %" in render(run(review(finding("deny"))))


def test_exceptions_have_owner_and_expiry_the_first_to_expire_first():
    lines = [line for line in render(mixed()).splitlines() if "expires" in line]

    assert lines[0].split() == ["soon", "of", "ops", "expires", "1970-01-01", "1", "workload"]
    assert lines[1].split()[:3] == ["pricing/until-relicensed", "of", "team-pricing"]


def test_what_could_not_be_decided_stands_apart():
    shown = render(mixed(problems=("a.yaml:3: broken",)))
    apart = shown[shown.index("Could not be decided") :]

    assert "hub.example: timeout" in apart
    assert "not read: a.yaml:3: broken" in apart
    assert "evidence.available" not in shown


def test_nothing_of_interest_is_said():
    assert "No workload names a model, among 1 object." in render(run(QUIET))


def test_a_long_table_is_cut_and_says_so():
    many = [review(finding("deny"), namespace=f"n{number}", name=str(number)) for number in range(12)]

    assert "and 2 more: --output json has all" in render(run(*many))


def test_clusters_have_a_table_and_stand_before_their_namespaces():
    rows = [line.split() for line in render(merged([("north", mixed()), ("south", mixed())])).splitlines()]

    assert ["north", "1", "of", "5"] in rows
    assert ["south/pricing", "1", "of", "4"] in rows


def test_color_is_for_terminals_only():
    assert "\033[31;1m" in render(mixed(color=True))
    assert "\033" not in render(mixed())


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize("text", HOSTILE)
def test_no_line_is_wider_than_the_terminal(text, width):
    one = hostile(text)
    seen = changes((), one.decisions, all_read=True)
    shown = render(replace(merged([(text, one), ("b", one)]), changes=seen), width)

    assert max(map(cells, shown.splitlines())) <= width
    assert not [one for one in shown if (ord(one) < 32 and one != "\n") or 0x7F <= ord(one) < 0xA0]
    assert not set("\u202e\u2066\ufeff") & set(shown)


@given(st.text(), st.integers(8, 60))
def test_cut_texts_fit(text, width):
    assert cells(clipped(text, width)) <= width
    assert cells(padded(text, width)) == width
    assert all(cells(line) <= width for line in wrapped(text, width, "  "))


@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=300))
def test_wrapping_loses_nothing(text):
    assert "".join(line.strip() for line in wrapped(text, 20, "  ")) == text


def test_changes_are_new_fixed_and_unchanged():
    then = run(review(finding("deny"), finding("deny", "format.safe")), review(finding("deny"), name="old"))
    now = run(review(finding("warn"), finding("audit", "card.present")))
    seen = changes(then.decisions, now.decisions, all_read=True)

    assert [one.rule for one in seen.new] == ["card.present"]
    assert [(one.name, one.rule) for one in seen.fixed] == [("tariff", "format.safe"), ("old", "license.allowed")]
    assert (seen.unchanged, seen.not_decided) == (1, ())


def test_what_cannot_be_told_now_is_not_fixed():
    then = run(review(finding("deny", "card.present"), finding("deny", "format.safe")))
    seen = changes(then.decisions, run(review(unknown())).decisions, all_read=True)

    assert [one.rule for one in seen.not_decided] == ["card.present"]
    assert [one.rule for one in seen.fixed] == ["format.safe"]


def test_a_workload_in_a_file_that_cannot_be_read_is_not_gone():
    then = run(review(finding("deny")))
    seen = changes(then.decisions, (), all_read=False)

    assert (len(seen.not_decided), seen.fixed) == (1, ())


def test_changes_are_shown_and_saved():
    then = run(review(finding("deny", "card.present"), finding("deny", "format.safe")))
    now = run(review(unknown(), finding("deny", "acme/x.y")))
    told = replace(now, changes=changes(then.decisions, now.decisions, all_read=True))
    shown = render(told)

    assert "Findings since the baseline: 1 new, 1 fixed or gone, 0 unchanged, 1 not decided now" in shown
    assert "  new    acme/x.y                      pricing/deployment/tariff" in shown
    assert json.loads(FORMATS["json"](told))["changes"]["fixed"][0]["rule"] == "format.safe"


def test_what_a_stage_holds_back_is_blocked_and_not_refused_today():
    shown = render(run(review(finding("audit", action="deny"))))

    assert "1 of 1 workload would be blocked" in shown
    assert "in the stage of today already" not in shown


def test_a_text_is_cut_at_the_column_where_it_no_longer_fits():
    assert clipped("中文字", 5) == "中文…"
    assert clipped("a" * 9, 4) == "aaa…"
    assert cells("e\u0301a") == 2
