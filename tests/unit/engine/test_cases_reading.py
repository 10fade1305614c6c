from __future__ import annotations

import pytest

from weighbridge.engine.cases import Case, Defaults, cases_of, defaults_of, differences
from weighbridge.errors import BadPolicies

BASE = Defaults(
    {"models": [], "site": {"override": None, "policies": []}},
    {"models": {"role": "base", "card": {"found": {"letters": 5}}}},
    {},
)
MISSING = {"rule": "a.b", "model": "m", "effect": "deny", "message": "has no card, looked at README.md"}


def case(text: str) -> Case:
    (one,) = cases_of(text, "a.yaml", BASE)
    return one


def test_a_case_is_laid_over_the_defaults():
    told = case("note: n\nrule: a.b\ngiven: {models: [{role: adapter}]}\nfindings: []\n")

    assert told.name == "a.yaml:1 n"
    assert told.document["models"] == [{"role": "adapter", "card": {"found": {"letters": 5}}}]


def test_an_outcome_replaces_one_of_another_kind():
    told = case("{note: n, rule: a.b, given: {models: [{card: {missing: {looked_at: x}}}]}, findings: []}")

    assert told.document["models"][0]["card"] == {"missing": {"looked_at": "x"}}


def test_a_profile_judges_in_stage_enforce():
    told = case("{note: n, rule: a.b, profile: restricted, findings: []}")

    assert told.document["site"]["override"] == {"profile": "restricted", "stage": "enforce"}


@pytest.mark.parametrize(
    "text",
    [
        "{note: n, rule: a.b}",
        "{note: n, rule: a.b, findings: 1}",
        "{note: n, rule: a.b, findings: [], more: 1}",
        "[]",
        "x",
    ],
)
def test_a_case_of_another_form_is_refused_with_its_place(text):
    with pytest.raises(BadPolicies, match=r"^a\.yaml:1: case with .*expected note, rule, findings"):
        case(text)


def test_broken_yaml_is_refused_with_its_line():
    with pytest.raises(BadPolicies, match=r"^a\.yaml:3: "):
        case("note: n\nrule: [a\n")
    with pytest.raises(BadPolicies, match=r"^d\.yaml:2: "):
        defaults_of("[a", "d.yaml")


def test_defaults_of_another_form_are_refused():
    with pytest.raises(BadPolicies, match="expected document, elements and objects"):
        defaults_of("document: {}", "d.yaml")


def test_what_is_as_told_differs_in_nothing():
    told = Case("n", "a.b", {}, ({"effect": "deny", "message": "no card"},))

    assert differences(told, {"findings": [MISSING, {"rule": "c.d", "message": "other"}]}) == ()


def test_what_did_not_come_and_what_came_unasked_are_both_shown():
    told = Case("n", "a.b", {}, ({"effect": "warn"}, {"strange": 1}))

    assert differences(told, {"findings": [MISSING]}) == (
        "- expected: warn, no model, any message",
        "- expected: any effect, no model, any message",
        "+ got:      deny, m, 'has no card, looked at README.md'",
    )


@pytest.mark.parametrize("answer", [None, [], {}, {"findings": None}])
def test_no_answer_is_no_finding(answer):
    assert differences(Case("n", "a.b", {}, ({"effect": "deny"},)), answer) == (
        "- expected: deny, no model, any message",
    )
