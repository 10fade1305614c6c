from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report_values import EXCEPTION, HOSTILE, QUIET, finding, hostile, review, rule, run, unknown

from weighbridge.errors import BadReport
from weighbridge.model.evidence import Place
from weighbridge.model.verdicts import Quote
from weighbridge.reports import FORMATS
from weighbridge.reports.owners import owner
from weighbridge.reports.saved import merged, read

FINDING = finding("deny", evidence=(Quote("card", Place("README.md", 3, "x")), Quote("gone", None)))
RULES = {"license.allowed": rule()}


def full():
    kept = review(FINDING, finding("excepted", exception=EXCEPTION), unknown(grace_until=5, since=1))
    owned = replace(kept, request=replace(kept.request, object={"metadata": {"labels": {"team": "tariffs"}}}))
    return run(owned, review(file=None), QUIET, problems=("a.yaml: broken",), rules=RULES)


def saved(**more):
    return json.dumps(json.loads(FORMATS["json"](full())) | more).encode()


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_of_a_saved_run_is_that_of_the_run(name):
    back = read(FORMATS["json"](full()).encode(), "r.json", RULES)

    assert FORMATS[name](back) == FORMATS[name](full())


@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_comes_back_as_it_was(text):
    one = replace(hostile(text), verbose=False)
    back = read(FORMATS["json"](one).encode(), "r.json", {})

    assert back.decisions[0][1] == one.decisions[0][1]
    assert back.problems == one.problems


def test_an_owner_and_a_count_of_quiet_objects_come_back():
    back = read(saved(), "r.json", {})

    assert owner(back.reviews[0].request.object) == "tariffs"
    assert back.summary == full().summary


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "r.json: not a saved report"),
        (b"\xff\xfe{\x00", "r.json: not a saved report"),
        (b"[]", "r.json: not a saved report"),
        (b'{"version": 1}', "missing required field `decisions`"),
        (b'{"version": 2, "rows": []}', "r.json: is a report of version 2, expected version 1"),
        (b'{"version": ' + b"[" * 100_000, "r.json: not a saved report"),
        (b'{"a":' * 100_000, "r.json: not a saved report"),
        (saved(decisions=[1]), "r.json: not a saved report"),
        (saved(summary={"objects": 10**9}), "r.json: not a saved report"),
        (saved(summary={"objects": -1}), "r.json: not a saved report"),
        (saved(seconds="x"), "r.json: not a saved report"),
    ],
)
def test_what_is_no_report_is_one_sentence(content, says):
    with pytest.raises(BadReport) as caught:
        read(content, "r.json", {})

    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_instant_that_no_calendar_has_is_refused():
    document = json.loads(saved())
    document["decisions"][0]["findings"][1]["exception"]["expires"] = 2**63
    with pytest.raises(BadReport, match=r"expires"):
        read(json.dumps(document).encode(), "r.json", {})


@given(st.binary(max_size=200))
def test_bytes_of_no_meaning_are_one_sentence(content):
    with pytest.raises(BadReport, match=r"^r\.json: "):
        read(content, "r.json", {})


def test_keys_of_later_versions_are_passed_over():
    assert read(saved(more={"a": 1}), "r.json", {}).summary == full().summary


def test_merged_reports_keep_their_clusters_apart():
    both = merged([("north", full()), ("south", full())])

    assert both.clusters == ("north", "south")
    assert both.problems == ("north: a.yaml: broken", "south: a.yaml: broken")
    assert (both.summary.objects, both.engine, both.revision) == (6, "opa", "sha256:4be1c0ff")
    assert {one["cluster"] for one in json.loads(FORMATS["json"](both))["decisions"]} == {"north", "south"}


def test_a_merged_report_that_is_merged_again_keeps_its_clusters():
    north = merged([("north", full())])
    back = read(FORMATS["json"](north).encode(), "r.json", {})

    assert merged([("all", back), ("south", full())]).clusters == ("north", "south")


@pytest.mark.parametrize("name", ["csv", "markdown", "html"])
def test_formats_for_several_clusters_name_them(name):
    shown = FORMATS[name](merged([("north-sea", full()), ("south-sea", full())]))

    assert "north-sea" in shown
    assert "south-sea" in shown


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"labels": {"team": "a"}, "annotations": {"owner": "b"}}, "b"),
        ({"labels": {"acme.example/owner": "a"}, "annotations": {"owner": "b"}}, "a"),
        ({"labels": {"team": ""}, "annotations": {"x/team": "b"}}, "b"),
        ({"labels": {"owner": 5}, "annotations": []}, None),
        ({"labels": {"coowner": "a"}}, None),
        ({"labels": {"owner": "x" * 400}}, "x" * 253),
        (None, None),
    ],
)
def test_an_owner_is_what_labels_say_first(metadata, said):
    assert owner({"metadata": metadata}) == said
