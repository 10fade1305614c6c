from __future__ import annotations

import json
from pathlib import Path

import pytest

from weighbridge.cards import SECTIONS
from weighbridge.cli import main
from weighbridge.cli.card import weights_of
from weighbridge.engine import bundles
from weighbridge.errors import BadPolicies

ROOT = Path(__file__).parents[3]
HUB = str(ROOT / "demo" / "hub")
CARD = """---
license: mit
---
# Desk

## Training data

A mix of publicly available data.

The adapter | was <b>fine-tuned</b> from `acme/desk-7b` with mails of customers.

## Limitations

TBD
"""


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_text(CARD, encoding="utf-8")
    return path


def shown(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["card", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def test_json_holds_every_section_with_its_lines(card, capsys):
    report = json.loads(shown(capsys, card, "--output", "json"))

    assert report["version"] == 1
    assert [one["file"] for one in report["cards"]] == [str(card)]
    assert report["cards"][0]["present"] is True
    assert set(report["cards"][0]["sections"]) == set(SECTIONS)
    assert report["cards"][0]["sections"]["license"] == {
        "present": True,
        "vague": False,
        "lines": [2],
        "placeholder": False,
        "phrase": None,
        "missing": ["a link to its text"],
    }
    assert 0 < report["cards"][0]["score"] < 80


def test_the_score_is_the_sum_of_its_breakdown(card, capsys):
    one = json.loads(shown(capsys, card, "--output", "json"))["cards"][0]

    assert one["score"] == round(sum(share["points"] for share in one["breakdown"].values()))
    assert round(sum(share["of"] for share in one["breakdown"].values())) == 100


def test_a_folder_means_the_card_in_it(card, capsys):
    assert shown(capsys, card.parent).startswith(f"{card}  score ")


def test_people_see_lines_what_is_not_said_and_what_to_add(card, capsys):
    text = shown(capsys, card)

    assert "      2: license: mit\n" in text
    assert "vague" in text or "stated" in text
    assert "not said: a link to its text" in text
    assert "template text left: 1 line: 14" in text
    assert "to add: " in text


def test_markdown_shows_quotes_in_which_nothing_is_markup(card, capsys):
    text = shown(capsys, card, "--output", "markdown")

    assert "| license | stated | " in text
    assert "<b>" not in text
    assert "Template text left: 1 line: 14." in text


def test_a_vague_section_is_quoted_where_it_says_too_little(tmp_path, capsys):
    path = tmp_path / "card.md"
    path.write_text("# Desk\n\n## Training data\n\nA mix of publicly available data.\n")

    assert "vague" in shown(capsys, path)
    assert "5: A mix of publicly available data." in shown(capsys, path)


def test_a_card_that_says_all_a_publisher_can_scores_eighty(tmp_path, capsys):
    path = tmp_path / "card.md"
    path.write_text(
        "---\nlicense: mit\ndatasets: [acme/logs]\n---\n# Desk\n\nIt is intended for dispatchers who sort tickets.\n\n"
        "It must not be used to rank applicants.\n\nIt struggles when tickets are longer than 300 words.\n\n"
        "The model fails on tickets that are longer than 300 words.\n\n"
        "The data carries gender stereotypes of old books.\n\nAccuracy on the test set: 91.2 %.\n\n"
        "We red-teamed the model with 12 experts and found 3 jailbreaks.\n\nWrite to desk@acme.test.\n"
    )
    one = json.loads(shown(capsys, path, "--output", "json"))["cards"][0]

    assert one["score"] == 80
    assert "to add: nothing" in shown(capsys, path)
    assert "To add: nothing." in shown(capsys, path, "--output", "markdown")


def test_a_card_in_a_language_that_is_not_read_says_so_at_the_top(tmp_path, capsys):
    path = tmp_path / "card.md"
    path.write_text("# Model\n\n" + "Эта модель была обучена на вопросах таможни и не предназначена для медицины. " * 4)
    one = json.loads(shown(capsys, path, "--output", "json"))["cards"][0]

    assert (one["language"], one["skipped"]) == ("ru", "Russian")
    assert "  in Russian, which is not read yet" in shown(capsys, path).split("\n")[1]
    assert "in Russian, which is not read yet" in shown(capsys, path, "--output", "markdown")


def test_claims_are_shown_with_their_lines(tmp_path, capsys):
    path = tmp_path / "card.md"
    path.write_text("# Desk\n\nThe questions were collected in 2019.\n\nThis model is completely uncensored.\n" * 2)
    one = json.loads(shown(capsys, path, "--output", "json"))["cards"][0]

    assert {"kind": "data_date", "what": "collected", "line": 3} in one["claims"]
    assert "  claims alignment removed: uncensored (line 5)" in shown(capsys, path)
    assert "Claims data date: collected (line 3)." in shown(capsys, path, "--output", "markdown")


def test_many_placeholders_are_counted_not_listed(tmp_path, capsys):
    path = tmp_path / "card.md"
    path.write_text("# Desk\n\n" + "TBD\n\n" * 20)

    assert "20 lines: 3, 5, 7, 9, 11, 13, 15, 17, 19, 21 and 10 more" in shown(capsys, path)


def test_nothing_of_a_card_reaches_a_terminal_unescaped(tmp_path, capsys):
    path = tmp_path / "card.md"
    path.write_text("License: \x1b[31mMIT \u202etxet\n")
    text = shown(capsys, path)

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\u001b[31mMIT" in text


@pytest.mark.parametrize("name", ["hf://ferrywood/quay-desk-1b", "ferrywood/quay-desk-1b"])
def test_a_model_is_looked_up_at_the_hub(name, capsys):
    report = json.loads(shown(capsys, "--hub", HUB, "--output", "json", name))

    assert report["cards"][0]["file"] == "hf://ferrywood/quay-desk-1b"
    assert report["cards"][0]["sections"]["license"]["present"] is True


@pytest.mark.parametrize("output", ["terminal", "json", "markdown"])
def test_a_model_without_a_card_is_shown_as_that(tmp_path, output, capsys):
    (tmp_path / "acme" / "desk").mkdir(parents=True)
    (tmp_path / "acme" / "desk" / "config.json").write_text("{}")
    text = shown(capsys, "--hub", tmp_path, "--output", output, "acme/desk", "acme/other", tmp_path)

    assert text.count("no model card: ") == 3
    assert output != "json" or [one["present"] for one in json.loads(text)["cards"]] == [False, False, False]


@pytest.mark.parametrize("content", [b"a\n" * 20_001, b"a" * (1024 * 1024 + 1)])
def test_a_card_of_absurd_size_is_said_to_be_unreadable(tmp_path, content, capsys):
    (tmp_path / "README.md").write_bytes(content)

    assert "cannot be read: " in shown(capsys, tmp_path)


@pytest.mark.parametrize("output", ["terminal", "json", "markdown"])
def test_a_hub_that_is_not_asked_ends_with_three(output, capsys):
    assert main(["card", "--offline", "--output", output, "acme/desk"]) == 3
    assert "is not asked: --offline" in capsys.readouterr().out


def test_what_is_neither_file_nor_model_ends_with_two(capsys):
    assert main(["card", "no such thing"]) == 2
    assert "neither a file nor a model" in capsys.readouterr().err


def test_a_file_that_cannot_be_opened_ends_with_three(tmp_path, capsys):
    (tmp_path / "README.md").mkdir()

    assert main(["card", str(tmp_path)]) == 3
    assert "cannot be read" in capsys.readouterr().out


@pytest.mark.parametrize(
    "table", [None, {"weights": {"license": 1}}, {"weights": dict.fromkeys(SECTIONS, 0), "values": {}}]
)
def test_weights_that_are_not_whole_are_refused(table):
    with pytest.raises(BadPolicies, match=r"card_score\.yaml"):
        weights_of({"card_score": table})


def test_the_shipped_weights_add_up_to_a_hundred():
    weights = weights_of(bundles.load(bundles.default_folder()).documents)

    assert sum(weights.sections.values()) == 100
