from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.report_values import HOSTILE, QUIET, finding, hostile, review, run

from weighbridge.reports import FORMATS
from weighbridge.reports.yaml import documents

SCALARS = st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_yaml_says_what_json_says(text):
    one = hostile(text)

    assert yaml.safe_load(FORMATS["yaml"](one)) == json.loads(FORMATS["json"](one))


def test_an_empty_run_has_its_summary():
    assert yaml.safe_load(FORMATS["yaml"](run(QUIET)))["summary"]["objects"] == 1


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), VALUES, min_size=1))
def test_every_value_is_read_back(value):
    assert yaml.safe_load(documents([value])) == value


@pytest.mark.parametrize(
    "word",
    ["yes", "No", "ON", "null", "~", "1", "1.0", "0x1f", "1:30", "2026-01-01", ".inf", "a: b", "a #b", "a ", "a:", ""],
)
def test_a_text_stays_a_text(word):
    assert yaml.safe_load(documents([{"a": word, word: [[word]]}])) == {"a": word, word: [[word]]}


def test_people_read_plain_names_without_quotes():
    text = FORMATS["yaml"](run(review(finding("deny", message="trägt keine Lizenz"))))

    assert "    name: tariff\n" in text
    assert '    message: "trägt keine Lizenz"\n' in text
