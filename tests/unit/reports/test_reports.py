from __future__ import annotations

import json

from weighbridge.model.evidence import Place
from weighbridge.model.requests import Namespace, Request, Where
from weighbridge.model.serving import FoundModels
from weighbridge.model.verdicts import (
    Decision,
    ExceptionUsed,
    Finding,
    JudgedModel,
    Quote,
    Remedy,
    UnknownSource,
    Verdict,
)
from weighbridge.reports import FORMATS, Run
from weighbridge.review import Review

REF = "hf://acme-ml/tariff-8b@3f9c2e1000000000000000000000000000000000"


def finding(effect, rule="license.allowed", **more):
    action = more.pop("action", effect if effect in ("audit", "warn", "deny") else "deny")
    fields = {"message": "says x", "model": REF, "who_can_act": "model_owner", **more}
    return Finding(
        rule=rule, action=action, effect=effect, severity="high", remedy=Remedy("ask", "declare it"), **fields
    )


def review(*findings, stage="enforce", models=1):
    allowed = not any(one.effect == "deny" for one in findings)
    would_allow = not any(one.action == "deny" and one.effect != "excepted" for one in findings)
    undecided = any(one.because_unknown for one in findings)
    verdict = Verdict(stage, allowed, would_allow, undecided, tuple(findings), "sha256:4be1c0ff")
    judged = tuple(JudgedModel(REF, "base", "3f9c", None) for _ in range(models))
    decision = Decision("7f3c9a", "apps/v1", "Deployment", "pricing", "tariff", judged, verdict)
    return Review(Request({}, Namespace("pricing"), where=Where("a.yaml", 3)), FoundModels(of_interest=True), decision)


def run(*reviews, **more):
    return Run(tuple(reviews), more.pop("problems", ()), "opa", "sha256:4be1c0ff", 3.14, **more)


QUIET = Review(Request({}, Namespace("pricing")), FoundModels(), None)
UNKNOWN = UnknownSource("timeout", "hub.example", 60, ("card.present",))


def test_every_format_renders_a_run_of_nothing():
    for render in FORMATS.values():
        assert render(run()).endswith("\n")


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
