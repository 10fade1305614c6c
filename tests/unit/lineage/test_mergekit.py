from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.lineage import merge_names, merge_names_in_card
from weighbridge.lineage.mergekit import MOST_NAMES
from weighbridge.model.outcomes import Unreadable

SLERP = """slices:
  - sources:
      - model: acme/a
        layer_range: [0, 32]
      - model: acme/b@main+acme/lora
merge_method: slerp
base_model: acme/a
parameters: {t: [{filter: self_attn, value: 0.5}]}
"""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (SLERP, ("acme/a", "acme/b@main", "acme/lora")),
        ("models: [{model: acme/a}, {model: {model: {path: acme/b}, lora: {path: acme/c}}}]", ("acme/a", "acme/b")),
        ("models: [{model: {path: acme/b, lora: acme/c}}]", ("acme/b", "acme/c")),
        ("base_model: acme/a\ngate_mode: hidden\nexperts: [{source_model: acme/x}, {source_model: acme/y}]", ("acme/a", "acme/x", "acme/y")),
        ("merge_method: linear\nmodels: [{model: acme/a}]\n---\nmerge_method: ties\nmodels: [{model: acme/b}]", ("acme/a", "acme/b")),
        ("models: 5\nbase_model: 7", ()),
        ("acme/a", ()),
        ("", ()),
    ],
)  # fmt: skip
def test_a_merge_configuration_names_its_models_at_any_depth(text: str, names: tuple[str, ...]) -> None:
    assert merge_names(text, "mergekit_config.yml") == names


def test_a_configuration_nobody_can_read_is_unreadable() -> None:
    bomb = "a: &a [x]\n" + "\n".join(
        f"k{n}: &k{n} [{', '.join(['*k' + str(n - 1) if n else '*a'] * 30)}]" for n in range(12)
    )

    assert isinstance(merge_names("models: [", "mergekit_config.yml"), Unreadable)
    assert isinstance(merge_names(bomb, "mergekit_config.yml"), Unreadable)


def test_more_models_than_a_merge_can_have_are_cut() -> None:
    text = "models:\n" + "".join(f"- model: acme/m{number}\n" for number in range(1_000))

    assert len(merge_names(text, "mergekit_config.yml")) == MOST_NAMES


@pytest.mark.parametrize(
    ("card", "names"),
    [
        (f"# Model\n\n```yaml\n{SLERP}```\n", ("acme/a", "acme/b@main", "acme/lora")),
        (f"# Model\r\n\r\n```yaml\r\n{SLERP}```\r\n", ("acme/a", "acme/b@main", "acme/lora")),
        ("```yaml\nmerge_method: slerp\nmodels: [\n```\n", ()),
        ("```yaml\nmodels: [{model: acme/a}]\n```\n", ()),
        (f"```python\n{SLERP}```\n", ()),
        (f"```yaml\n{SLERP}{'#' * 70_000}\n```\n", ()),
        ("```yaml\nx: 1\n```\n" * 60 + f"```yaml\n{SLERP}```\n", ()),
    ],
)
def test_a_card_names_merged_models_in_a_block_of_its_configuration(card: str, names: tuple[str, ...]) -> None:
    assert merge_names_in_card(card) == names


@given(st.text())
def test_no_text_crashes_the_reader(text: str) -> None:
    assert isinstance(merge_names(text, "x"), tuple | Unreadable)
    assert isinstance(merge_names_in_card(f"```yaml\nmerge_method:\n{text}\n```"), tuple)
