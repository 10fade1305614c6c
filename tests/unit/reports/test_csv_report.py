from __future__ import annotations

import csv
import io

import pytest
from tests.report_values import COMMIT, EXCEPTION, HOSTILE, QUIET, REF, decision, finding, hostile, review, run

from weighbridge.model.evidence import Place
from weighbridge.model.text import printable
from weighbridge.model.verdicts import Quote
from weighbridge.reports import FORMATS
from weighbridge.reports.csv import COLUMNS


def rows(one):
    return list(csv.DictReader(io.StringIO(FORMATS["csv"](one)), strict=True))


def test_a_finding_is_a_row_with_its_object_model_and_fix():
    quoted = finding("deny", evidence=(Quote("license.declared", Place("README.md", 3)), Quote("gone", None)))
    (row,) = rows(run(review(quoted, digest="wb1:5d0e"), QUIET))

    assert row == {
        "file": "a.yaml",
        "line": "3",
        "namespace": "pricing",
        "kind": "Deployment",
        "name": "tariff",
        "stage": "enforce",
        "allowed": "false",
        "would_allow": "false",
        "model": REF,
        "role": "base",
        "commit": "3f9c",
        "digest": "wb1:5d0e",
        "rule": "license.allowed",
        "severity": "high",
        "action": "deny",
        "effect": "deny",
        "would_block": "true",
        "message": "says x",
        "who_can_act": "model_owner",
        "fix_deployer": "ask",
        "fix_publisher": "declare it",
        "evidence": "README.md:3",
        "exception": "",
        "exception_owner": "",
        "expires": "",
        "decision": "7f3c9a",
        "cluster": "",
        "owner": "",
    }


def test_an_exception_has_owner_and_last_day():
    (row,) = rows(run(review(finding("excepted", exception=EXCEPTION), file=None)))

    assert (row["exception"], row["exception_owner"], row["expires"]) == (
        "until-relicensed",
        "team-pricing",
        "2026-12-15",
    )
    assert (row["file"], row["line"], row["would_block"]) == ("", "", "false")


def test_a_finding_about_the_workload_names_no_model():
    (row,) = rows(run(review(finding("deny", model=None))))

    assert (row["model"], row["role"], row["commit"]) == ("", "", "")


def test_what_could_not_be_read_has_a_row_of_its_own():
    (row,) = rows(run(problems=("b.yaml:1: not YAML",)))

    assert (row["effect"], row["message"], row["rule"]) == ("not read", "b.yaml:1: not YAML", "")


def test_an_empty_run_has_a_header():
    assert FORMATS["csv"](run()) == ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_in_its_cell_and_calculates_nothing(text):
    read = rows(hostile(text))
    shown = printable(text, 32_000)

    assert len(read) == 6
    for row in read:
        assert set(row) == set(COLUMNS)
        assert row["message"] in (shown, f"'{shown}")
        assert [
            cell for cell in row.values() if cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
        ] == []


def test_a_message_longer_than_a_cell_is_cut():
    (row,) = rows(run(review(finding("deny", message="x" * 40_000))))

    assert len(row["message"]) == 32_000


def test_the_model_of_a_finding_is_found_among_several():
    assert len(decision(finding("deny"), models=2).models) == 2
    (row,) = rows(run(review(finding("deny", model=f"hf://other/x@{COMMIT}"), models=2)))

    assert row["role"] == ""
