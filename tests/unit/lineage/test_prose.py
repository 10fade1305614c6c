from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.cards import ReadCard, read_card
from weighbridge.lineage import Prose, read_prose


def read(text: str) -> Prose:
    card = read_card(text.encode())
    assert isinstance(card, ReadCard)
    return read_prose(card.lines)


@given(st.text())
def test_no_text_crashes_the_reader(text: str) -> None:
    assert isinstance(read(text), Prose)


@pytest.mark.parametrize(
    "piece",
    [
        "this model is a ",
        "fine-tuned from the ",
        "based on a ",
        "it is ",
        "a",
        " ",
        "new tokens ",
        "the a b model is ",
        "基于 ",
        "A's ",
        "- **Base model:** x\n",
    ],
)
def test_hostile_text_is_read_in_seconds(piece: str) -> None:
    text = "\n".join((piece * (256 * 1024 // len(piece))).split("\n")[:20_000])
    begun = time.process_time()

    read(text)

    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    ("text", "parents"),
    [
        ("It was fine-tuned from enterprise-base-v1.1 and replaces v1.", ("enterprise-base-v1.1",)),
        ("A fine-tuned version of [acme/base](https://x.test).", ("acme/base",)),
        ("Built on Meta's LLaMA-7B.", ("LLaMA-7B",)),
        ("The model is based on `Qwen/Qwen2-7B`.", ("Qwen/Qwen2-7B",)),
        ("Trained on top of the pre-trained Mistral-7B-v0.1, with care.", ("Mistral-7B-v0.1",)),
        ("基于Llama2-7B采用大规模的中文数据", ("Llama2-7B",)),
        ("基於Qwen-7B-Chat嘅微調版本", ("Qwen-7B-Chat",)),
        ("- **Base model:** EleutherAI/pythia-1b-deduped", ("EleutherAI/pythia-1b-deduped",)),
        ("| Fine-tuned from | `kvarnby/kvarn-3b-base` at `4878` |\n|---|---|", ("kvarnby/kvarn-3b-base",)),
        ("Based on the Transformer architecture.", ()),
        ("Fine-tuned on SQuAD 2.0 and based on 3 datasets.", ()),
        ("built on 2024", ()),
        ("Trained from scratch.", ()),
        ("- **Base model:** none", ()),
    ],
)
def test_a_parent_is_a_name_that_looks_like_a_model(text: str, parents: tuple[str, ...]) -> None:
    assert read(text).parents == parents


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("This model is a fine-tuned version of acme/base.", ("fine-tuned",)),
        ("This is a merge of pre-trained models.", ("merge",)),
        ("Fine-tuned EleutherAI/pythia-1b for engineering.", ("fine-tuned",)),
        ("The adapter was merged into the weights.", ("merged",)),
        ("Quantized version of something.", ("quantized",)),
        ("Tuned from base-7b-v1 by us.", ("tuned from",)),
        ("基于Llama2-7B继续预训练", ("基于",)),
        ("- **Base model:** acme/base", ("base model",)),
        ("Supervised fine-tuning is left to the user.", ()),
        ("It can be fine-tuned for your task.", ()),
        ("Users may quantize it. Trained from random initialization.", ()),
        ("Tuned from nothing in particular.", ()),
    ],
)
def test_words_count_when_they_speak_of_this_model(text: str, words: tuple[str, ...]) -> None:
    assert read(text).derived_by == words


@pytest.mark.parametrize(
    "text",
    ["Half of the experts were pruned.", "distilled from a teacher", "depth up-scaling to 48 layers", "we've trained in a few new special tokens",
     "The vocabulary was extended by 12,000 entries", "扩充中文词表"],
)  # fmt: skip
def test_a_change_of_shape_is_documented_in_words(text: str) -> None:
    assert read(text).documented_change


def test_nothing_said_is_nothing_changed() -> None:
    assert read("A model. It writes tokens.") == Prose()
