from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.cards import ReadCard, read_card
from weighbridge.cards.claims import MOST
from weighbridge.model.claims import Claim


def read(text: str) -> ReadCard:
    card = read_card(text.encode())
    assert isinstance(card, ReadCard)
    return card


def said(text: str, kind: str) -> set[str]:
    return {claim.what for claim in read(text).card.claims if claim.kind == kind}


def front(**values: str) -> str:
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in values.items()) + "---\n# Model\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("This is an abliterated version of acme/tariff-8b.", {"abliterated"}),
        ("This model is completely uncensored.", {"uncensored"}),
        ("We removed the refusal behavior by projecting out the refusal direction.", {"refusals_removed"}),
        ("The data set was filtered to remove alignment and bias.", {"refusals_removed"}),
        ("The model has not been abliterated.", set()),
        ("It was evaluated against uncensored models.", set()),
        ("The guard detects attempts to bypass safety filters.", set()),
        ("An attacker could remove the safety training.", set()),
        ("We removed samples with bad word alignment files.", set()),
        ("It has **not** been fine-tuned to be safe and harmless.", set()),
    ],
)
def test_alignment_is_removed_where_the_card_says_so_of_the_model(text: str, expected: set[str]) -> None:
    assert said(f"# Model\n\n{text}\n", "alignment_removed") == expected


def test_tags_say_it_too_and_are_pointed_at() -> None:
    card = read(front(license="mit", tags="[text-generation, Abliterated]")).card

    assert card.claims == (Claim("alignment_removed", "abliterated", 3),)


def test_a_classifier_speaks_of_what_it_detects() -> None:
    text = front(pipeline_tag="text-classification") + "\nThis model is uncensored content detection's best friend.\n"

    assert said(text, "alignment_removed") == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The model was trained on Common Crawl and Reddit posts.", {"web", "forums"}),
        ("It was fine-tuned on 12,000 conversations with customers of the bank.", {"conversations", "customers"}),
        ("The model was trained on clinical notes of 4,000 patients.", {"medical"}),
        ("It was trained on synthetic conversations between two models, a data set of our own.", set()),
        ("The model was trained on medical literature, 2 million articles in all.", set()),
        ("The training data does not contain user data.", set()),
        ("Use it to answer customers and to scrape websites.", set()),
    ],
)
def test_data_of_people_is_told_by_what_the_training_data_is(text: str, expected: set[str]) -> None:
    assert said(f"# Model\n\n{text}\n", "personal_data") == expected


def test_data_sets_are_known_by_their_names() -> None:
    assert said(front(datasets="[acme/reddit-questions]"), "personal_data") == {"forums"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The questions were collected between 2019 and 2023.", {"collected"}),
        ("The model has a knowledge cutoff of December 2023.", {"collected"}),
        ("**Knowledge cutoff:** December 2023", {"collected"}),
        ("It was trained on the 2023-06 dump of Wikipedia.", {"dump"}),
        ("The model was trained between January 2023 and July 2023.", set()),
        ("Knowledge cutoff: not disclosed.", set()),
        ("The paper that describes the data was published in 2021.", set()),
        ("The data set holds 2000 questions.", set()),
    ],
)
def test_dates_are_those_of_the_data(text: str, expected: set[str]) -> None:
    assert said(f"# Model\n\n{text}\n", "data_date") == expected


def test_a_column_of_dates_counts() -> None:
    table = "| Set | Collected |\n|---|---|\n| forum | 2021 |\n"

    assert said(f"# Model\n\n## Training data\n\n{table}", "data_date") == {"collected"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The training data was filtered for quality and deduplicated.", {"filtered", "deduplicated"}),
        ("The training set was decontaminated against the benchmarks.", {"decontaminated"}),
        ("The training data was cleaned of spam records.", {"cleaned"}),
        ("The model was trained on a carefully curated data set.", set()),
        ("The training data was not filtered.", set()),
        ("The app filters its answers.", set()),
    ],
)
def test_curation_is_what_was_done_to_the_data(text: str, expected: set[str]) -> None:
    assert said(f"# Model\n\n{text}\n", "curation") == expected


def test_a_successor_is_a_name_in_the_metadata_or_a_sentence() -> None:
    assert said(front(new_version="acme/tariff-9b"), "superseded") == {"new_version"}
    assert said(front(new_version="soon"), "superseded") == set()
    assert said("# Model\n\nThis model is deprecated, use acme/tariff-9b.\n", "superseded") == {"deprecated"}
    assert said("# Model\n\nThis model uses a deprecated function.\n", "superseded") == set()


def test_a_card_that_repeats_itself_makes_few_claims() -> None:
    text = "This model is completely uncensored.\n\n" * 200
    claims = read(f"# Model\n\n{text}").card.claims

    assert [claim.line for claim in claims] == [3, 5, 7]


def test_claims_can_be_quoted() -> None:
    card = read("# Model\n\nThis model is completely uncensored.\n")

    assert card.places["card.line:3"].text == "This model is completely uncensored."


@given(
    st.lists(
        st.sampled_from(["uncensored ", "this is ", "2023 ", "crawl ", "trained on ", "filtered data. ", "\n\n", "| "])
    )
)
def test_any_text_makes_a_bounded_number_of_claims(pieces: list[str]) -> None:
    claims = read("".join(pieces)).card.claims

    assert len(claims) <= MOST
    assert list(claims) == sorted(claims, key=lambda one: one.line)
