from __future__ import annotations

import time

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from weighbridge.cards import REQUIRED, SECTIONS, Line, ReadCard, read_card
from weighbridge.facts import to_json
from weighbridge.model.evidence import Place
from weighbridge.model.outcomes import Unreadable

MARKUP = st.lists(
    st.sampled_from(
        ["# ", "## License", "\n", "\n\n", "---\n", "```\n", "<!--", "-->", "<h1>", "</h1>", "|a|b|\n|-|-|\n", "- **Key:** v",
         "**License:**", "[x](y)", "![i](j)", "TBD", "[More Information Needed]", "> ", "    ", "license: mit\n", "<script>", "é", "\0"]
    )
).map("".join)  # fmt: skip


def read(text: str) -> ReadCard:
    card = read_card(text.encode())
    assert isinstance(card, ReadCard)
    return card


@settings(deadline=None)  # the first card compiles the tables
@given(st.binary())
@example(b"\xff\xfe\x00")
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    card = read_card(content)

    assert isinstance(card, ReadCard)
    msgspec.json.encode(to_json(card.card))


@given(MARKUP)
def test_no_markup_crashes_the_reader_and_all_lines_exist(text: str) -> None:
    card = read(text)

    lines = text.count("\n") + text.count("\r") + 1
    assert all(1 <= one.line <= lines for one in card.card.placeholders)
    assert all(1 <= line.number <= lines for line in card.lines)


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "> ",
        "*a **b ",
        "<!--",
        "<h1>",
        "`",
        "[a]: b\n",
        "<a ",
        "![",
        "- ",
        "|",
        "a|b\n-|-\n",
        " ",
        "\n",
        "{{a",
        "License: ",
    ],
)
def test_a_hostile_megabyte_is_read_in_seconds(piece: str) -> None:
    content = (piece * (1024 * 1024 // len(piece))).encode()
    begun = time.process_time()

    read_card(content)

    assert time.process_time() - begun < 10


def test_a_card_of_absurdly_many_lines_is_unreadable() -> None:
    assert read_card(b"a\n" * 20_000) == Unreadable("README.md has 20001 lines, at most 20000 are read")


def test_letters_are_counted_without_metadata_code_images_and_tags() -> None:
    card = read(
        "---\nlicense: mit\n---\n# Abc\n\ndef `code` ![image](url) [gh](link) <b>ij</b> x < 5\n\n```\ncode\n```\n\n"
        "<!-- comment -->\n<p align='center'>kl</p>\n"
    )

    assert card.card.letters == len("Abcdefghijxkl")


def test_lines_of_windows_and_old_macs_are_lines() -> None:
    assert read("---\r\nlicense: mit\r\n---\r\n# T\r\n").front_matter == {"license": "mit"}
    assert read("---\rlicense: mit\r---\r# T\r").front_matter == {"license": "mit"}


def test_the_sections_are_the_eleven() -> None:
    assert len(SECTIONS) == 11
    assert set(read("").card.sections) == set(SECTIONS)
    assert {
        "training_data", "intended_use", "limitations", "evaluation_results", "license", "base_model", "contact",
    } == REQUIRED  # fmt: skip


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("## Training data\n\nWikipedia and many old books", "training_data"),
        ("Limitations\n===========\n\nIt makes mistakes with long tables and with rare names", "limitations"),
        ("<h2 align='center'>Intended Use</h2>\n\nChat with people about their trains", "intended_use"),
        ("**Contact:** someone@acme.test", "contact"),
        ("**Limitations**\n\nIt makes mistakes with long tables and with rare names", "limitations"),
        ("- **License:** MIT", "license"),
        ("- License: MIT", "license"),
        ("| Item | Value |\n|---|---|\n| License | MIT |", "license"),
        ("## 3. Out-of-Scope Use [optional]\n\nNo medical advice for people or animals", "out_of_scope_use"),
        ("## 🤖 Licence\n\nMIT for all", "license"),
        ("# Uses\n\n### Something\n\nChat with people about their trains", "intended_use"),
        ("## Limitations of the model\n\nIt makes mistakes with long tables and with rare names", "limitations"),
        ("<div>\n<summary>Evaluation results</summary>\n72 % of MMLU\n</div>", "evaluation_results"),
    ],
)
def test_a_section_is_found_however_it_is_labelled(text: str, section: str) -> None:
    found = read(text).card.sections[section]

    assert found.present
    assert found.words > 0
    assert not found.placeholder


def test_a_label_can_open_two_sections() -> None:
    text = "It is often wrong about many small things. Its answers carry gender bias from old books."
    sections = read(f"## Bias, Risks, and Limitations\n\n{text}").card.sections

    assert sections["bias"].present
    assert sections["limitations"].present
    assert sections["limitations"].lines == (1,)


def test_an_answer_of_one_line_does_not_swallow_what_follows() -> None:
    sections = read("## Limitations\n\n- **License:** MIT\n- it forgets the middle\n").card.sections

    assert sections["license"].words == 1
    assert sections["limitations"].words == 4


@pytest.mark.parametrize("label", ["Evaluation data", "Inference samples"])
def test_a_label_that_only_looks_like_results_is_none(label: str) -> None:
    assert not read(f"## {label}\n\nsome text here").card.sections["evaluation_results"].present


def test_metadata_answers_sections_too() -> None:
    card = read(
        "---\nlicense: mit\nbase_model: a/b\ndatasets: [c]\nmodel-index: [{results: [{metrics: [{value: 1}]}]}]\n---\n"
    ).card

    assert {name for name, section in card.sections.items() if section.present} == {
        "license", "base_model", "training_data", "evaluation_results",
    }  # fmt: skip
    assert not read("---\nlicense: unknown\n---\n").card.sections["license"].present


@pytest.mark.parametrize(
    "text",
    [
        "[More Information Needed]", "More information needed", "TBD", "{{SOURCE_REVISION}}", "Paper coming soon",
        "It is a work in progress", "will be released next week", "n/a", "…", "``", "None.", "See [LINK_TO_PAPER]",
        "write to me@example.com", "see your-org/your-model",
    ],
)  # fmt: skip
def test_template_text_in_a_section_is_a_placeholder(text: str) -> None:
    card = read(f"# My model\n\n## Training data\n\n{text}\n")

    assert [(one.section, one.line) for one in card.card.placeholders] == [("training_data", 5)]
    assert card.card.sections["training_data"].placeholder
    assert card.places["card.line:5"] == Place("README.md", 5, text)


def test_a_placeholder_that_is_all_a_section_holds_empties_it() -> None:
    only = read("## Contact\n\n[More Information Needed]\n").card.placeholders
    beside = read("## Contact\n\nWrite to us any time. TBD\n").card.placeholders

    assert [one.empties_section for one in only] == [True]
    assert [one.empties_section for one in beside] == [False]


def test_the_untouched_title_of_the_template_is_a_placeholder() -> None:
    assert [one.line for one in read("# Model Card for Model ID\n\ntext").card.placeholders] == [1]


@pytest.mark.parametrize(
    "text",
    [
        "```\n{{ TBD }}\n```", "<!-- TODO: say more -->\n\nAll is said here", "    TODO indented code",
        "The todo app it was trained on", "[LINK_TO_PAPER]\n\n[LINK_TO_PAPER]: https://paper.test/1",
        "weights will be updated when needed", "- **Fine-tuned from:** none", "{{ message['content'] }}",
    ],
)  # fmt: skip
def test_code_comments_and_honest_answers_are_no_placeholders(text: str) -> None:
    assert read(f"# My model\n\n## Out-of-scope use\n\nNot for children\n\n{text}\n").card.placeholders == ()


def test_a_section_of_nothing_but_a_comment_is_a_placeholder() -> None:
    card = read("## Uses\n\n<!-- say who should use it -->\n\n## Limitations\n\n<!-- x -->\n\nIt errs a lot\n").card

    assert [(one.section, one.line, one.empties_section) for one in card.placeholders] == [("intended_use", 1, True)]


def test_a_comment_in_the_middle_of_a_sentence_keeps_the_lines_below_in_place() -> None:
    card = read("## Contact\n\nwrite <!-- a\nb\nc --> to us\nTBD\n")

    assert [one.line for one in card.card.placeholders] == [6]


def test_required_sections_survive_the_cap() -> None:
    text = "## Other\n\n" + "TBD\n\n" * 150 + "## License\n\nTBD\n"

    found = read(text).card.placeholders

    assert len(found) == 100
    assert found[-1].section == "license"


def test_the_readme_of_a_program_is_told_from_a_card() -> None:
    program = (
        "# Speech API\n\nA small server.\n\n## Installation\n\n```\npip install x\n```\n\n## API Endpoints\n\nGET /\n"
    )

    assert read(program).card.code_readme
    assert not read("---\nlicense: mit\n---\n" + program).card.code_readme
    assert not read(program + "\n## Intended use\n\nspeech\n").card.code_readme
    assert not read("# A model\n\nIt speaks.\n\n## Installation\n\nsee above\n").card.code_readme
    assert read("# X\n\n```\ngit clone a\npip install b\npython3 c.py\nbash d\n```\n").card.code_readme
    assert not read("# Model card for X\n\n## Installation\n\n## Docker\n").card.code_readme


def test_lines_are_handed_on_as_a_reader_sees_them() -> None:
    card = read(
        "# Title\n\n- **License:** [MIT](url)\n\n| Base | acme/x |\n|-|-|\n| A | B |\n| A | B | C |\n\n![badge](u)\n"
    )

    assert card.lines[:4] == (
        Line(1, "Title", heading=True),
        Line(3, "MIT", "License"),
        Line(5, "acme/x", "Base"),
        Line(7, "B", "A"),
    )
    assert [image.number for image in card.images] == [10]


def test_keys_of_the_metadata_have_their_lines() -> None:
    card = read('---\nlicense: mit\ntags:\n  - license: x\n"base_model": a/b\n---\n')

    assert card.key_lines == {"license": 2, "tags": 3, "base_model": 5}


def test_scripts_styles_and_comments_in_html_are_not_seen() -> None:
    card = read(
        "<div>\n<style>license: mit</style>\n<script>TBD</script>\n<!-- TBD -->\n<h2>License</h2>\nMIT\n</div>\n\nafter"
    )

    assert [line.text.strip() for line in card.lines if line.text.strip()] == ["License", "MIT", "after"]
    assert card.card.placeholders == ()
