from __future__ import annotations

import copy
from typing import Any

import pytest
from tests.simulators.tables import shipped, shipped_documents

from weighbridge.errors import BadPolicies
from weighbridge.lineage import AliasTable
from weighbridge.lineage.names import hub_id


@pytest.fixture
def aliases() -> AliasTable:
    return shipped().aliases


def document() -> Any:
    return copy.deepcopy(shipped_documents()["aliases"])


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("meta-llama/Meta-Llama-3.1-8B", "meta-llama/Llama-3.1-8B"),
        ("META-LLAMA/meta-llama-3.1-8b", "meta-llama/Llama-3.1-8B"),
        ("meta-llama/Meta-Llama-3-8B", "meta-llama/Meta-Llama-3-8B"),
        ("gpt2", "openai-community/gpt2"),
        ("NousResearch/Llama-2-7b-hf", "meta-llama/Llama-2-7b-hf"),
        ("unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit", "meta-llama/Llama-3.1-8B-Instruct"),
        ("unsloth/Llama-3.2-1B-Instruct-unsloth-bnb-4bit", "meta-llama/Llama-3.2-1B-Instruct"),
        ("unsloth/llama-3-8b-bnb-4bit", "meta-llama/Meta-Llama-3-8b"),
        ("unsloth/Qwen2.5-7B-bnb-4bit", "Qwen/Qwen2.5-7B"),
        ("unsloth/gemma-2-9b-it-bnb-4bit", "google/gemma-2-9b-it"),
        ("unsloth/mistral-7b-v0.3-bnb-4bit", "mistralai/mistral-7b-v0.3"),
        ("Hugofernandez/Mistral-7B-v0.1-colab-sharded", "mistralai/Mistral-7B-v0.1"),
        ("TinyPixel/Llama-2-7B-bf16-sharded", "meta-llama/Llama-2-7B-hf"),
        ("acme/own-model", "acme/own-model"),
    ],
)
def test_a_parent_is_called_by_its_upstream_name(aliases: AliasTable, written: str, name: str) -> None:
    assert aliases.parent(written) == name


def test_a_model_does_not_become_its_upstream_by_being_called_so(aliases: AliasTable) -> None:
    assert aliases.own("evil/Mistral-7B-v0.1-sharded") == "evil/Mistral-7B-v0.1-sharded"
    assert aliases.own("NousResearch/Llama-2-7b-hf") == "NousResearch/Llama-2-7b-hf"
    assert aliases.own("meta-llama/Meta-Llama-3.1-8B") == "meta-llama/Llama-3.1-8B"


def test_no_alias_leads_to_another(aliases: AliasTable) -> None:
    targets = [*aliases.names.values(), *aliases.mirrors.values()]

    assert all(aliases.parent(target) == target for target in targets)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("acme/Llama-3.1-8B-x", "llama"),
        ("acme/Meta-Llama3.1-8B", "llama"),
        ("acme/llama2-7b", "llama"),
        ("acme/Qwen1.5-moe", "qwen"),
        ("acme/x-yi1.5-6b", "yi"),
        ("acme/my-phi3-mini", "phi"),
        ("acme/starcoder2-3b-x", "starcoder"),
        ("meta-llama/Llama-3.1-8B", None),
        ("Qwen/Qwen2-7B", None),
        ("TinyLlama/TinyLlama-1.1B", None),
        ("acme/philosopher", None),
        ("llama", None),
    ],
)
def test_a_family_word_counts_for_others_than_its_publisher(aliases: AliasTable, name: str, family: str | None) -> None:
    assert aliases.family_of(name) == family


def test_a_name_tells_how_it_was_quantized(aliases: AliasTable) -> None:
    assert aliases.method_in("acme/x-7B-GPTQ") == "gptq"
    assert aliases.method_in("gguf-org/x") is None


@pytest.mark.parametrize(
    ("text", "short", "name"),
    [
        ("acme/llama", False, "acme/llama"),
        (" https://huggingface.co/acme/llama/ ", False, "acme/llama"),
        ("gpt2", True, "gpt2"),
        ("gpt2", False, None),
        ("/srv/model", True, None),
        ("./outputs/x", True, None),
        ("~/x", True, None),
        ("C:\\models\\x", True, None),
        ("a/b/c", True, None),
        ("", True, None),
        ("-a/b", True, None),
        ("a/" + "b" * 300, True, None),
        ("модель/имя", True, None),
    ],
)
def test_a_path_is_no_repository(text: str, name: str | None, *, short: bool) -> None:
    assert hub_id(text, short=short) == name


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda d: d.pop("names"), "aliases.names"),
        (lambda d: d["names"].update(x=5), "aliases.names.x: got 5"),
        (lambda d: d["mirrors"].update(x="a b"), "aliases.mirrors.x: got 'a b'"),
        (lambda d: d.update(patterns={}), "aliases.patterns"),
        (lambda d: d.update(patterns=[5]), r"aliases.patterns\[1\]"),
        (lambda d: d.update(patterns=[{"match": "x"}]), r"aliases.patterns\[1\]: expected the texts"),
        (
            lambda d: d.update(patterns=[{"match": "(", "name": "x"}]),
            r"aliases.patterns\[1\].match: '\(' is no regular",
        ),
        (lambda d: d.update(patterns=[{"match": "x?", "name": r"\2"}]), r"aliases.patterns\[1\].match"),
        (lambda d: d.update(families={"x": "y"}), "aliases.families.x"),
        (lambda d: d.update(methods=[]), "aliases.methods"),
    ],
)
def test_a_mistake_in_the_table_is_named(change: Any, where: str) -> None:
    broken = document()
    change(broken)

    with pytest.raises(BadPolicies, match=where):
        AliasTable.from_document(broken)
