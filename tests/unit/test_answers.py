from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from weighbridge.answers import DENIAL_BYTES, MOST_WARNINGS, WARNING_CHARACTERS, answer, not_decided
from weighbridge.model.requests import Namespace, Request
from weighbridge.model.serving import FoundModels
from weighbridge.model.verdicts import Decision, Finding, Remedy, UnknownSource, Verdict
from weighbridge.review import Review

REF = "hf://acme-ml/tariff-8b@3f9c2e1000000000000000000000000000000000"


def finding(
    effect="deny", rule="license.respects_ancestors", model=REF, message="says apache-2.0", unknown=None, action="deny"
):
    return Finding(
        rule,
        model,
        action,
        effect,
        "high",
        message,
        Remedy("serve another", "declare it"),
        "model_owner",
        because_unknown=unknown,
    )


def review(*findings):
    allowed = not any(one.effect == "deny" for one in findings)
    undecided = any(one.because_unknown for one in findings)
    verdict = Verdict("enforce", allowed, allowed, undecided, tuple(findings), "sha256:4be1c0")
    decision = Decision("7f3c9a", "v1", "Pod", "ns", "p", (), verdict)
    return Review(Request({}, Namespace("ns")), FoundModels(), decision)


UNKNOWN = UnknownSource("timeout", "hub.example", 0, ("card.present",))


def test_a_denial_names_model_fact_rule_and_what_each_can_do():
    text = answer(review(finding()), "https://ask.example/?d={decision}").message

    assert text == (
        "\nhf://acme-ml/tariff-8b@3f9c2e1: says apache-2.0 [license.respects_ancestors]\n"
        "you: serve another, or ask: https://ask.example/?d=7f3c9a\n"
        "owner: declare it\n"
        "(decision 7f3c9a)"
    )


def test_even_a_very_long_remedy_leaves_room_for_the_id():
    long = dataclasses.replace(finding(), remedy=Remedy("x" * 900, "y" * 900))
    text = answer(review(long)).message

    assert len(text.encode()) == DENIAL_BYTES
    assert text.endswith("…\n(decision 7f3c9a)")


def test_who_can_act_alone_is_told_alone():
    mine = dataclasses.replace(
        finding(), who_can_act="you", remedy=Remedy("pin it, or ask for an exception", "nothing")
    )

    assert "owner:" not in answer(review(mine)).message
    assert "you: pin it, or ask: https://ask/7f3c9a\n" in answer(review(mine), "https://ask/{decision}").message


def test_further_denials_are_shown_while_there_is_room_and_counted_after():
    text = answer(review(*(finding(rule=f"card.r{n}", message="x" * 200) for n in range(20)), finding("warn"))).message

    assert text.endswith("more denials, 1 note   (decision 7f3c9a)")
    assert 2 <= text.count("[card.r") < 20


def test_what_could_not_be_decided_is_never_worded_as_a_violation():
    told = answer(review(finding(rule="evidence.available", unknown=UNKNOWN, message="hub.example has not answered")))

    assert told.code == 503
    assert told.message.startswith("\nnot decided: ")


def test_a_known_violation_comes_before_what_could_not_be_decided():
    told = answer(review(finding(rule="evidence.available", unknown=UNKNOWN), finding(rule="format.safe")))

    assert told.code == 403
    assert told.message.index("format.safe") < told.message.index("evidence.available")


@given(st.lists(st.tuples(st.text(max_size=400), st.text(max_size=300)), min_size=1, max_size=30))
def test_a_denial_stays_within_its_bytes_and_keeps_its_id(parts):
    told = answer(review(*(finding(model=model, message=message) for model, message in parts)), "https://x/{decision}")

    assert len(told.message.encode()) <= DENIAL_BYTES
    assert told.message.endswith("(decision 7f3c9a)")


@given(st.lists(st.tuples(st.text(max_size=200), st.text(max_size=300)), min_size=1, max_size=30))
def test_warnings_are_folded_per_model_and_short(parts):
    told = answer(review(*(finding("warn", model=model, message=message) for model, message in parts)))

    assert told.allowed
    assert len(told.warnings) <= min(MOST_WARNINGS, len({model for model, _ in parts}))
    assert all(len(one) <= WARNING_CHARACTERS and one.endswith("(decision 7f3c9a)") for one in told.warnings)


def test_a_warning_without_model_speaks_of_the_workload():
    assert answer(review(finding("warn", model=None))).warnings[0].startswith("weighbridge: this workload: 1 note: ")


def test_the_audit_log_learns_decision_revision_and_rules():
    told = answer(review(finding(), finding("warn", "card.present"), finding("excepted", "format.safe")))

    assert told.audit_annotations == {
        "decision": "7f3c9a",
        "revision": "sha256:4be1c0",
        "stage": "enforce",
        "denied-by": "license.respects_ancestors",
        "warned-by": "card.present",
        "excepted": "format.safe",
    }


def test_where_nothing_was_to_be_decided_nothing_is_said():
    told = answer(Review(Request({}, Namespace("ns")), FoundModels(), None))

    assert (told.allowed, told.message, told.warnings, dict(told.audit_annotations)) == (True, "", (), {})


def test_without_a_decision_one_door_refuses_and_the_other_warns():
    refused, admitted = not_decided("opa does not answer", admit=False), not_decided("opa does not answer", admit=True)

    assert (refused.allowed, refused.code) == (False, 503)
    assert refused.message.startswith("not decided: opa does not answer\n")
    assert admitted.allowed
    assert admitted.warnings == ("weighbridge: not decided: opa does not answer",)
