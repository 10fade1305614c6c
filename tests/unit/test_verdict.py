from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.errors import EngineError
from weighbridge.model.evidence import Place
from weighbridge.model.rules import Rule
from weighbridge.model.verdicts import ExceptionUsed, Quote, Remedy, UnknownSource
from weighbridge.verdict import UNDECIDED, checked, verdict_from, with_places

SEVERITIES = {"a.low": "low", "b.high": "high", "c.critical": "critical", UNDECIDED: "info"}
RULES: dict[str, Rule] = {
    name: Rule(name, "T", "D", severity, (), Remedy(f"ask about {name}", "mend it"), "you", "0.1", (), None, None, "p")  # type: ignore[arg-type]
    for name, severity in SEVERITIES.items()
}
UNKNOWN = {"because": "timeout", "host": "hub.example", "since": 60, "rules": ["b.high", "a.low"]}
EXCEPTION = {"name": "e", "namespace": "n", "owner": "o", "expires": 5}
REF = "hf://org/model"


def finding(rule: str = "b.high", action: str = "deny", effect: str = "deny", **changes: Any) -> dict[str, Any]:
    return {
        "rule": rule,
        "model": REF,
        "action": action,
        "effect": effect,
        "message": "is wrong",
        "evidence": [],
        "who_can_act": "model_owner",
        "exception": EXCEPTION if effect == "excepted" else None,
        "since": None,
        "because_unknown": UNKNOWN if rule == UNDECIDED else None,
        **changes,
    }


def answer(*findings: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "stage": "enforce",
        "allowed": all(one["effect"] != "deny" for one in findings),
        "would_allow": all(one["action"] != "deny" or one["effect"] == "excepted" for one in findings),
        "undecided": any(one["rule"] == UNDECIDED for one in findings),
        "findings": list(findings),
        **changes,
    }


findings = st.builds(
    finding,
    st.sampled_from(list(SEVERITIES)),
    action=st.sampled_from(["audit", "warn", "deny"]),
    effect=st.sampled_from(["audit", "warn", "deny", "excepted"]),
    model=st.sampled_from([None, REF, "hf://org/other"]),
    message=st.text(max_size=5),
).filter(
    lambda one: (
        one["effect"] == "excepted"
        or ["audit", "warn", "deny"].index(one["effect"]) <= ["audit", "warn", "deny"].index(one["action"])
    )
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def test_no_findings_admit() -> None:
    verdict = verdict_from(answer(), RULES, {}, "sha256:1")

    assert (verdict.stage, verdict.allowed, verdict.would_allow, verdict.undecided) == ("enforce", True, True, False)
    assert (verdict.findings, verdict.revision) == ((), "sha256:1")


def test_a_finding_is_completed_from_the_rule_table_and_the_places() -> None:
    place = Place("README.md", 3, "license: mit")
    said = answer(finding(evidence=["license.declared", "card"], since=7))
    only = verdict_from(said, RULES, {REF: {"license.declared": place}}, "r").findings[0]

    assert (only.severity, only.remedy) == ("high", Remedy("ask about b.high", "mend it"))
    assert only.evidence == (Quote("license.declared", place), Quote("card", None))
    assert (only.message, only.who_can_act, only.since) == ("is wrong", "model_owner", 7)
    assert (only.exception, only.because_unknown, only.grace_until) == (None, None, None)


def test_facts_of_one_model_are_not_quoted_from_another() -> None:
    said = answer(finding(evidence=["card"]), finding(model=None, evidence=["card"]))
    places = {"hf://org/other": {"card": Place("README.md")}}

    assert [one.evidence for one in verdict_from(said, RULES, places, "r").findings] == [(Quote("card", None),)] * 2


def test_exceptions_and_unknown_sources_are_carried_over() -> None:
    said = answer(finding(effect="excepted"), finding(UNDECIDED))
    undecided, excepted = verdict_from(said, RULES, {}, "r").findings

    assert excepted.exception == ExceptionUsed("e", "n", "o", 5)
    assert undecided.because_unknown == UnknownSource("timeout", "hub.example", 60, ("a.low", "b.high"))


def test_findings_that_deny_come_first_then_the_most_severe() -> None:
    said = answer(
        finding("c.critical", effect="warn"),
        finding("a.low"),
        finding("b.high", message="2"),
        finding("b.high", message="1"),
        finding("b.high", model=None),
    )

    assert [(one.rule, one.model, one.message) for one in verdict_from(said, RULES, {}, "r").findings] == [
        ("b.high", None, "is wrong"),
        ("b.high", REF, "1"),
        ("b.high", REF, "2"),
        ("a.low", REF, "is wrong"),
        ("c.critical", REF, "is wrong"),
    ]


@pytest.mark.parametrize("name", ["allowed", "would_allow", "undecided"])
@pytest.mark.parametrize("said", [answer(), answer(finding()), answer(finding(UNDECIDED))])
def test_an_answer_that_contradicts_itself_decides_nothing(said: dict[str, Any], name: str) -> None:
    with pytest.raises(EngineError, match=f"^policy answer: contradicts itself, got {name} = "):
        verdict_from({**said, name: not said[name]}, RULES, {}, "r")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (None, "expected `object`, got `null`"),
        ([], "expected `object`, got `array`"),
        ({}, "missing required field `stage`"),
        (answer(stage="strict"), r"invalid enum value 'strict' - at `\$\.stage`"),
        (answer(allowed=1), r"expected `bool`, got `int` - at `\$\.allowed`"),
        (answer(extra=1), "unknown field `extra`"),
        (answer(findings={}), r"expected `array`, got `object` - at `\$\.findings`"),
        (answer(finding(severity="low")), "unknown field `severity`"),
        (answer(finding(model=3)), r"expected `str \| null`, got `int`"),
        (answer(finding(effect="grace")), "invalid enum value 'grace'"),
        (answer(finding(action="off")), "invalid enum value 'off'"),
        (answer(finding(who_can_act="god")), "invalid enum value 'god'"),
        (answer(finding(because_unknown={**UNKNOWN, "because": "moon"})), "invalid enum value 'moon'"),
        (answer(finding("d.absent")), "a finding of 'd.absent', which is not in the rule table"),
        (answer(finding(action="warn")), "b.high has effect deny, its action is only warn"),
        (answer(finding(exception=EXCEPTION)), "b.high has effect deny and names an exception"),
        (answer(finding(effect="excepted", exception=None)), "b.high has effect excepted and names no exception"),
        (answer(finding(because_unknown=UNKNOWN)), "b.high says what is unknown"),
        (answer(finding(UNDECIDED, because_unknown=None)), "evidence.available does not say what is unknown"),
    ],
)
def test_a_malformed_answer_is_one_sentence(said: object, message: str) -> None:
    with pytest.raises(EngineError, match=f"^policy answer: .*{message}.* Fix: "):
        verdict_from(said, RULES, {}, "r")


@given(st.lists(findings, max_size=6))
def test_a_verdict_says_what_its_findings_say(said: list[dict[str, Any]]) -> None:
    verdict = verdict_from(answer(*said), RULES, {}, "r")

    assert verdict.allowed == (not any(one.effect == "deny" for one in verdict.findings))
    assert len(verdict.findings) == len(said)
    assert verdict.would_allow <= verdict.allowed


@given(st.lists(findings, max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_an_engine_answers_does_not_matter(said: list[dict[str, Any]], random: Any) -> None:
    shuffled = random.sample(said, len(said))

    assert checked(answer(*said), RULES, "r") == checked(answer(*shuffled), RULES, "r")


@given(st.lists(findings, min_size=1, max_size=4), st.data())
def test_no_single_change_of_a_flag_passes(said: list[dict[str, Any]], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["allowed", "would_allow", "undecided"]))
    right = answer(*said)

    with pytest.raises(EngineError):
        checked({**right, name: not right[name]}, RULES, "r")


@given(json_values)
def test_no_json_crashes_the_check(value: object) -> None:
    with pytest.raises(EngineError):
        checked(value, RULES, "r")


@given(st.lists(findings, min_size=1, max_size=3), st.data())
def test_an_answer_with_a_part_replaced_is_an_error_or_still_consistent(
    said: list[dict[str, Any]], data: st.DataObject
) -> None:
    spoilt = json.loads(json.dumps(answer(*said)))
    target = data.draw(st.sampled_from([spoilt, spoilt["findings"][0]]))
    target[data.draw(st.sampled_from(sorted(target)))] = data.draw(json_values)
    try:
        verdict = checked(spoilt, RULES, "r")
    except EngineError:
        return

    assert verdict.allowed == spoilt["allowed"] == all(one["effect"] != "deny" for one in spoilt["findings"])


def test_places_change_nothing_but_the_quotes() -> None:
    verdict = checked(answer(finding(evidence=["card"])), RULES, "r")

    assert with_places(verdict, {}) == verdict
    assert with_places(with_places(verdict, {REF: {"card": Place("a")}}), {}) == verdict


def test_a_stamp_that_answered_rules_is_kept_with_who_and_when():
    stamp = {
        "model": REF,
        "signer": "release",
        "policy": "prod",
        "bundle": "sha256:0b",
        "verified_at": 1,
        "until": 2,
        "rules": ["b.high", "a.low"],
    }
    verdict = checked(answer(stamps=[stamp]), RULES, "r")

    assert verdict.stamps[0].signer == "release"
    assert verdict.stamps[0].rules == ("a.low", "b.high")
    assert checked(answer(), RULES, "r").stamps == ()
