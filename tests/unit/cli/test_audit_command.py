from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from weighbridge.cli import main
from weighbridge.cli.saved_reports import read_report
from weighbridge.errors import BadReport

ROOT = Path(__file__).parents[3]
WORKLOADS = ROOT / "demo" / "workloads"
JUDGING = ["--engine", "embedded", "--hub", str(ROOT / "demo" / "hub")]
REFUSED = str(WORKLOADS / "5-archive.yaml")


def audit(*arguments: object) -> int:
    return main(["audit", *JUDGING, *map(str, arguments)])


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "north.json"
    command = [sys.executable, "-m", "weighbridge", "audit", *JUDGING, "--output", "json", REFUSED]
    with path.open("wb") as file:
        subprocess.run(command, stdout=file, check=True, env={**os.environ, "PYTHONPATH": str(ROOT / "controller")})
    return path


def test_an_audit_ends_with_zero_whatever_it_finds(capsys):
    assert audit(REFUSED) == 0
    assert "1 of 1 workload would be blocked (100 %)" in capsys.readouterr().out


def test_an_audit_fails_where_it_is_asked_to(capsys):
    assert audit("--fail-on", "would-deny", REFUSED) == 1
    assert "would be blocked" in capsys.readouterr().out


def test_a_baseline_tells_what_is_fixed(saved, tmp_path, capsys):
    (tmp_path / "empty").mkdir()

    assert audit("--baseline", saved, tmp_path / "empty") == 0
    assert "0 new, " in capsys.readouterr().out
    assert audit("--baseline", saved, REFUSED) == 0
    assert "0 new, 0 fixed or gone, " in capsys.readouterr().out


def test_a_baseline_of_another_version_is_one_sentence_and_two(saved, tmp_path, capsys):
    old = tmp_path / "old.json"
    old.write_text(json.dumps(json.loads(saved.read_text()) | {"version": 9}))

    assert audit("--baseline", old, REFUSED) == 2
    error = capsys.readouterr().err
    assert "is a report of version 9, expected version 1" in error
    assert error.count("\n") == 1


def test_one_saved_report_is_rendered(saved, capsys):
    assert main(["report", str(saved)]) == 0
    assert "1 of 1 workload would be blocked" in capsys.readouterr().out
    assert main(["report", str(saved), "--output", "sarif"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"][0]["results"]


def test_reports_of_several_clusters_are_merged(saved, capsys):
    assert main(["report", str(saved), "--cluster", f"south={saved}"]) == 0
    shown = capsys.readouterr().out

    assert "2 of 2 workloads would be blocked" in shown
    assert "south/harbor" in shown


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "names no file"),
        (["nowhere.json"], "nowhere.json: cannot be read: No such file"),
        (["{saved}", "{saved}"], "two reports are called 'north'"),
        (["--cluster", "{saved}"], "expected NAME=FILE"),
        (["{saved}", "--cluster", "b={saved}", "--output", "openreports"], "cannot tell clusters apart, got 2"),
    ],
)
def test_a_wrong_command_is_one_sentence_and_two(saved, arguments, says, capsys):
    assert main(["report", *(one.replace("{saved}", str(saved)) for one in arguments)]) == 2
    error = capsys.readouterr().err

    assert says in error
    assert error.count("\n") == 1


def test_a_report_that_is_too_large_is_not_read(saved):
    with pytest.raises(BadReport, match="larger than 10 bytes"):
        read_report(str(saved), {}, most=10)


def test_what_helm_renders_is_audited_from_standard_input():
    command = [sys.executable, "-m", "weighbridge", "audit", *JUDGING, "-"]
    done = subprocess.run(
        command,
        input=Path(REFUSED).read_bytes(),
        stdout=subprocess.PIPE,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "controller")},
    )

    assert b"1 of 1 workload would be blocked" in done.stdout


@pytest.mark.parametrize("command", ["audit", "report"])
def test_a_full_disk_ends_reports_with_one_sentence_and_three(command, saved):
    words = ["report", str(saved)] if command == "report" else ["audit", *JUDGING, REFUSED]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "weighbridge", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT / "controller")},
        )

    assert done.returncode == 3
    assert done.stderr.count(b"\n") == 1
