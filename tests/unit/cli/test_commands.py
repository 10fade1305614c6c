from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from weighbridge.cli import main
from weighbridge.cli.check import exit_code
from weighbridge.cli.manifests import read
from weighbridge.cli.options import labels_of
from weighbridge.errors import BadManifest, UserError
from weighbridge.reports import Run

ROOT = Path(__file__).parents[3]
HUB = str(ROOT / "demo" / "hub")
WORKLOADS = ROOT / "demo" / "workloads"
EMBEDDED = ["--engine", "embedded"]


def check(*arguments: object) -> int:
    return main(["check", *EMBEDDED, *map(str, arguments)])


def test_a_refused_manifest_ends_with_one(capsys):
    code = check("--hub", HUB, WORKLOADS / "5-archive.yaml")

    assert code == 1
    assert "format.no_remote_code" in capsys.readouterr().out


def test_an_admitted_manifest_ends_with_zero(capsys):
    assert check("--hub", HUB, WORKLOADS / "1-ticket-desk.yaml") == 0
    assert "admitted" in capsys.readouterr().out


def test_what_cannot_be_asked_ends_with_three(capsys):
    code = check("--offline", "--output", "json", WORKLOADS / "1-ticket-desk.yaml")
    report = json.loads(capsys.readouterr().out)

    assert code == 3
    assert report["summary"]["undecided"] == 1
    assert [one["rule"] for one in report["decisions"][0]["findings"] if one["effect"] == "deny"] == [
        "evidence.available"
    ]


def test_a_namespace_without_policy_is_only_audited_where_there_is_a_site(tmp_path, capsys):
    code = check("--hub", HUB, "--site", tmp_path, WORKLOADS / "5-archive.yaml")

    assert code == 0
    assert "would be refused in stage enforce" in capsys.readouterr().out


@pytest.mark.parametrize(("fail_on", "code"), [("deny", 0), ("would-deny", 1), ("warn", 0), ("never", 0)])
def test_fail_on_says_which_effect_ends_with_one(tmp_path, fail_on, code, capsys):
    assert check("--hub", HUB, "--site", tmp_path, "--fail-on", fail_on, WORKLOADS / "5-archive.yaml") == code


def test_an_unreadable_file_in_a_folder_ends_with_three(tmp_path, capsys):
    (tmp_path / "bad.yaml").write_text("a: {{ .Values.x }}")

    assert check("--hub", HUB, tmp_path) == 3
    assert "bad.yaml:1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--site", "nowhere"], "nowhere: no such folder"),
        (["--policies", "nowhere"], "nowhere"),
        (["--namespace-labels", "a"], "expected key=value"),
        (["--hub", "ftp://x"], "ftp://x"),
    ],
)
def test_a_wrong_option_is_one_sentence_and_two(arguments, says, capsys):
    assert check(*arguments, WORKLOADS / "1-ticket-desk.yaml") == 2
    error = capsys.readouterr().err

    assert error.startswith("weighbridge: ")
    assert error.count("\n") == 1
    assert says in error


def test_labels_are_pairs():
    assert labels_of("a=b,c=,") == {"a": "b", "c": ""}
    with pytest.raises(UserError, match="got '=b'"):
        labels_of("=b")


def test_models_lists_names_without_asking_anybody(capsys):
    assert main(["models", "--output", "json", str(WORKLOADS)]) == 0
    objects = json.loads(capsys.readouterr().out)["objects"]

    by_name = {one["name"]: one["models"][0] for one in objects}
    assert by_name["tariff"] == {
        "uri": "hf://tidemark/tariff-8b",
        "raw": "hf://tidemark/tariff-8b",
        "role": "base",
        "kind": "hub",
        "revision": None,
        "file": None,
        "via": by_name["tariff"]["via"],
        "container": by_name["tariff"]["container"],
        "path": "spec.predictor.model.storageUri",
        "unresolved": False,
        "unresolved_because": None,
    }
    assert (by_name["night-desk"]["uri"], by_name["night-desk"]["unresolved"]) == (None, True)
    assert next(one for one in objects if one["name"] == "archive")["settings"]["trust_remote_code"] is True


def test_models_for_people(tmp_path, capsys):
    (tmp_path / "bad.yaml").write_text("\t")
    gpu = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: c, image: y, resources: {limits: {nvidia.com/gpu: 1}}}]}\n"
    (tmp_path / "gpu.yaml").write_text(f"{gpu}---\napiVersion: v1\nkind: Service\nmetadata: {{name: s}}\n")

    assert main(["models", str(WORKLOADS), str(tmp_path)]) == 3
    text = capsys.readouterr().out
    assert "hf://ferrywood/quay-desk-1b@" in text
    assert "no model named" in text
    assert "not read" in text
    assert "unresolved: --model=$(MODEL_ID)" in text
    assert "service/s" not in text
    assert "hf://tidemark/tariff-8b  (spec.predictor.model.storageUri in kserve-container)" in text
    assert "spec.template.spec.containers[0].args[" in text


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "controller")}


def test_a_reader_that_has_had_enough_is_no_error():
    command = [sys.executable, "-m", "weighbridge", "models", str(WORKLOADS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        process.stdout.close()
        error = process.stderr.read().decode()

    assert process.returncode == 0
    assert "Traceback" not in error


INTERRUPTIBLE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from weighbridge.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""A shell's background jobs ignore SIGINT, and what they start inherits that; a terminal's do not."""


def test_an_interrupt_ends_with_130_and_no_traceback():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hub = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command = [sys.executable, "-c", INTERRUPTIBLE, "check", *EMBEDDED, "--hub", hub]
        command.append(str(WORKLOADS / "1-ticket-desk.yaml"))
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
            silent.settimeout(60)
            asked, _ = silent.accept()
            process.send_signal(signal.SIGINT)
            error = process.stderr.read().decode()
            asked.close()

    assert process.returncode == 130
    assert error == ""


def test_policies_that_decide_nothing_leave_everything_undecided(tmp_path, capsys):
    policies = tmp_path / "policies"
    (policies / "main").mkdir(parents=True)
    (policies / "main" / "main.rego").write_text("package weighbridge.main\n\nother := true\n")
    shutil.copytree(ROOT / "policies" / "data", policies / "data")
    code = main(
        ["check", "--engine", "opa", "--policies", str(policies), "--hub", HUB, str(WORKLOADS / "1-ticket-desk.yaml")]
    )
    shown = capsys.readouterr().out

    assert code == 3
    assert "not decided: opa: data.weighbridge.main.decision is undefined" in shown


def test_a_run_of_nothing_ends_with_zero():
    assert exit_code(Run((), (), "opa", "sha256:0", 0.0), "deny") == 0


def test_too_many_files_are_a_usage_error(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.yaml").write_text("")

    with pytest.raises(BadManifest, match="more than 2 manifest files"):
        read([str(tmp_path)], most_files=2)


def test_evidence_shows_every_fact_and_the_lineage(capsys):
    code = main(["evidence", "tidemark/tariff-8b", "--hub", HUB])
    shown = capsys.readouterr().out

    assert code == 0
    assert "└─ meta-llama/Llama-3.1-8B  parent, says front_matter, config, license llama3.1" in shown
    assert "weights           safetensors, 2 files, 16.06 GB by sizes" in shown


def test_evidence_that_cannot_be_had_ends_with_three(capsys):
    code = main(["evidence", "hf://acme/gone", "--hub", HUB, "--output", "json"])
    document = json.loads(capsys.readouterr().out)

    assert code == 3
    assert document["facts"]["card"]["unknown"]["because"] == "no_repository"


def test_a_text_that_names_no_model_ends_with_two(capsys):
    assert main(["evidence", "x://", "--hub", HUB]) == 2
    assert "not a model reference" in capsys.readouterr().err
