from __future__ import annotations

from pathlib import Path

import pytest
from tests.report_values import finding, review, run

from weighbridge.cli import main
from weighbridge.reports import FORMATS

ROOT = Path(__file__).parents[3]
REFUSED = str(ROOT / "demo" / "workloads" / "5-archive.yaml")
JUDGING = ["--engine", "embedded", "--hub", str(ROOT / "demo" / "hub")]


@pytest.fixture
def saved(tmp_path) -> str:
    path = tmp_path / "r.json"
    path.write_text(FORMATS["json"](run(review(finding("deny")), review(finding("deny"), name="quay"))))
    return str(path)


def test_one_workload_of_many_is_explained(capsys):
    code = main(
        ["why", "deployment/archive", str(ROOT / "demo" / "workloads"), *JUDGING, "--site", str(ROOT / "demo" / "site")]
    )
    shown = capsys.readouterr().out

    assert code == 0
    assert "harbor/deployment/archive" in shown
    assert "format.no_remote_code" in shown
    assert "ask for an exception: https://ask.harbor.example/" in shown
    assert "tariff" not in shown


def test_a_saved_report_is_asked_by_workload_or_decision(saved, capsys):
    assert main(["why", "pricing/Deployment/quay", "--from", saved]) == 0
    assert "pricing/deployment/quay" in capsys.readouterr().out
    assert main(["why", "--decision", "7f3c9a", "--from", saved]) == 0
    assert "pricing/deployment/tariff" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "got no workload or two"),
        (["pod/x", "--decision", "1", "--from", "{saved}"], "got no workload or two"),
        (["pod/x"], "names nowhere to look"),
        (["pod", "--from", "{saved}"], "expected KIND/NAME"),
        (["pod/x", "--from", "{saved}"], "no 'pod/x' in"),
        (["other/deployment/quay", "--from", "{saved}"], "no 'other/deployment/quay' in"),
        (["--decision", "1", "--from", "{saved}"], "no 'decision 1' in"),
        (["--decision", "1", "--from", "{saved}", "--", "pod/x", REFUSED], "got no workload or two"),
        (["pod/x", REFUSED, *JUDGING], "no 'pod/x' in"),
    ],
)
def test_a_question_without_answer_is_one_sentence_and_two(saved, arguments, says, capsys):
    assert main(["why", *(one.replace("{saved}", saved) for one in arguments)]) == 2
    error = capsys.readouterr().err

    assert error.count("\n") == 1
    assert says in error
