from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from tests.policies.folders import policy_folder

from weighbridge.cli import main
from weighbridge.cli.policies_lint import strangers
from weighbridge.engine.bundles import default_folder, load

LIBRARY_CASE = """note: a model of an unknown publisher is refused
rule: acme/publisher.known
given: {models: [{publisher: stranger}]}
findings: [{effect: deny, message: "comes from nobody"}]
"""


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main(["policies", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("author") / "policies"

    assert main(["policies", "new", "acme/publisher.known", "--dir", str(folder)]) == 0
    return folder


def test_a_new_rule_passes_all_checks_its_tests_and_its_cases(library, capsys):
    linted = said(capsys, "lint", library)
    tested = said(capsys, "test", library, "--rule", "acme/publisher.known")

    assert (linted[0], linted[1].split(", ")[-1]) == (0, "0 complaints\n")
    assert tested == (0, "Rego tests: PASS: 3/3\n2 cases, 0 not as told\n")


def test_a_new_rule_has_a_page(library, capsys):
    code, page = said(capsys, "show", "acme/publisher.known", "--policies", library)

    assert code == 0
    assert page.startswith("# acme/publisher.known\n")
    assert "* the owner of the repository is not on the list" in page


def test_both_engines_run_the_cases(library, capsys):
    code, text = said(capsys, "test", library, "--rule", "acme/publisher.known", "--engine", "embedded")

    assert code == 0
    assert text == "Rego tests: not run, the embedded engine has no tests\n2 cases, 0 not as told\n"


def test_a_case_that_is_not_as_told_shows_what_was_expected_and_what_came(library, capsys, tmp_path):
    (tmp_path / "wrong.yaml").write_text(LIBRARY_CASE, encoding="utf-8")
    code, text = said(capsys, "test", library, "--cases", tmp_path, "--rule", "acme/publisher.known")
    lines = text.split("\n")

    assert code == 1
    assert lines[1] == f"{tmp_path}/wrong.yaml:1 a model of an unknown publisher is refused"
    assert lines[2] == "  - expected: deny, no model, 'comes from nobody'"
    assert lines[3].startswith("  + got:      warn, hf://acme/tariff-8b@3f9c2e1")
    assert lines[4] == "1 case, 1 not as told"


def test_a_rule_that_is_there_already_is_left_alone(library, capsys):
    code, text = said(capsys, "new", "acme/publisher.known", "--dir", library)

    assert code == 2
    assert "known.rego: is there already. Fix: choose another id, or remove it" in text


@pytest.mark.parametrize("name", ["known", "publisher.known", "Acme/a.b", "acme/../x.y", "acme/a.b.c", "acme/a-b.c"])
def test_an_id_that_is_none_is_refused(name, capsys, tmp_path):
    code, text = said(capsys, "new", name, "--dir", tmp_path / "p")

    assert code == 2
    assert "expected SITE/TOPIC.RULE in lower case" in text
    assert not (tmp_path / "p").exists()


def test_a_folder_that_cannot_be_written_is_refused(capsys, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, text = said(capsys, "new", "acme/a.b", "--dir", tmp_path / "file")

    assert code == 2
    assert "file: cannot be written, not a directory" in text


def test_an_unknown_rule_has_no_tests(library, capsys):
    assert said(capsys, "test", library, "--rule", "acme/none.such")[0] == 2


def test_a_failing_rego_test_is_exit_1(capsys, tmp_path):
    wrong = "package weighbridge.rules.format.safe_test\n\ntest_nothing if 1 == 2\n"
    folder = policy_folder(tmp_path, {"rules/format/safe/safe_test.rego": wrong})
    code, text = said(capsys, "test", folder)

    assert code == 1
    assert "test_nothing: FAIL" in text
    assert text.endswith("0 cases, 0 not as told\n")


def test_lint_names_what_is_wrong(library, capsys, tmp_path):
    folder = tmp_path / "policies"
    shutil.copytree(library, folder)
    place = folder / "site" / "acme" / "rules" / "publisher" / "known"
    (place / "known_test.rego").unlink()
    text = (place / "known.rego").read_text("utf-8")
    (place / "known.rego").write_text(re.sub("#   why: .*\n", "", text).replace("\tsome", "  some"), encoding="utf-8")
    with (folder / "data" / "profiles.yaml").open("a", encoding="utf-8") as profiles:
        profiles.write("format.saef: {}\n")
    code, text = said(capsys, "lint", folder)

    assert code == 1
    assert text.split("\n")[:-1] == [
        "data/profiles.yaml: format.saef: no such rule. Fix: did you mean format.safe?",
        "site/acme/rules/publisher/known/known.rego: not formatted. Fix: opa fmt --write site/acme/rules/publisher/known/known.rego",
        "acme/publisher.known: METADATA has no custom.why. Fix: add it, its page is made of it",
        "acme/publisher.known: has no test. Fix: write known_test.rego beside it",
        text.split("\n")[-2],
    ]
    assert text.endswith(" rules, 4 complaints\n")


def test_lint_says_what_does_not_fit_the_schema_of_the_input(library, capsys, tmp_path):
    folder = tmp_path / "policies"
    shutil.copytree(library, folder)
    path = folder / "site" / "acme" / "rules" / "publisher" / "known" / "known.rego"
    path.write_text(
        path.read_text("utf-8").replace("is_string(model.publisher)", "is_string(model.publishr)"), encoding="utf-8"
    )
    code, text = said(capsys, "lint", folder)

    assert code == 1
    assert "known.rego:" in text
    assert "publishr" in text


def test_lint_gives_file_and_line_of_what_opa_does_not_compile(capsys, tmp_path):
    folder = policy_folder(
        tmp_path, {"lib/shape.rego": "package weighbridge.lib.shape\n\nrisky(file) if file.format in {\n"}
    )
    code, text = said(capsys, "lint", folder)

    assert code == 2
    assert "lib/shape.rego:4" in text


def test_lint_without_an_opa_says_what_it_did_not_look_at(capsys, tmp_path, monkeypatch):
    monkeypatch.delenv("WEIGHBRIDGE_OPA", raising=False)
    monkeypatch.setenv("WEIGHBRIDGE_TOOLS", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    code, text = said(capsys, "lint", default_folder())

    assert code == 0
    assert "form, types and checks not looked at, as there is no opa" in text


def test_tests_without_an_opa_are_refused_and_not_passed(capsys, tmp_path, monkeypatch):
    monkeypatch.delenv("WEIGHBRIDGE_OPA", raising=False)
    monkeypatch.setenv("WEIGHBRIDGE_TOOLS", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    code, text = said(capsys, "test", policy_folder(tmp_path / "p"))

    assert code == 3
    assert "no opa found, which Rego tests need" in text


def test_a_value_for_a_parameter_that_a_rule_does_not_have_is_named(tmp_path):
    folder = policy_folder(tmp_path, {"data/parameters.yaml": "format.safe: {formats: [a], fromats: [b]}\n"})

    assert list(strangers(load(folder))) == [
        (
            "data/parameters.yaml: format.safe: fromats: no parameter of this rule. "
            "Fix: correct the name, or list it under custom.parameters of its METADATA"
        )
    ]
