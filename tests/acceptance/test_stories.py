"""The acceptance stories, where they lie beside the project; each is judged on the rules that are built."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from weighbridge.cli import main
from weighbridge.engine import bundles

ROOT = Path(__file__).parents[2]
STORIES = ROOT.parent / "shared" / "acceptance"
FOLDERS = sorted(path for path in STORIES.glob("[0-9]*") if path.is_dir())
EXACT = ("08-contradicting-base", "13-unresolved", "14-pickle-and-remote-code")
SILENT = ("02-seed-audit-repaired", "12-good")

pytestmark = pytest.mark.skipif(not FOLDERS, reason=f"no acceptance stories at {STORIES}")


@pytest.fixture(scope="module")
def built() -> frozenset[str]:
    return frozenset(bundles.load(bundles.default_folder()).rules)


def check(folder: Path, profile: str, capsys: pytest.CaptureFixture[str], engine: str = "opa") -> tuple[int, dict]:
    arguments = ["check", "--hub", str(folder / "hub"), "--profile", profile, "--output", "json", "--engine", engine]
    if (folder / "site").is_dir():
        arguments += ["--site", str(folder / "site")]
    code = main([*arguments, str(folder / "workload.yaml")])
    return code, json.loads(capsys.readouterr().out)


def answer(report: dict) -> object:
    effects = {finding["effect"] for one in report["decisions"] for finding in one["findings"]}
    return False if "deny" in effects else "with-warnings" if "warn" in effects else True


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_story_comes_out_as_told_on_the_rules_that_are_built(folder, built, capsys):
    expected = yaml.safe_load((folder / "expected.yaml").read_text())
    _, report = check(folder, expected["profile"], capsys)
    reported = {finding["rule"] for one in report["decisions"] for finding in one["findings"]}

    assert reported & set(expected["must_not"]) == set()
    assert set(expected["must"]) & built <= reported


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_both_engines_tell_a_story_alike(folder, capsys):
    profile = yaml.safe_load((folder / "expected.yaml").read_text())["profile"]
    (_, real), (_, embedded) = (check(folder, profile, capsys, engine) for engine in ("opa", "embedded"))

    assert embedded["decisions"] == real["decisions"]


@pytest.mark.parametrize("name", EXACT)
def test_an_exact_story_is_exact(name, capsys):
    folder = STORIES / name
    expected = yaml.safe_load((folder / "expected.yaml").read_text())
    code, report = check(folder, expected["profile"], capsys)
    found = [finding for one in report["decisions"] for finding in one["findings"]]

    assert answer(report) == expected["allowed"]
    assert {finding["rule"] for finding in found if finding["effect"] == "deny"} == set(expected["denied_by"])
    assert code == 1


@pytest.mark.parametrize("name", SILENT)
def test_a_repaired_or_good_model_has_no_finding(name, capsys):
    code, report = check(STORIES / name, "standard", capsys)
    free = set(yaml.safe_load((STORIES / name / "expected.yaml").read_text())["free"])
    found = [finding for one in report["decisions"] for finding in one["findings"]]

    assert [finding["rule"] for finding in found if finding["rule"] not in free] == []
    assert {finding["effect"] for finding in found} <= {"audit"}
    assert code == 0
