from __future__ import annotations

import pytest
from tests.report_values import EXCEPTION, HOSTILE, UNKNOWN, finding, hostile, review, run, unknown

from weighbridge.model.evidence import Place
from weighbridge.model.verdicts import Quote
from weighbridge.reports.columns import cells
from weighbridge.reports.why import render

QUOTED = finding("deny", evidence=(Quote("license.declared", Place("README.md", 3, "license: x")), Quote("gone", None)))


def test_findings_stand_under_who_can_act_you_first():
    actors = ("policy_owner", "platform", "model_owner", "you")
    shown = render(run(review(*(finding("deny", who_can_act=actor) for actor in actors))))

    heads = [line for line in shown.splitlines() if line.endswith("(1 finding)")]
    assert [head.split(" can")[0] for head in heads] == [
        "You, who deploy it,",
        "The owner of the model",
        "The platform",
        "The owner of the policy",
    ]


def test_a_finding_shows_what_it_rests_on_and_how_to_mend_it():
    shown = render(run(review(QUOTED)))

    assert "pricing/deployment/tariff, a.yaml:3\nrefused now, stage enforce, decision 7f3c9a\n" in shown
    assert "      README.md:3 | license: x\n      gone\n    you: ask\n    owner: declare it\n" in shown


def test_it_says_how_long_what_holds_a_finding_back_lasts():
    held = review(finding("excepted", exception=EXCEPTION), finding("grace", grace_until=10**18))
    shown = render(run(held))

    assert "exception pricing/until-relicensed of team-pricing lasts until 2026-12-15" in shown
    assert "grace lasts until 2001-09-09" in shown


def test_it_says_where_to_ask():
    shown = render(run(review(QUOTED)), lambda _: "https://ask.example/?d={decision}")

    assert "ask for an exception: https://ask.example/?d=7f3c9a" in shown
    assert "name decision 7f3c9a to who runs the platform" in render(run(review(QUOTED)))


def test_what_was_not_decided_names_its_rules():
    assert f"could not be decided: {', '.join(UNKNOWN.rules)}" in render(run(review(unknown())))


def test_what_is_held_back_by_its_stage_says_so():
    shown = render(run(review(finding("warn", action="deny"), stage="warn")))

    assert "warns, will refuse it in stage enforce" in shown


def test_nothing_to_complain_of_asks_for_nothing():
    shown = render(run(review(file=None), problems=("a: broken",)))

    assert "No rule complains." in shown
    assert "not read: a: broken" in shown
    assert "ask for" not in shown


def test_much_evidence_is_cut_and_says_so():
    many = finding("deny", evidence=tuple(Quote(f"file:{number}", None) for number in range(15)))

    assert "and 3 more" in render(run(review(many)))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_line_of_a_reason_is_wider_than_the_terminal(text):
    shown = render(hostile(text), lambda _: text, 80)

    assert max(map(cells, shown.splitlines())) <= 80
    assert not [one for one in shown if (ord(one) < 32 and one != "\n") or 0x7F <= ord(one) < 0xA0]
    assert not set("\u202e\u2066\ufeff") & set(shown)
    assert "\033" in render(run(review(QUOTED), color=True))
