from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulators.tables import shipped

from weighbridge.lineage import ParentStatement, Prose, Repository, Statements, read_statements
from weighbridge.lineage.statements import MOST_LEARNT
from weighbridge.model.evidence import Adapter, Config, Learning, Place

SHA = "0e9e39f2" * 5
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def config(name_or_path: str | None = None, quantization: str | None = None) -> Config:
    return Config((), None, (), name_or_path, None, quantization, None)


def told(
    front: dict[str, Any] | None = None,
    *,
    name: str = "acme/model",
    prose: Prose | None = None,
    conf: Config | None = None,
    adapter: Adapter | None = None,
    paths: Sequence[str] = (),
    **further: Any,
) -> Statements:
    repository = Repository(
        name, front or {}, {"base_model": 3}, prose or Prose(), conf, None, adapter, paths,
        {"config.name_or_path": Place("config.json", 2, "x")}, **further,
    )  # fmt: skip
    return read_statements(repository, shipped().aliases)


def parents(statements: Statements) -> list[tuple[str, str, str, str | None]]:
    return [(one.parent, one.relation, one.source, one.revision) for one in statements.parents]


@given(st.dictionaries(st.sampled_from(["base_model", "base_model_revision", "base_model_relation", "tags"]), ANY))
def test_no_metadata_crashes_the_reader(front: dict[str, Any]) -> None:
    assert isinstance(told(front), Statements)


@given(st.text(), st.text())
def test_no_path_crashes_the_reader(path: str, base: str) -> None:
    told(conf=config(path), adapter=Adapter(base, base, None))


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ({"base_model": "acme/base"}, [("acme/base", "unstated", "front_matter", None)]),
        ({"base_model": [f"acme/base@{SHA}"]}, [("acme/base", "unstated", "front_matter", SHA)]),
        (
            {"base_model": "acme/base", "base_model_revision": SHA, "base_model_relation": "finetune"},
            [("acme/base", "finetune", "front_matter", SHA)],
        ),
        (
            {"base_model": ["acme/a", "acme/b"], "base_model_revision": ["v1"]},
            [("acme/a", "merge", "front_matter", "v1"), ("acme/b", "merge", "front_matter", None)],
        ),
        ({"base_model": "acme/base", "tags": ["MergeKit"]}, [("acme/base", "merge", "front_matter", None)]),
        ({"base_model": "acme/base", "base_model_relation": "sibling"}, [("acme/base", "unstated", "front_matter", None)]),
        ({"base_model": "meta-llama/Meta-Llama-3.1-8B"}, [("meta-llama/Llama-3.1-8B", "unstated", "front_matter", None)]),
        ({"base_model": "https://huggingface.co/acme/base"}, [("acme/base", "unstated", "front_matter", None)]),
        ({"base_model": [{"name": "acme/base"}, {"id": "acme/b"}, 5]}, [
            ("acme/base", "merge", "front_matter", None), ("acme/b", "merge", "front_matter", None)]),
        ({"base_model": "./outputs/x"}, []),
        ({"base_model": "acme/base@"}, [("acme/base", "unstated", "front_matter", None)]),
        ({"base_model": 5}, []),
        ({"base_model": "acme/model"}, []),
        ({"base_model": "ACME/Model"}, []),
    ],
)  # fmt: skip
def test_metadata_names_parents(front: dict[str, Any], expected: list[tuple[str, str, str, str | None]]) -> None:
    assert parents(told(front)) == expected


def test_a_commit_pins_and_a_version_does_not() -> None:
    statements = told({"base_model": ["acme/a", "acme/b"], "base_model_revision": [SHA, "v1.1"]}).parents

    assert [one.pinned for one in statements] == [True, False]


def test_adapter_and_config_are_sources_of_their_own() -> None:
    statements = told({"base_model": "acme/base"}, conf=config("acme/other"), adapter=Adapter("acme/base", SHA, "LORA"))

    assert parents(statements) == [
        ("acme/base", "adapter", "front_matter", None),
        ("acme/base", "adapter", "adapter_config", SHA),
        ("acme/other", "adapter", "config", None),
    ]
    assert statements.named == 2
    assert statements.places == {
        "lineage.edge:front_matter:acme/base": Place("README.md", 3, "base_model: acme/base"),
        "lineage.edge:adapter_config:acme/base": Place("adapter_config.json"),
        "lineage.edge:config:acme/other": Place("config.json", 2, "x"),
    }


@pytest.mark.parametrize(
    "path", ["/srv/m", "./m", "../m", "~/m", "G:\\x\\m", "pygmalion-7b", "", "acme/model", "a/b/c"]
)
def test_a_local_path_or_the_model_itself_is_no_parent(path: str) -> None:
    assert told(conf=config(path)).parents == ()


def test_a_bare_name_the_table_knows_is_a_parent() -> None:
    assert parents(told(conf=config("gpt2"))) == [("openai-community/gpt2", "unstated", "config", None)]


def test_a_quantized_config_says_how_the_parent_was_used() -> None:
    assert parents(told({"base_model": "acme/base"}, conf=config(quantization="awq")))[0][1] == "quantized"


@pytest.mark.parametrize(
    ("arguments", "marker"),
    [
        ({"front": {"base_model": "x y"}}, "base_model in front matter"),
        ({"adapter": Adapter(None, None, None)}, "adapter_config.json"),
        ({"paths": ["mergekit_config.yml"]}, "mergekit_config.yml"),
        ({"paths": ["quantize_config.json"]}, "quantize_config.json"),
        ({"front": {"tags": ["merge"]}}, "tag merge"),
        ({"front": {"tags": ["GPTQ"]}}, "tag gptq"),
        ({"conf": config("/srv/model")}, "_name_or_path"),
        ({"conf": config("G:\\model\\checkpoint-500")}, "_name_or_path"),
        ({"conf": config(quantization="AWQ")}, "quantization awq"),
        ({"name": "acme/x-7B-GGUF"}, "name gguf"),
        ({"name": "acme/llama-x"}, "name llama"),
        ({"prose": Prose(derived_by=("fine-tuned",))}, "text fine-tuned"),
    ],
)
def test_what_shows_that_a_model_was_made_from_another_is_named(arguments: dict[str, Any], marker: str) -> None:
    assert told(**arguments).derived_by == (marker,)


def test_native_formats_of_a_base_show_nothing() -> None:
    assert told(conf=config(quantization="fp8")).derived_by == ()
    assert told(conf=config("pygmalion-7b")).derived_by == ()


def test_prose_parents_are_those_no_machine_can_read() -> None:
    statements = told(
        {"base_model": "corvane/enterprise-base-v1.1"},
        prose=Prose(parents=("enterprise-base-v1.1", "acme/model", "NousResearch/Llama-2-7b-hf", "other-7b")),
    )

    assert statements.prose_parents == ("meta-llama/Llama-2-7b-hf", "other-7b")


def test_the_written_name_is_kept_beside_the_normal_one() -> None:
    (statement,) = told({"base_model": "NousResearch/Llama-2-7b-hf"}).parents

    assert statement == ParentStatement(
        "meta-llama/Llama-2-7b-hf", "NousResearch/Llama-2-7b-hf", "unstated", "front_matter", None
    )


def test_a_merge_configuration_names_all_parents_and_makes_the_declared_one_a_merge_parent() -> None:
    merged = ("acme/a", f"acme/b@{SHA}", "./local", "acme/lora")

    statements = told({"base_model": "acme/a"}, merged=merged, merged_in="README.md")

    assert parents(statements) == [
        ("acme/a", "merge", "front_matter", None),
        ("acme/a", "merge", "mergekit", None),
        ("acme/b", "merge", "mergekit", SHA),
        ("acme/lora", "merge", "mergekit", None),
    ]
    assert statements.named == 3
    assert statements.places["lineage.edge:mergekit:acme/b"] == Place("README.md")


@pytest.mark.parametrize(
    ("further", "expected", "place"),
    [
        ({"quantized_from": "acme/a"}, [("acme/a", "quantized", "quantize_config", None)], Place("quantize_config.json")),
        ({"quantized_from": "/srv/a"}, [], None),
        (
            {"converted_from": ["https://huggingface.co/acme/a", "https://example.org/x"]},
            [("acme/a", "unstated", "gguf", None)],
            Place("gguf: acme/a"),
        ),
        (
            {"hub_tags": ["base_model:acme/a", "base_model:quantized:acme/a", "license:mit", "base_model:odd:acme/b"]},
            [("acme/a", "quantized", "hub_tags", None), ("acme/b", "unstated", "hub_tags", None)],
            Place("hub_tags: acme/a"),
        ),
        ({"hub_tags": ["base_model:finetune:acme/a", "base_model:acme/a"]}, [("acme/a", "finetune", "hub_tags", None)], Place("hub_tags: acme/a")),
        ({"hub_tags": ["base_model:a b", "base_model:"]}, [], None),
    ],
)  # fmt: skip
def test_every_kind_of_file_and_tag_may_name_a_parent(
    further: dict[str, Any], expected: list[tuple[str, str, str, str | None]], place: Place | None
) -> None:
    statements = told(**further)

    assert parents(statements) == expected
    assert next(iter(statements.places.values()), None) == place


@pytest.mark.parametrize(
    ("text", "name", "revision", "pinned"),
    [
        ("acme/tickets", "acme/tickets", None, False),
        ("squad", "squad", None, False),
        (f"acme/tickets@{SHA}", "acme/tickets", SHA, True),
        ("acme/tickets@v2", "acme/tickets", "v2", False),
        ("https://huggingface.co/datasets/acme/tickets", "acme/tickets", None, False),
    ],
)
def test_a_dataset_of_the_metadata_is_something_learnt_from(
    text: str, name: str, revision: str | None, *, pinned: bool
) -> None:
    stated = told({"datasets": [text, "not a name", 5]})

    assert stated.learnt_from == (Learning("dataset", name, "front_matter", "declared", revision, pinned),)
    assert stated.parents == ()


def test_a_teacher_is_learnt_from_and_no_parent() -> None:
    stated = told(prose=Prose(teachers=("meta-llama/Llama-3.1-405B", "GPT-4", "acme/model")))

    assert [(one.kind, one.name, one.confidence) for one in stated.learnt_from] == [
        ("teacher", "meta-llama/Llama-3.1-405B", "inferred"),
        ("teacher", "GPT-4", "inferred"),
    ]
    assert stated.parents == ()


def test_a_thousand_datasets_are_cut_off() -> None:
    assert len(told({"datasets": [f"acme/d{number}" for number in range(1000)]}).learnt_from) == MOST_LEARNT


def test_what_the_loader_uses_weighs_more_than_what_the_author_states() -> None:
    stated = told(
        {"base_model": "acme/a"}, adapter=Adapter("acme/b", None, None), conf=config("acme/c"), merged=["acme/d"]
    )

    assert {one.parent: one.confidence for one in stated.parents} == {
        "acme/a": "declared", "acme/b": "functional", "acme/c": "recorded", "acme/d": "recorded",
    }  # fmt: skip


def test_a_model_is_not_its_own_dataset_or_teacher() -> None:
    assert told({"datasets": ["a b c"]}, prose=Prose(teachers=("ACME/Model",))).learnt_from == ()
