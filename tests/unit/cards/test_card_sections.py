from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.cards import SECTIONS, Mark, ReadCard, read_card
from weighbridge.cards.parts import Part, Piece
from weighbridge.cards.passages import MOST_CHARACTERS, passages
from weighbridge.cards.results import has_results
from weighbridge.model.evidence import Section

BENCHMARKS = "## Evaluation\n\n| Benchmark | Ours |\n|---|---|\n| MMLU | 61.2 |\n"


def read(text: str) -> ReadCard:
    card = read_card(text.encode())
    assert isinstance(card, ReadCard)
    return card


def section(text: str, name: str) -> Section:
    return read(text).card.sections[name]


def found(text: str) -> set[str]:
    return {name for name, one in read(text).card.sections.items() if one.present}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("It was pre-trained on 300 billion tokens of web text.", "training_data"),
        ("The adapter was fine-tuned on acme/ticket-pairs for two days.", "training_data"),
        ("## Evaluation Data\n\nThe training data consists of 40 GB of harbor logs.", "training_data"),
        ("**Training data:** HarborLogs 2.0", "training_data"),
        ("- Dataset: harborlogs", "training_data"),
        ("This model is intended for dispatchers who sort tickets.", "intended_use"),
        ("## Limitations and biases\n\nThe intended use is sorting tickets for a help desk.", "intended_use"),
        ("**Who can use**\n\nDispatchers of a harbor, and researchers.", "intended_use"),
        ("Any use for medical or legal advice is out of scope.", "out_of_scope_use"),
        ("It must not be used to rank job applicants.", "out_of_scope_use"),
        ("Out-of-scope / Limitations\n\nRanking of people, and legal or medical advice.", "out_of_scope_use"),
        ("On the test split it reaches an accuracy of 91.4 %.", "evaluation_results"),
        ("It achieves these results: Loss: 0.41 Accuracy: 0.87", "evaluation_results"),
        ("We measured a win rate of 64 against the older version.", "evaluation_results"),
        ("## Performance\n\n```\nexact: 78.5\nf1: 81.7\n```", "evaluation_results"),
        ("## Results\n\nOn held-out tickets 83.5 % were sorted as a person would.", "evaluation_results"),
        ("<table>\n<tr><th>Task</th><th>BLEU</th></tr>\n<tr><td>de-en</td><td>31.4</td></tr>\n</table>", "evaluation_results"),
        ("The model struggles with tables of more than ten columns.", "limitations"),
        ("Answers about people reflect gender and racial stereotypes of the web.", "bias"),
        ("The weights are released under the Apache 2.0 license.", "license"),
        ("**License:** [Proprietary](LICENSE)", "license"),
        ("License: MIT", "license"),
        ("We red-teamed the model with twelve experts and found three jailbreaks.", "red_team_safety_evaluation"),
        ("HarmBench attack success: 3.1 %", "red_team_safety_evaluation"),
        ("This is a 4-bit quantized version of acme/desk-7b.", "base_model"),
        ("Desk is a dialogue model based on Acme's LLaMA-7B.", "base_model"),
        ("```yaml\nmerge_method: slerp\nmodels:\n  - model: acme/a-7b\n```", "base_model"),
        ('```\nbase_LM_model = "roberta-base"\n```', "base_model"),
        ("- **Finetuned from model:** [`desk-base`](https://hub.test/acme/desk-base)", "base_model"),
        ("Phone numbers and names were redacted before training.", "pii_filtering"),
        ("All scans were de-identified records of one hospital.", "pii_filtering"),
        ("Write to desk [at] acme [dot] test", "contact"),
        ("Questions? Open an issue in our repository.", "contact"),
        ("## Contact\n\n[Form](https://acme.test/form)", "contact"),
    ],
)  # fmt: skip
def test_a_section_is_found_wherever_it_is_said(text: str, name: str) -> None:
    one = section(f"# Desk\n\n{text}\n", name)

    assert one.present
    assert one.lines


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Calibration used 512 samples of a calibration dataset trained on news.", "training_data"),
        ("It was trained on 8 A100 GPUs.", "training_data"),
        ("Large language models trained on web data can be wrong.", "training_data"),
        ("## Training data\n\nNone. No data sets are part of this repository.", "training_data"),
        ("## Training data\n\nThe training data has not been disclosed by its makers.", "training_data"),
        ("You can fine-tune it on your own data.", "training_data"),
        ("It is not intended for production.", "intended_use"),
        ("The code is licensed under MIT.", "license"),
        ("The dataset is licensed under CC-BY-4.0.", "license"),
        ("**License:** self", "license"),
        ("Use it at your own risk.", "out_of_scope_use"),
        ("It is not designed to perform competitively.", "out_of_scope_use"),
        ("This dataset cannot be used to create competing models.", "out_of_scope_use"),
        ("We do not directly measure quantitative metrics.", "evaluation_results"),
        ("## Evaluation samples\n\n| Task | Notebook |\n|---|---|\n| QA | qa-1.ipynb |", "evaluation_results"),
        ("## Performance\n\n| Hardware | Latency (ms) |\n|---|---|\n| CPU | 12.5 |", "evaluation_results"),
        ("## Evaluation\n\nIt beats all others by far.", "evaluation_results"),
        ("The base model report achieves an accuracy of 80.1 %.", "evaluation_results"),
        ("It was trained on Common Voice 8.0.", "evaluation_results"),
        ("```\naccuracy: 0.9\n```", "evaluation_results"),
        ("The graph network adds an inductive bias for gender of nouns.", "bias"),
        ("Developers should assess fairness for demographic groups.", "bias"),
        ("Tracked with Weights & Biases.", "bias"),
        ("We recommend red teaming exercises, which were not conducted.", "red_team_safety_evaluation"),
        ("## Red teaming\n\nUsers should do red teaming of their own before they deploy it.", "red_team_safety_evaluation"),
        ("The red team data was used to fine-tune it: trained on red-team prompts data.", "red_team_safety_evaluation"),
        ("The base model uses a ResNet50 with several changes as an image encoder.", "base_model"),
        ("Desk 7B is a pretrained base model without moderation.", "base_model"),
        ("It is trained from scratch, not fine-tuned from Llama 2.", "base_model"),
        ("Our fine-tuned detector reached levels of approximately 95 %.", "base_model"),
        ("No measures have been taken to remove personal information.", "pii_filtering"),
        ("The model detects and redacts personal information.", "pii_filtering"),
        ("Validate it on your organization's de-identified data.", "pii_filtering"),
        ("To our knowledge names were removed from private data.", "pii_filtering"),
        ("It was aligned by reinforcement learning from human feedback.", "contact"),
        ("## Authors\n\nAda Dockhand", "contact"),
        ("pass@1 was high.", "contact"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_section_is_none(text: str, name: str) -> None:
    assert not section(f"# Desk\n\n{text}\n", name).present


def test_a_sentence_under_a_shared_label_counts_for_what_it_says() -> None:
    text = "## Limitations and biases\n\nThe data carries gender bias against women in many trades.\n"

    assert "bias" in found(text)
    assert "limitations" not in found(text)


def test_a_word_of_bias_under_a_shared_label_is_of_bias() -> None:
    text = "## Limitations and biases\n\nBias of many kinds was seen in answers about trades and towns.\n"

    assert "bias" in found(text)


def test_bias_under_a_plain_label_of_limitations_is_not_a_limitation() -> None:
    text = "## Limitations\n\nThe data carries gender bias against women in many trades.\n"

    assert found(text) == {"bias"}


def test_an_untouched_template_answers_nothing_but_its_metadata() -> None:
    needed = "[More Information Needed]"
    headings = (
        "Uses",
        "Direct Use",
        "Out-of-Scope Use",
        "Bias, Risks, and Limitations",
        "Training Data",
        "Metrics",
        "Model Card Contact",
    )
    text = "---\nbase_model: acme/desk-7b\n---\n# Model Card for Model ID\n" + "".join(
        f"\n## {heading}\n\n{needed}\n" for heading in headings
    )

    assert found(text + "\n- **License:** [More Information Needed]\n") == {"base_model"}


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ("license: other", set()),
        ("license: other\nlicense_name: harbor-terms", {"license"}),
        ("base_model: none\ndatasets: [tbd]", set()),
        ("datasets: [acme/logs]\nbase_model: [acme/a, acme/b]", {"training_data", "base_model"}),
        ("model-index: []", set()),
    ],
)
def test_metadata_counts_where_it_names_something(head: str, names: set[str]) -> None:
    assert found(f"---\n{head}\n---\n# Desk\n") == names


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ([{"results": [{"metrics": [{"value": 0.5}]}]}], True),
        ([{"results": [{"metrics": [{"value": "81 %"}]}]}], True),
        ([{"results": [{"metrics": [{"value": True}, {"value": "tbd"}, "x"]}]}], False),
        ([{"results": "none"}, 3], False),
        ("text", False),
    ],
)
def test_results_of_the_metadata_need_a_number(index: object, expected: bool) -> None:
    assert has_results(index) is expected


def test_lines_point_to_labels_sentences_and_metadata() -> None:
    text = "---\nlicense: mit\n---\n\n# Desk\n\n## License\n\nMIT, see the file.\n\nThe weights are released\nunder the MIT license.\n"

    assert section(text, "license").lines == (2, 7, 11)


def test_a_paragraph_that_wraps_has_the_line_of_each_sentence() -> None:
    text = "# Desk\n\nA model of the harbor.\nIt sorts. The weights are released under\nthe MIT license.\n"

    assert section(text, "license").lines == (4,)


@pytest.mark.parametrize(
    ("text", "name", "vague"),
    [
        ("## Training data\n\nA mix of publicly available data of high quality.", "training_data", True),
        ("## Training data\n\nAll articles of Wikipedia until March 2024.", "training_data", False),
        ("## Training data\n\nThe records of 40 million voyages.", "training_data", False),
        ("**License:** custom terms", "license", True),
        ("**License:** Apache 2.0", "license", False),
        ("## Bias\n\nLike any other model the model may in some cases be biased.", "bias", True),
        ("```yaml\nmerge_method: slerp\nmodels:\n  - model: previous/model/path\n  - model: acme/a-7b\n```", "base_model", True),
        ("## Limitations\n\nIt may sometimes produce inaccurate or otherwise objectionable responses.", "limitations", True),
    ],
)  # fmt: skip
def test_a_section_that_can_be_held_against_nobody_is_vague(text: str, name: str, vague: bool) -> None:
    card = read(f"# Desk\n\n{text}\n")

    assert card.card.sections[name].present
    assert card.card.sections[name].vague is vague
    assert (card.marks[name].phrase is not None) is vague


def test_a_mark_says_what_a_reviewer_would_ask_for() -> None:
    mark = read("## Training data\n\nA mix of publicly available data.\n").marks["training_data"]

    assert mark == Mark(
        phrase="A mix of publicly available data.",
        phrase_line=3,
        missing=(
            "which datasets, by name or link",
            "how much",
            "until when",
            "how it was filtered",
            "in which languages",
        ),
    )


def test_an_unknown_bold_label_ends_the_one_before() -> None:
    text = "# Desk\n\n**License:**\n\nMIT\n\n**Developers:** Acme\n\nThey are many and all of them write code.\n"

    assert section(text, "license").words == 1


def test_a_label_that_is_no_section_ends_the_one_above() -> None:
    text = "## Training data\n\n### Hyperparameters\n\nA learning rate and a batch size and more.\n"

    assert not section(text, "training_data").present
    assert section(text, "training_data").words == 0


def test_what_stands_beyond_any_card_people_read_is_not_judged() -> None:
    part = Part((), 1, labelled=False, pieces=[Piece(n, "a word and more. " * 30, "text", n) for n in range(1, 2000)])

    judged = passages([part], frozenset())

    assert 0 < sum(len(one.raw) for one in judged) <= MOST_CHARACTERS


WORDS = st.lists(
    st.sampled_from(
        ["trained on ", "licensed under ", "bias ", "of ", "Llama 2 ", "data ", "accuracy ", "91.2 % ", ". A", "\n", "@", "a.", "not ",
         "## Bias\n", "**License:** ", "| a | 1.5 |\n", "<tr><td>", "</td></tr>", "```\n", "model: x\n", "e-mail ", "[a](b) "]
    ),
    max_size=60,
).map("".join)  # fmt: skip


@settings(deadline=None)  # the first card compiles the tables
@given(WORDS)
def test_whatever_a_card_says_its_sections_and_marks_are_whole(text: str) -> None:
    card = read(text)

    lines = text.count("\n") + 1
    assert set(card.marks) == set(card.card.sections) == set(SECTIONS)
    assert all(1 <= number <= lines for one in card.card.sections.values() for number in one.lines)
    assert not any(one.vague and not one.present for one in card.card.sections.values())


@pytest.mark.parametrize(
    "piece",
    ["trained on ", "bias gender ", "# a\n", "**a** ", "*", "_a_ ", "a@", "quantized version of the ", "removed personal ", "accuracy 1.5 ",
     "<tr><td>1.5", "red team ", "1.5.", "not used for ", "License: MIT\n"],
)  # fmt: skip
def test_a_hostile_megabyte_is_judged_in_seconds(piece: str) -> None:
    content = (piece * (1024 * 1024 // len(piece)))[: 1024 * 1024]
    begun = time.process_time()

    read_card(content.encode() if content.count("\n") < 20_000 else content.encode()[:100_000])

    assert time.process_time() - begun < 10
