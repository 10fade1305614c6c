from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from weighbridge import facts
from weighbridge.engine.bundles import Bundle, canonical, capabilities, default_folder, load
from weighbridge.engine.portable import arities, code_only
from weighbridge.engine.process import find_opa

POLICIES = default_folder()
PAGES = POLICIES.parent / "docs" / "reference" / "rules"

_NEGATED_CALL = re.compile(r"\bnot[ \t]+[A-Za-z_][\w.]*\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_HARMLESS = re.compile(r"[a-z_]\w*|\"[^\"]*\"|\d+|input|null|true|false|\s*")


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return load(POLICIES)


@pytest.fixture(scope="module")
def assembled(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assembled")
    for path in POLICIES.rglob("*.rego"):
        target = folder / path.relative_to(POLICIES)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    (folder / "data.json").write_bytes(canonical({"weighbridge": bundle.documents}))
    return folder


def opa(*arguments: str | Path, cwd: Path = POLICIES, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    program = find_opa()
    assert program is not None, "opa is missing. Fix: make tools"
    return subprocess.run(
        [program, *arguments],
        capture_output=True,
        cwd=cwd,
        check=False,
        input=stdin,
        text=True,
        timeout=300,
    )


def said(done: subprocess.CompletedProcess[str]) -> str:
    return f"{done.stdout[-4000:]}{done.stderr[-4000:]}".strip()


def test_the_library_is_formatted() -> None:
    done = opa("fmt", "--list", "--fail", ".")

    assert (done.returncode, said(done)) == (0, "")


def test_the_library_compiles_against_schema_and_capabilities(assembled: Path) -> None:
    done = opa(
        "check",
        "--strict",
        "--schema",
        POLICIES / "schemas" / "input.json",
        "--capabilities",
        POLICIES / "capabilities.json",
        ".",
        cwd=assembled,
    )

    assert (done.returncode, said(done)) == (0, "")


def test_a_misspelt_field_below_found_is_refused(assembled: Path, tmp_path: Path) -> None:
    shutil.copytree(assembled, tmp_path / "a")
    wrong = "package weighbridge.lib.wrong\n\nx if input.models[0].card.found.lettres > 3\n"
    (tmp_path / "a" / "lib" / "wrong.rego").write_text(wrong)
    done = opa("check", "--strict", "--schema", POLICIES / "schemas" / "input.json", ".", cwd=tmp_path / "a")

    assert done.returncode != 0
    assert "lettres" in said(done)


def test_the_librarys_own_tests_pass_and_cover_all_of_it(assembled: Path) -> None:
    done = opa("test", "--timeout", "120s", "--coverage", "--threshold", "100", "--fail-on-empty", ".", cwd=assembled)

    assert done.returncode == 0, said(done)


def test_the_schema_is_that_of_the_code() -> None:
    written = json.loads((POLICIES / "schemas" / "input.json").read_bytes())

    assert written == json.loads(canonical(facts.schema()))


def test_the_capabilities_allow_no_network_and_nothing_that_engines_disagree_about() -> None:
    written = json.loads((POLICIES / "capabilities.json").read_bytes())
    listed = capabilities(POLICIES) or frozenset()
    forbidden = (
        "http.",
        "net.",
        "opa.",
        "rego.",
        "time.parse",
        "time.now",
        "crypto.",
        "io.jwt",
        "graphql.",
        "providers.",
    )

    assert written["allow_net"] == []
    assert listed & {"walk", "json.match_schema", "json.verify_schema", "strings.render_template"} == set()
    assert [name for name in listed if name.startswith(forbidden)] == []


def test_every_rule_has_a_test_and_a_page(bundle: Bundle) -> None:
    judging = [rule.path for rule in bundle.rules.values() if "\ndeny " in bundle.modules[rule.path]]
    untested = [path for path in judging if not _test_of(path).is_file()]
    unexplained = [name for name in bundle.rules if not (PAGES / f"{name}.md").is_file()]

    assert len(judging) > 12
    assert untested == []
    assert unexplained == []


def _test_of(path: str) -> Path:
    return POLICIES / path.replace(".rego", "_test.rego")


def test_every_page_says_what_the_metadata_says() -> None:
    done = subprocess.run(
        [sys.executable, "tools/rule_pages.py", "--check"],
        capture_output=True,
        check=False,
        cwd=POLICIES.parent,
        env={**os.environ, "PYTHONPATH": "controller"},
        text=True,
    )

    assert said(done) == ""
    assert done.returncode == 0


def test_every_rule_has_an_action_in_every_profile(bundle: Bundle) -> None:
    profiles = bundle.documents["profiles"]
    assert isinstance(profiles, dict)
    lacking = [
        (name, profile)
        for name in bundle.rules
        for profile in ("baseline", "standard", "restricted")
        if profile not in profiles.get(name, {})
    ]

    assert lacking == []
    assert set(profiles) == set(bundle.rules)


def test_no_negated_call_has_an_argument_that_may_be_undefined(bundle: Bundle) -> None:
    complaints = [
        f"{path}:{code[: match.start()].count(chr(10)) + 1}: {match.group().strip()}"
        for path, text in bundle.modules.items()
        for code in [code_only(text)]
        for match in _NEGATED_CALL.finditer(code)
        if not all(_defined(argument.strip(), _body(code, match.start())) for argument in match.group(1).split(","))
    ]

    assert complaints == []


def _body(code: str, end: int) -> str:
    return code[code.rfind("\n\n", 0, end) + 1 : end]


def _defined(argument: str, before: str) -> bool:
    """A bound name, a literal, or what the same rule has already used and so knows to be there."""
    return _HARMLESS.fullmatch(argument) is not None or argument in before


def test_functions_of_one_name_take_one_number_of_arguments(bundle: Bundle) -> None:
    assert list(arities(bundle.modules)) == []


def test_lines_are_short(bundle: Bundle) -> None:
    long = [
        f"{path}:{number}"
        for path, text in bundle.modules.items()
        for number, line in enumerate(text.split("\n"), 1)
        if len(line) > 120 and not line.startswith("#")
    ]

    assert long == []


def test_the_checks_find_nothing_to_say(assembled: Path) -> None:
    inspected = opa("inspect", "-a", "-f", "json", ".", cwd=assembled)
    assert inspected.returncode == 0, said(inspected)

    done = opa("eval", "-d", "checks", "-f", "json", "-I", "data.weighbridge.checks.refused", stdin=inspected.stdout)
    assert done.returncode == 0, said(done)

    assert json.loads(done.stdout)["result"][0]["expressions"][0]["value"] == []
