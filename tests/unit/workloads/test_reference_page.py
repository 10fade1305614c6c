from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from weighbridge.workloads import find_models
from weighbridge.workloads.page import page

ROOT = Path(__file__).parents[3]


def test_the_reference_page_is_what_the_tables_say() -> None:
    assert (ROOT / "docs" / "reference" / "workloads.md").read_text(encoding="utf-8") == page()


def test_the_page_prints_itself() -> None:
    command = [sys.executable, "-m", "weighbridge.workloads.page"]
    environment = {"PYTHONPATH": str(ROOT / "controller")}
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)

    assert run.stdout == page()


def test_the_example_of_the_guide_is_true() -> None:
    guide = (ROOT / "docs" / "how-to" / "add-a-workload.md").read_text(encoding="utf-8")
    model = {"apiVersion": "ollama.ayaka.io/v1", "kind": "Model", "metadata": {"name": "m"}, "spec": {"image": "phi"}}

    assert 'fields = [{ path = "spec.image", prefix = "ollama://" }]' in guide
    assert [str(ref) for ref in find_models(model).references] == ["ollama://phi"]
