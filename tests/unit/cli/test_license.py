from __future__ import annotations

import json
from pathlib import Path

import pytest
from tools.fingerprints import sources, text_of

from weighbridge.cli import main

ROOT = Path(__file__).parents[3]
HUB = ROOT / "demo" / "hub"
MIT = text_of(next(one for one in sources() if one["key"] == "mit"))


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["license", *arguments])
    return code, capsys.readouterr().out


def test_a_text_is_named_with_its_score(capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = told(capsys, str(ROOT / "LICENSE"))

    assert code == 0
    assert "  the text of apache-2.0, 100.0% in common\n" in shown
    assert "    pass through: copy_of_license [Apache license 2.0; LICENSE, own]\n" in shown


def test_where_a_text_differs_is_shown_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "LICENSE"
    file.write_text(MIT.replace("deal", "deal non-commercially"))
    code, shown = told(capsys, str(file))
    lines = shown.splitlines()

    assert code == 0
    assert lines[1].startswith("  a modified text of mit: terms of its own, 9")
    assert lines[2].startswith("    line ")
    assert lines[2].endswith(": other words: noncommercially")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3, 19 November 2007\nRemote Network Interaction",
            "agpl-3.0 by its title",
        ),
        (b"Be nice to each other.", "a text nobody knows: terms of its own"),
        (b"\x7fELF\0", "no text"),
    ],
)
def test_other_texts_are_not_guessed(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "LICENSE"
    file.write_bytes(content)
    code, shown = told(capsys, str(file))

    assert code == 0
    assert f"\n  {said}" in shown


def test_a_model_is_explained_with_its_chain(capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = told(capsys, "tidemark/tariff-8b", "--hub", str(HUB))

    assert code == 0
    assert "  license apache-2.0, declared as apache-2.0\n" in shown
    assert "    meta-llama/Llama-3.1-8B: llama3.1 (says its front matter), weights, " in shown
    assert "    commercial: conditional (llama3.1 of meta-llama/Llama-3.1-8B)\n" in shown
    assert "    field of use: aup [Llama 3.1 Community, clause 1.b.iv; meta-llama/Llama-3.1-8B, weights]\n" in shown


def test_json_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, of_model = told(capsys, "tidemark/tariff-8b", "--hub", str(HUB), "--output", "json")
    file = tmp_path / "LICENSE"
    file.write_text(MIT.replace("deal", "deal non-commercially"))
    _, of_file = told(capsys, str(file), "--output", "json")
    model, text = json.loads(of_model), json.loads(of_file)

    assert model["version"] == text["version"] == 1
    assert [one["license"] for one in model["terms"]["found"]["sources"]] == ["apache-2.0", "llama3.1"]
    assert (text["text"]["state"], text["text"]["nearest"]) == ("modified", "mit")
    assert text["differences"][0]["what"] == "other words: noncommercially"


def test_markdown_shows_nothing_as_markup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "LICENSE"
    file.write_text("# `x` <script> [a](b) \x1b[31m \u202e\n" + "Terms of our own. " * 30)
    code, shown = told(capsys, str(file), "--output", "markdown")

    assert code == 0
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert all(line.count("`") in (0, 2) for line in shown.splitlines())


def test_a_hub_that_knows_no_such_model_leaves_it_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = told(capsys, "hf://tidemark/nothing", "--hub", str(HUB))

    assert code == 3
    assert "not known: license: " in shown


@pytest.mark.parametrize("asked", ["no such thing", "..", "a/b/c"])
def test_what_is_neither_file_nor_model_is_refused(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["license", asked]) == 2
    assert f"{asked}: neither a file nor a model" in capsys.readouterr().err


def test_a_file_too_large_to_be_a_license_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "LICENSE"
    file.write_bytes(b"a" * (1024 * 1024 + 1))

    assert main(["license", str(file)]) == 2
    assert "larger than 1 MiB" in capsys.readouterr().err


def test_the_files_of_a_model_are_shown_with_what_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository = tmp_path / "hub" / "acme" / "m"
    repository.mkdir(parents=True)
    (repository / "README.md").write_text("---\nlicense: other\nlicense_name: acme\nlicense_link: nowhere.md\n---\n")
    (repository / "LICENSE").write_text(MIT.replace("deal", "deal non-commercially"))
    (repository / "NOTICE").write_text("x")
    code, shown = told(capsys, "acme/m", "--hub", str(tmp_path / "hub"))

    assert code == 0
    assert "license_link nowhere.md, leads to nowhere\n" in shown
    assert "  LICENSE: a modified text of mit" in shown
    assert "other words: noncommercially\n" in shown
    assert "  NOTICE: a notice\n" in shown


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ("Just words about a model.\n", "no license declared: "),
        ("---\nlicense: mit\nlicense: mit\n---\n", "license cannot be read: README.md: "),
        ("---\nbase_model: acme/gone\n---\n", "acme/gone: license not known"),
    ],
)
def test_what_a_model_does_not_say_is_said(
    card: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository = tmp_path / "acme" / "m"
    repository.mkdir(parents=True)
    (repository / "README.md").write_text(card)
    _, shown = told(capsys, "acme/m", "--hub", str(tmp_path))

    assert said in shown
