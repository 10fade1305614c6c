from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.cards import SECTIONS, ReadCard, read_card
from weighbridge.cards.blocks import blocks
from weighbridge.cards.languages import spoken
from weighbridge.cards.tongues import TONGUES, characters, spaced, tongues_of

FOLDER = Path(__file__).parent / "tongues"
WHOLE = pytest.mark.parametrize("language", TONGUES)


def card_of(text: str) -> ReadCard:
    read = read_card(text.encode())
    assert isinstance(read, ReadCard)
    return read


def present(read: ReadCard) -> set[str]:
    return {name for name, section in read.card.sections.items() if section.present}


def body(language: str) -> str:
    return (FOLDER / f"{language}.md").read_text(encoding="utf-8").partition("---\n# ")[2]


@WHOLE
def test_a_whole_card_in_a_language_that_is_read_answers_everything(language: str) -> None:
    read = card_of((FOLDER / f"{language}.md").read_text(encoding="utf-8"))

    assert (read.card.language, read.card.skipped) == (language, None)
    assert present(read) == set(SECTIONS)
    assert [name for name, one in read.card.sections.items() if one.vague] == []


@WHOLE
def test_its_sentences_say_the_same_without_headings(language: str) -> None:
    prose = re.sub(r"(?m)^(?:#.*|\|.*)$", "", body(language))
    read = card_of(f"# Model\n\n{prose}")

    assert set(SECTIONS) - present(read) <= {"evaluation_results"}


@WHOLE
def test_its_headings_alone_say_nothing(language: str) -> None:
    headings = "\n\n".join(line for line in body(language).split("\n") if line.startswith("#"))

    assert present(card_of(headings)) == set()


LABELS = {"pii_filtering": "Privacy", "red_team_safety_evaluation": "Red teaming", "intended_use": "Model"}
AROUND = {
    "de": "Das Modell ist ein Modell und es wird von uns auf einer Seite mit dem Namen der Firma gezeigt. " * 3,
    "es": "El modelo es un modelo de la casa y se muestra en una página con el nombre de la empresa. " * 3,
    "fr": "Le modèle est un modèle de la maison et il est montré sur une page avec le nom de la société. " * 3,
    "zh": "这个模型是我们公司的模型，页面上有公司的名字。" * 3,
}


@pytest.mark.parametrize(
    ("language", "section", "text"),
    [
        ("de", "pii_filtering", "Es wurden keine Maßnahmen ergriffen, um personenbezogene Daten zu entfernen."),
        ("es", "pii_filtering", "No se tomaron medidas para eliminar los datos personales de los textos."),
        ("fr", "pii_filtering", "Aucune mesure n'a été prise pour supprimer les données personnelles du corpus."),
        ("zh", "pii_filtering", "我们没有对训练语料中的个人信息进行过滤，也没有删除任何隐私信息。"),
        ("de", "red_team_safety_evaluation", "Sie sollten vorher Sicherheitstests mit Jailbreaks durchführen lassen."),
        ("es", "red_team_safety_evaluation", "Antes deben realizar pruebas de seguridad con ataques de jailbreak."),
        ("fr", "red_team_safety_evaluation", "Vous devez mener des tests de sécurité avec des jailbreaks avant tout."),
        ("zh", "red_team_safety_evaluation", "部署之前，您应当对模型进行红队测试和安全评估。"),
        ("de", "intended_use", "Das Modell ist nicht für medizinische Diagnosen gedacht oder geeignet."),
    ],
)
@pytest.mark.parametrize("labelled", [False, True])
def test_a_denial_or_advice_is_no_statement(language: str, section: str, text: str, labelled: bool) -> None:
    label = f"## {LABELS[section]}\n\n" if labelled else ""
    read = card_of(f"{AROUND[language]}\n\n{label}{text}\n")

    assert read.card.language == language
    assert section not in present(read)


def test_traditional_characters_are_read_like_simplified_ones() -> None:
    text = "# 模型\n\n這個模型是我們公司的模型，頁面上有公司的名字，歡迎大家使用和討論。\n\n"
    read = card_of(text + "基於Qwen-7B-Chat嘅微調版本，基於大量粵語數據進行訓練。\n")

    assert read.card.sections["training_data"].present
    assert read.card.sections["training_data"].vague
    assert read.marks["training_data"].phrase == "基於 Qwen-7B-Chat 嘅微調版本，基於大量粵語數據進行訓練"
    assert read.card.sections["base_model"].present


@pytest.mark.parametrize(
    ("language", "name", "text"),
    [
        (
            "tr",
            "Turkish",
            "Bu model, Türkçe metinler için geliştirilmiş ve bir çok veri üzerinde eğitilmiştir ve daha sonra olarak da kullanılır. ",
        ),
        (
            "it",
            "Italian",
            "Il modello è stato addestrato con i dati della casa e non è per uso medico, come si legge nel testo. ",
        ),
        ("ja", "Japanese", "このモデルは関税に関する質問に答えるために学習されました。商用利用はできません。"),
        ("ko", "Korean", "이 모델은 관세에 관한 질문에 답하기 위해 학습되었으며 상업적으로 사용할 수 없습니다. "),
        ("ru", "Russian", "Эта модель была обучена на вопросах таможни и не предназначена для медицины. "),
        ("uk", "Ukrainian", "Ця модель була навчена на питаннях митниці і не призначена для її медицини. "),
        ("fa", "Persian", "این مدل برای پاسخ به پرسش‌های گمرکی آموزش دیده است و برای پزشکی نیست. "),
        ("ar", "Arabic", "تم تدريب هذا النموذج على أسئلة الجمارك وهو غير مخصص للاستخدام الطبي. "),
    ],
)
def test_a_card_in_a_language_that_is_not_read_is_skipped_by_name(language: str, name: str, text: str) -> None:
    card = card_of(f"# Model\n\n{text * 4}\n").card

    assert (card.language, card.skipped) == (language, name)


def test_an_english_card_with_a_page_in_another_language_is_read() -> None:
    english = "The model is trained on the data of the customs office and it is not for medical use. " * 6
    card = card_of(
        f"# Model\n\n{english}\n\n{'Il modello è stato addestrato con i dati della casa per uso non medico. ' * 6}"
    ).card

    assert card.skipped is None


def test_a_few_words_have_no_language() -> None:
    card = card_of("# Model\n\nAxolotl, LoRA, GGUF.\n").card

    assert (card.language, card.skipped) == (None, None)


def test_code_and_addresses_have_no_language() -> None:
    text = "```\nder die das und ist nicht für mit von den\n```\n\n" * 9
    found = spoken(blocks(f"{text}[x](https://example.org/le/la/les/de/des/du/est/un/une)", 1).blocks)

    assert (found.language, found.tongues) == (None, ())


def test_a_sentence_with_chinese_characters_is_chinese_and_no_other_is() -> None:
    assert tongues_of("模型 is", ("fr", "zh")) == ("zh",)
    assert tongues_of("le modèle", ("fr", "zh")) == ("fr",)
    assert tongues_of("模型", ("fr",)) == ("fr",)


@given(st.text(alphabet="模型a1 %é", max_size=30))
def test_spacing_adds_nothing_but_spaces(text: str) -> None:
    assert spaced(text).replace(" ", "") == text.replace(" ", "")
    assert characters(spaced(text)) == characters(text)


@given(st.text(max_size=300))
def test_any_text_has_a_language_or_none(text: str) -> None:
    found = spoken(blocks(text, 1).blocks)

    assert found.language is not None or found.skipped is None
