from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.policies.folders import policy_folder

from weighbridge.cli import main
from weighbridge.cli.policies_show import suggestion
from weighbridge.engine.bundles import default_folder

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "demo"
DESK = str(DEMO / "workloads" / "1-ticket-desk.yaml")
HOUSE = """apiVersion: weighbridge.dev/v1alpha1
kind: ModelPolicy
metadata: {name: house}
spec:
  floor: true
  profile: baseline
  stages: [{stage: warn}]
  namespaceSelector: {matchLabels: {tier: prod}}
  rules: {reference.pinned: {action: deny}}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "policy.yaml").write_text(HOUSE, encoding="utf-8")
    return folder


def shown(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    code = main(["policies", *map(str, arguments)])
    captured = capsys.readouterr()

    assert code == 0, captured.err
    return captured.out


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main(["policies", *map(str, arguments)])
    return code, capsys.readouterr().err


def test_the_list_has_every_rule_with_its_actions(capsys):
    report = json.loads(shown(capsys, "list", "--output", "json"))
    by_id = {one["id"]: one for one in report["rules"]}

    assert report["version"] == 1
    assert by_id["card.present"]["actions"] == {"baseline": "audit", "standard": "warn", "restricted": "deny"}
    assert by_id["card.present"]["evidence"] == ["card"]
    assert set(by_id) == {
        path.stem for path in (ROOT / "docs" / "reference" / "rules").glob("*.md") if path.stem != "index"
    }


def test_one_profile_may_be_listed_alone(capsys):
    lines = shown(capsys, "list", "--profile", "restricted").split("\n")

    assert lines[0].split() == ["RULE", "SEVERITY", "RESTRICTED", "WEAK", "AT", "MOST", "TITLE"]
    assert any(line.split()[:3] == ["card.present", "high", "deny"] for line in lines)


def test_a_page_at_the_terminal_is_that_of_the_documentation(capsys):
    page = (ROOT / "docs" / "reference" / "rules" / "license.allowed.md").read_text("utf-8")

    assert shown(capsys, "show", "license.allowed") == page


def test_an_unknown_rule_is_refused_with_what_was_meant(capsys):
    code, said = refused(capsys, "show", "licence.allowed")

    assert code == 2
    assert said == "weighbridge: licence.allowed: no such rule. Fix: did you mean license.allowed?\n"


def test_the_last_part_of_a_name_is_enough_to_be_understood():
    assert (
        suggestion("no_remote_code", ["format.no_remote_code", "card.present"]) == "did you mean format.no_remote_code?"
    )
    assert suggestion("zzz", ["card.present"]) == "`weighbridge policies list` shows all rules"


def test_a_rule_without_a_row_of_the_profiles_rests_on_its_default_action(capsys, tmp_path):
    folder = policy_folder(tmp_path / "policies")

    assert "action: baseline off, standard off, restricted off" in shown(
        capsys, "show", "format.safe", "--policies", folder
    ).replace("\n", " ")


@pytest.mark.parametrize("engine", ["opa", "embedded"])
def test_what_is_effective_names_the_objects_that_set_it(capsys, site, engine):
    arguments = ("effective", "-n", "shop", "--namespace-labels", "tier=prod", "--site", site, "--engine", engine)
    report = json.loads(shown(capsys, *arguments, "--output", "json"))
    by_rule = {one["rule"]: one for one in report["rules"]}

    assert report["namespace"] == "shop"
    assert report["stage"] == "warn"
    assert by_rule["reference.pinned"] == {
        "rule": "reference.pinned",
        "action": "deny",
        "stage": "warn",
        "effect": "warn",
        "weak": "warn",
        "refused_from": "",
        "set_by": [{"object": "ModelPolicy house", "by": "rules", "floor": True}],
    }
    assert by_rule["card.present"]["set_by"] == [
        {"object": "ModelPolicy house", "by": "profile baseline", "floor": True}
    ]


def test_a_namespace_that_no_policy_selects_has_the_built_in_profile(capsys, site):
    lines = shown(capsys, "effective", "-n", "lab", "--site", site).split("\n")

    assert lines[0].startswith("namespace lab: ")
    assert lines[0].endswith(" rules, strictest stage audit")
    assert any(
        line.split() == ["card.present", "warn", "audit", "audit", "warn", "built-in", "(profile", "standard)"]
        for line in lines
    )
    assert "not composed: evidence.available, policy.configured, policy.input" in lines[-2]


def test_policies_that_do_not_say_what_they_demand_are_an_engine_error(capsys, tmp_path):
    folder = tmp_path / "policies"
    shutil.copytree(default_folder(), folder)
    (folder / "main" / "demands.rego").write_text("package weighbridge.main\n\ndemands := {}\n", encoding="utf-8")
    code, said = refused(capsys, "effective", "--policies", folder)

    assert code == 3
    assert "data.weighbridge.main.demands: object missing required field `stage`" in said


def test_facts_are_the_document_of_each_object(capsys):
    report = json.loads(shown(capsys, "facts", DESK, "--hub", DEMO / "hub", "--namespace", "desk"))
    (one,) = report["objects"]

    assert (one["file"], one["kind"]) == (DESK, "Deployment")
    assert one["input"]["namespace"] == {"name": one["namespace"]}
    assert [list(model["card"]) for model in one["input"]["models"]] == [["found"]] * len(one["input"]["models"])


def test_facts_of_one_object_are_the_bare_document(capsys):
    report = json.loads(shown(capsys, "facts", DESK, "--hub", DEMO / "hub"))
    (one,) = report["objects"]
    bare = json.loads(shown(capsys, "facts", DESK, "--hub", DEMO / "hub", "--object", f"deployment/{one['name']}"))

    assert {**bare, "time": 0} == {**one["input"], "time": 0}


def test_facts_of_an_object_that_is_not_there_are_refused(capsys):
    code, said = refused(capsys, "facts", DESK, "--hub", DEMO / "hub", "--object", "Job/none")

    assert code == 2
    assert "--object Job/none: no such objects that name a model, expected one" in said
    assert "Fix: name one of: Deployment/" in said
