from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from weighbridge.cluster.interception import PAGES
from weighbridge.workloads import COMPANIONS, INTERCEPTED

ROOT = Path(__file__).parents[3]
FILES = {
    "page": ROOT / "docs" / "reference" / "interception.md",
    "chart": ROOT / "charts" / "weighbridge" / "README.md",
    "rights": ROOT / "charts" / "weighbridge" / "files" / "companions.yaml",
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_written_down_is_what_the_table_says(name: str) -> None:
    assert FILES[name].read_text(encoding="utf-8") == PAGES[name]()


def test_every_page_prints_itself() -> None:
    command = [sys.executable, "-m", "weighbridge.cluster.interception", "rights"]
    environment = {"PYTHONPATH": str(ROOT / "controller")}
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)

    assert run.stdout == PAGES["rights"]()


def test_every_resource_has_its_line_and_every_right_is_a_get() -> None:
    lines = PAGES["page"]().splitlines()
    rules = yaml.safe_load(PAGES["rights"]())

    assert all(f"| {one.group or 'core'} | {one.resource} |" in "\n".join(lines) for one in INTERCEPTED)
    assert {tuple(rule["verbs"]) for rule in rules} == {("get",)}
    assert sum(len(rule["resources"]) for rule in rules) == len(COMPANIONS)


@pytest.mark.parametrize(
    ("resource", "owned"),
    [("pods", "judged"), ("replicasets", "skipped"), ("trainedmodels", "judged"), ("llminferenceservices", "skipped")],
)
def test_what_ends_in_pods_is_skipped_under_an_owner(resource: str, owned: str) -> None:
    (line,) = [one for one in PAGES["page"]().splitlines() if f"| {resource} |" in one]

    assert line.endswith(f"| {owned} |")
