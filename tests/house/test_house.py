"""What the house demands of itself: sizes, layers, no machine's paths, no registry's names, every rule whole."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "controller").rglob("*.py"))
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
TEXTS = [ROOT / name for name in TRACKED if (ROOT / name).is_file() and not name.endswith("go.sum")]
REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted",
    "npm" + "js",
    "proxy.golang" + ".org",
    "index" + "-url",
    "ghcr" + ".io/open",
)
MACHINE = re.compile(r"/(work|root|home)/[a-z]")


def test_modules_stay_below_three_hundred_lines():
    assert [path.name for path in SOURCES if path.read_text().count("\n") > 300] == []


def test_functions_stay_below_forty_lines():
    long = [
        f"{path.name}:{node.lineno} {node.name}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 40
    ]

    assert long == []


@pytest.mark.parametrize("banned", REGISTRIES)
def test_no_file_names_a_package_registry(banned):
    assert [path.name for path in TEXTS if banned in path.read_text(errors="replace")] == []


def test_no_file_holds_a_path_of_a_machine():
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in TEXTS
        if path.suffix != ".lock" and "house" not in path.parts
        for match in MACHINE.finditer(path.read_text(errors="replace"))
        if not {"cases", "tables"} & set(path.parts) and "placeholders" not in path.name
    ]

    assert found == []


def test_the_locks_hold_hashes_for_every_package():
    for name in ("requirements.lock", "requirements-dev.lock"):
        blocks = re.findall(
            r"^[a-z0-9-]+==.*?(?=^[a-z0-9-]+==|\Z)", (ROOT / name).read_text(), re.DOTALL | re.MULTILINE
        )

        assert len(blocks) > 30
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_readme_names_only_what_is_there():
    readme = (ROOT / "README.md").read_text()
    links = re.findall(r"\]\(([^)#]+)\)", readme)
    targets = set(re.findall(r"^make ([a-z]+)", readme, re.MULTILINE))
    help_text = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert [link for link in links if not (ROOT / link).exists()] == []
    assert targets
    assert [one for one in targets if f"make {one}" not in help_text] == []


def test_the_image_installs_into_an_empty_folder(tmp_path):
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "RUN tools/install.sh /opt/weighbridge" in dockerfile
    assert "USER 65532:65532" in dockerfile

    subprocess.run([ROOT / "tools" / "install.sh", tmp_path / "weighbridge"], check=True)
    program = tmp_path / "weighbridge" / "bin" / "weighbridge"
    manifest = ROOT / "demo" / "workloads" / "3-fast-chat.yaml"
    run = subprocess.run(
        [program, "check", "--hub", ROOT / "demo" / "hub", manifest],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PATH": "", "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
    )

    assert run.returncode == 1, run.stderr
    assert "license.declared" in run.stdout
    assert "preview engine" in run.stdout


def test_the_build_script_refuses_tools_it_does_not_know(tmp_path):
    run = subprocess.run(
        [ROOT / "tools" / "build.sh", "nonsense"],
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": str(Path(shutil.which("sh") or "/bin/sh").parent) + ":/usr/bin",
            "WEIGHBRIDGE_TOOLS": str(tmp_path),
        },
    )

    assert run.returncode == 2
    assert "no such tool: nonsense" in run.stderr


def test_the_readme_shows_what_the_demo_prints():
    transcript = re.findall(r"^```\n(\$ kubectl.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)[0]
    printed = subprocess.run(["make", "-s", "demo"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    shown = [_told(line) for line in transcript.splitlines() if line]
    said = {_told(line) for line in printed.splitlines()}
    assert [line for line in shown if line not in said] == []


def _told(line: str) -> str:
    """Return a line without what changes with every rule: ids, and how many notes there are."""
    return re.sub(r"\b\d+ notes?\b", "N notes", re.sub(r"[0-9a-f]{12}", "ID", line.rstrip()))
