from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from tests.report_values import HOSTILE, QUIET, REF, UNKNOWN, finding, hostile, review, run

from weighbridge.model.evidence import Place
from weighbridge.model.verdicts import ExceptionUsed, Quote
from weighbridge.reports import FORMATS
from weighbridge.reports.csv import COLUMNS


def test_every_format_renders_a_run_of_nothing():
    for render in FORMATS.values():
        assert render(run()).endswith("\n")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", FORMATS)
def test_no_text_of_others_moves_the_cursor_or_reorders_what_is_shown(name, text):
    shown = FORMATS[name](hostile(text))

    control = [one for one in shown if (ord(one) < 32 and one != "\n") or 0x7F <= ord(one) < 0xA0]
    assert control == []
    assert not set("\u202e\u2066\ufeff") & set(shown)


@pytest.mark.parametrize("text", HOSTILE)
def test_json_says_every_text_as_it_is(text):
    said = json.loads(FORMATS["json"](hostile(text)))["decisions"][0]

    assert (said["object"]["name"], said["findings"][0]["message"]) == (text, text)
    assert said["findings"][0]["evidence"][0]["text"] == text


def test_ten_thousand_decisions_are_rendered_in_seconds():
    one = review(finding("deny"), finding("warn", "card.present"), finding("audit", "reference.pinned"))
    many = run(*[one] * 10_000)
    begun = time.perf_counter()
    document = FORMATS["json"](many)

    assert time.perf_counter() - begun < 5
    assert json.loads(document)["summary"]["denied"] == 10_000


def test_every_format_and_every_column_is_on_its_page():
    page = (Path(__file__).parents[3] / "docs" / "reference" / "reports.md").read_text()
    columns = re.search(r"Columns: `([^`]*)`", page)[1]

    assert re.findall(r"^\| `([a-z]+)` \| .* \| .* \| .* \|$", page, re.MULTILINE)[: len(FORMATS)] == list(FORMATS)
    assert tuple(re.split(r",\s+", columns)) == COLUMNS


def test_json_has_the_shape_that_others_rely_on():
    quoted = finding(
        "deny", evidence=(Quote("license.declared", Place("README.md", 3, "license: x")), Quote("gone", None))
    )
    document = json.loads(FORMATS["json"](run(review(quoted), QUIET)))

    decision = document["decisions"][0]
    assert document["version"] == 1
    assert decision["object"] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "namespace": "pricing",
        "name": "tariff",
        "file": "a.yaml",
        "line": 3,
    }
    assert (decision["stage"], decision["allowed"], decision["would_allow"], decision["undecided"]) == (
        "enforce",
        False,
        False,
        False,
    )
    assert decision["models"] == [{"ref": REF, "role": "base", "commit": "3f9c", "digest": None}]
    assert set(decision["findings"][0]) == {
        "rule",
        "model",
        "action",
        "effect",
        "severity",
        "message",
        "remedy",
        "who_can_act",
        "evidence",
        "exception",
        "since",
        "grace_until",
        "because_unknown",
    }
    assert decision["findings"][0]["evidence"] == [
        {"fact": "license.declared", "file": "README.md", "line": 3, "text": "license: x"},
        {"fact": "gone", "file": None, "line": None, "text": None},
    ]


def test_the_summary_counts_what_would_be_refused_later_apart():
    held_back = review(finding("warn", action="deny"), stage="warn")
    silent = review(finding("deny", "evidence.available", because_unknown=UNKNOWN))
    summary = json.loads(FORMATS["json"](run(review(), held_back, silent, QUIET)))["summary"]

    assert summary == {
        "objects": 4,
        "of_interest": 3,
        "allowed": 2,
        "would_deny": 1,
        "denied": 1,
        "undecided": 1,
        "findings": {"evidence.available": 1, "license.allowed": 1},
    }


def test_the_terminal_says_what_where_why_and_what_to_do():
    quoted = finding("deny", evidence=(Quote("license.declared", Place("README.md", 3, "license: x")),))
    bare = finding(
        "warn",
        evidence=(Quote("gone", None), Quote("file:x", Place("x.bin")), Quote("q", Place("c.json", 2, '"a": 1'))),
    )
    text = FORMATS["terminal"](run(review(quoted, bare, finding("audit")), problems=("b.yaml:1: not YAML",)))

    assert "a.yaml:3  deployment/tariff  ns pricing  stage enforce  DENIED" in text
    assert "model hf://acme-ml/tariff-8b@3f9c2e1 (base)" in text
    assert 'README.md:3 "license: x"' in text
    assert 'x.bin · c.json:2 "a": 1\n' in text
    assert "fix (owner): declare it" in text
    assert "1 audit note: --verbose" in text
    assert "not read  b.yaml:1: not YAML" in text
    assert "\033" not in text


def test_what_could_not_be_decided_is_not_called_denied():
    text = FORMATS["terminal"](run(review(finding("deny", "evidence.available", because_unknown=UNKNOWN))))

    assert "stage enforce  NOT DECIDED" in text
    assert "DENIED" not in text


def test_verbose_shows_notes_and_color_is_for_terminals():
    text = FORMATS["terminal"](run(review(finding("audit", message="a note")), verbose=True, color=True))

    assert "a note" in text
    assert "\033[32madmitted\033[0m" in text


def test_an_exception_is_shown_with_its_owner():
    used = finding("excepted", exception=ExceptionUsed("until", "pricing", "team-pricing", 1))

    assert "exception until of team-pricing" in FORMATS["terminal"](run(review(used)))


def test_what_is_only_held_back_by_its_stage_is_said_so():
    text = FORMATS["terminal"](run(review(finding("warn", action="deny", model=None), stage="warn", models=0)))

    assert "admitted (would be refused in stage enforce)" in text
    assert "no model named" in text


def test_with_several_models_each_finding_names_its_own():
    text = FORMATS["terminal"](run(review(finding("warn", who_can_act="you"), models=2)))

    assert "hf://acme-ml/tariff-8b@3f9c2e1: says x" in text
    assert "fix (owner)" not in text


def test_hostile_names_cannot_move_the_cursor():
    text = FORMATS["terminal"](
        run(review(finding("deny", message="\x1b[2Jx\u202e", evidence=(Quote("f", Place("a\x1b", None)),))))
    )

    assert "\x1b" not in text
    assert "\u202e" not in text
