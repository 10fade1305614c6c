from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulators.hub import Hub
from tests.simulators.tables import shipped
from tests.weight_files import gguf

from weighbridge.facts import to_json
from weighbridge.gathering import Gatherer
from weighbridge.model.evidence import (
    Adapter,
    Card,
    Evidence,
    File,
    Files,
    GenerationConfig,
    License,
    Lineage,
    Place,
    Resolved,
    Shape,
)
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.refs import ModelRef
from weighbridge.sources.directory import DirectorySource
from weighbridge.sources.hub import HubSource
from weighbridge.sources.interface import Listing
from weighbridge.weights import ListedFile

NOW = datetime(2026, 11, 25, 12, 0, 31, tzinfo=UTC)
NOON = int(datetime(2026, 11, 25, 12, 0, tzinfo=UTC).timestamp())
FACTS = ("card", "license", "lineage", "files", "config", "tokenizer", "generation_config", "adapter")
CARD = b"---\nlicense: apache-2.0\nbase_model: acme/base\n---\n# Model\n\nA model that answers.\n"
CONFIG = json.dumps(
    {"hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 10, "_name_or_path": "acme/base"}
).encode()


@dataclass
class Watch:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with Hub() as hub:
        yield hub


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def gatherer(hub: Hub, watch: Watch) -> AsyncIterator[Gatherer]:
    async with HubSource(hub.endpoint, lambda: NOW, seconds=3) as source:
        yield Gatherer({"hf": source}, shipped(), watch)


async def one(gatherer: Gatherer, ref: str = "hf://acme/model", seconds: float = 10) -> Evidence:
    (evidence,) = await gatherer.gather([ModelRef.parse(ref)], seconds)
    return evidence


def lineage_of(evidence: Evidence) -> Lineage:
    assert isinstance(evidence.lineage, Found)
    assert isinstance(evidence.lineage.value, Lineage)
    return evidence.lineage.value


def license_of(evidence: Evidence) -> License:
    assert isinstance(evidence.license, Found)
    assert isinstance(evidence.license.value, License)
    return evidence.license.value


async def test_everything_about_a_model_is_gathered(hub: Hub, gatherer: Gatherer) -> None:
    base = hub.publish("acme/base", {"README.md": b"---\nlicense: llama3.1\n---\n# Base\n", "config.json": CONFIG})
    commit = hub.publish(
        "acme/model",
        {
            "README.md": CARD,
            "config.json": CONFIG,
            "tokenizer_config.json": b'{"tokenizer_class": "X", "auto_map": {"A": "t.T"}}',
            "generation_config.json": b'{"trust_remote_code": true}',
            "adapter_config.json": b'{"base_model_name_or_path": "acme/base"}',
            "LICENSE": b"anything",
            "modeling_x.py": b"",
        },
        {"model.safetensors": 9, "old.bin": 8},
    )

    found = await one(gatherer)

    assert found.resolved == Found(Resolved(commit, None, None, immutable=False))
    assert isinstance(found.card, Found)
    assert isinstance(found.card.value, Card)
    assert license_of(found).id == "apache-2.0"
    lineage = lineage_of(found)
    assert [(node.name, node.commit, node.license and node.license.id) for node in lineage.nodes] == [
        ("acme/base", base, "llama3.1")
    ]
    assert lineage.shape == lineage.nodes[0].shape == Shape(64, 2, 10)
    assert isinstance(found.files, Found)
    assert isinstance(found.files.value, Files)
    assert [file.path for file in found.files.value.files] == ["model.safetensors", "modeling_x.py", "old.bin"]
    assert isinstance(found.generation_config, Found)
    assert isinstance(found.generation_config.value, GenerationConfig)
    assert found.adapter == Found(Adapter("acme/base", None, None))
    assert {pointer for pointer in found.places if not pointer.startswith("card.")} == {
        "card", "license.declared", "license.file", "config.name_or_path", "tokenizer.auto_map",
        "generation_config.trust_remote_code", "adapter.base", "file:modeling_x.py", "file:old.bin",
        "lineage.edge:front_matter:acme/base", "lineage.edge:adapter_config:acme/base", "lineage.edge:config:acme/base",
    }  # fmt: skip
    assert found.places["license.declared"] == Place("README.md", 2, "license: apache-2.0")


async def test_references_are_answered_in_order(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/a", {"README.md": b"a"})
    hub.publish("acme/b", {"README.md": b"b"})
    refs = [ModelRef.parse(text) for text in ("hf://acme/b", "s3://bucket/x", "hf://acme/a", "hf://acme/b")]

    found = await gatherer.gather(refs, 10)

    assert [one.ref for one in found] == refs
    assert found[0].card == found[3].card != found[2].card


async def test_no_reference_is_no_evidence(gatherer: Gatherer) -> None:
    assert await gatherer.gather([], 1) == ()


async def test_the_same_question_is_asked_once_however_many_ask(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"README.md": b"x", "config.json": CONFIG.replace(b"acme/base", b"")})
    hub.stall(0.05)
    refs = [ModelRef.parse("hf://acme/model")] * 20

    await asyncio.gather(*(gatherer.gather(refs, 10) for _ in range(5)))

    assert len(hub.requests) == len(set(hub.requests)) == 4


async def test_a_file_the_listing_does_not_name_is_missing_without_a_question(hub: Hub, gatherer: Gatherer) -> None:
    commit = hub.publish("acme/model", {"README.md": b"x"})

    found = await one(gatherer)

    assert found.config == Missing(f"config.json of acme/model@{commit[:12]}")
    assert len(hub.requests) == 3
    assert not [path for path in hub.requests if "config.json" in path]


async def test_what_stands_at_a_commit_is_asked_once_for_good(hub: Hub, gatherer: Gatherer, watch: Watch) -> None:
    commit = hub.publish("acme/model", {"README.md": b"x"})
    await one(gatherer, f"hf://acme/model@{commit}")
    asked = len(hub.requests)
    watch.now = 30

    await one(gatherer, f"hf://acme/model@{commit}")

    assert len(hub.requests) == asked


async def test_a_branch_that_moved_is_noticed_and_revisions_are_never_mixed(
    hub: Hub, gatherer: Gatherer, watch: Watch
) -> None:
    hub.publish("acme/model", {"README.md": b"---\nlicense: mit\n---\n", "a.py": b""})
    before = await one(gatherer)
    hub.publish("acme/model", {"README.md": b"---\nlicense: apache-2.0\n---\n"}, {"b.bin": 1})
    soon = await one(gatherer)
    watch.now = 61
    later = await one(gatherer)

    assert (license_of(before).id, license_of(soon).id, license_of(later).id) == ("mit", "mit", "apache-2.0")
    assert isinstance(later.files, Found)
    assert isinstance(later.files.value, Files)
    assert [file.path for file in later.files.value.files] == ["b.bin"]


async def test_an_unresolved_reference_is_unknown_throughout_and_nobody_is_asked(hub: Hub, gatherer: Gatherer) -> None:
    ref = ModelRef("unresolved", "pod/x/main", file="--model", unresolved_because="MODEL_ID comes from a Secret")

    (found,) = await gatherer.gather([ref], 1)

    assert {getattr(found, fact) for fact in (*FACTS, "resolved")} == {
        Unknown("unresolved_reference", detail="MODEL_ID comes from a Secret")
    }
    assert hub.requests == []


async def test_a_scheme_without_source_is_unknown_throughout(gatherer: Gatherer) -> None:
    found = await one(gatherer, "pvc://models/llama")

    assert {getattr(found, fact) for fact in (*FACTS, "resolved")} == {
        Unknown("no_source", detail="no source reads pvc:// references")
    }


async def test_a_repository_that_does_not_exist_is_missing_and_the_rest_unknown(tmp_path: Path) -> None:
    gatherer = Gatherer({"hf": DirectorySource(tmp_path)}, shipped())

    found = await one(gatherer)

    assert found.resolved == Missing(f"acme/model in {tmp_path}")
    assert {getattr(found, fact).because for fact in FACTS} == {"no_repository"}


async def test_an_unreachable_hub_is_not_a_missing_card(hub: Hub, gatherer: Gatherer, watch: Watch) -> None:
    hub.publish("acme/model", {"README.md": CARD})
    await hub.go_dark()
    dark = await one(gatherer)
    await hub.come_back()
    soon = await one(gatherer)
    watch.now = 11
    later = await one(gatherer)

    assert {getattr(dark, fact) for fact in (*FACTS, "resolved")} == {dark.resolved}
    assert isinstance(dark.card, Unknown)
    assert (dark.card.because, dark.card.host, dark.card.since) == ("unreachable", hub.host, NOON)
    assert soon.card == dark.card
    assert isinstance(later.card, Found)


async def test_what_is_late_is_unknown_and_there_for_the_next_asker(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"README.md": b"x"})
    hub.stall(0.4)
    late = await one(gatherer, seconds=0.1)
    await asyncio.sleep(1)
    asked = len(hub.requests)

    again = await one(gatherer, seconds=5)

    assert late.card == Unknown("timeout", hub.host, NOON, f"no answer from {hub.host} in 0.1 s")
    assert late.resolved == late.license == late.card
    assert isinstance(again.card, Found)
    assert hub.requests.count("/api/models/acme/model/revision/main") == 1
    assert asked >= 1


async def test_only_what_is_late_is_unknown(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"README.md": CARD, "config.json": CONFIG})
    hub.stall(2, pattern="config.json")

    found = await one(gatherer, seconds=0.5)

    assert isinstance(found.card, Found)
    assert isinstance(found.config, Unknown)
    assert ("acme/model", "timeout") in {(gap.node, gap.because) for gap in lineage_of(found).unknown}


async def test_content_that_cannot_be_used_is_found_and_never_unknown(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish(
        "acme/model", {"README.md": b"x" * (1024 * 1024 + 1), "config.json": b"{", "generation_config.json": b"[]", "LICENSE": b"x" * 300_000,
        "tokenizer_config.json": b"\xff", "adapter_config.json": b" "},
    )  # fmt: skip

    found = await one(gatherer)

    assert found.card == Found(Unreadable("README.md is larger than 1 MiB"))
    assert found.license == Found(Unreadable("README.md is larger than 1 MiB"))
    assert found.config == Found(Unreadable("config.json is not JSON, line 1"))
    assert found.generation_config == Found(Unreadable("generation_config.json is not a JSON object"))
    assert found.tokenizer == Found(Unreadable("tokenizer_config.json is not UTF-8"))
    assert found.adapter == Found(Unreadable("adapter_config.json is not JSON, line 1"))


async def test_a_card_of_too_many_lines_is_unreadable(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"README.md": b"\n" * 30_000})

    assert (await one(gatherer)).card == Found(Unreadable("README.md has 30001 lines, at most 20000 are read"))


async def test_a_listing_nobody_can_read_leaves_the_rest_to_be_asked(hub: Hub, gatherer: Gatherer) -> None:
    commit = hub.publish("acme/model", {"README.md": CARD})
    body = json.dumps({"sha": commit, "siblings": [1] * 100_001}).encode()
    hub.answer(200, {}, body, pattern="/api/")

    found = await one(gatherer)

    why = Unreadable("the repository lists 100001 files, at most 100000 are read")
    assert found.files == Found(why)
    assert isinstance(found.card, Found)
    assert isinstance(found.config, Missing)


async def test_more_weights_than_anybody_has_are_unreadable(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"README.md": CARD}, {f"{number}.bin": 1 for number in range(2001)})

    found = await one(gatherer)

    assert isinstance(found.files, Found)
    assert isinstance(found.files.value, Unreadable)
    assert isinstance(found.card, Found)


async def test_metadata_nobody_can_read_states_no_license(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"README.md": b"---\nlicense: mit\nlicense: gpl-3.0\n---\n# Model\n"})

    found = await one(gatherer)

    assert found.license == Found(Unreadable("README.md: line 3: the key 'license' stands twice, first on line 1"))


async def test_no_statement_anywhere_is_a_missing_license(hub: Hub, gatherer: Gatherer) -> None:
    commit = hub.publish("acme/model", {"README.md": b"# Model", "LICENSE": b"Be nice."})

    found = await one(gatherer)

    assert found.license == Missing(f"README.md and license files of acme/model@{commit[:12]}")
    assert found.places["license.file"] == Place("LICENSE", 1, "Be nice.")


@pytest.mark.parametrize(
    ("card", "known"),
    [(b"---\nlicense: mit\n---\n", True), (b"---\nlicense: other\n---\n", False), (b"# Model", False)],
)
async def test_a_license_is_unknown_while_a_file_could_still_say_it(
    hub: Hub, gatherer: Gatherer, card: bytes, *, known: bool
) -> None:
    hub.publish("acme/model", {"README.md": card, "LICENSE": b"x"})
    hub.answer(503, pattern="/LICENSE")

    found = await one(gatherer)

    assert isinstance(found.license, Found if known else Unknown)


async def test_a_license_is_unknown_while_the_card_could_be_stricter_than_the_file(
    hub: Hub, gatherer: Gatherer
) -> None:
    mit = b'MIT License\nPermission is hereby granted, free of charge, to any person obtaining a copy\nTHE SOFTWARE IS PROVIDED "AS IS"'
    hub.publish("acme/model", {"README.md": b"---\nlicense: cc-by-nc-4.0\n---\n", "LICENSE": mit})
    hub.answer(503, pattern="README.md")

    assert isinstance((await one(gatherer)).license, Unknown)


async def test_at_most_four_license_files_are_read_and_texts_before_notices(hub: Hub, gatherer: Gatherer) -> None:
    names = ["NOTICE", "LICENSE-a", "LICENSE-b", "LICENSE-c", "COPYING", "licence.txt"]
    hub.publish("acme/model", dict.fromkeys(names, b"x"))

    await one(gatherer)

    read = [path.rpartition("/")[2] for path in hub.requests if "/resolve/" in path]
    assert sorted(read) == [
        "COPYING",
        "LICENSE-a",
        "LICENSE-b",
        "LICENSE-c",
    ]


async def test_parents_are_walked_to_the_roots_and_at_most_eight_levels(hub: Hub, gatherer: Gatherer) -> None:
    for child in range(11):
        hub.publish(f"acme/m{child}", {"README.md": f"---\nbase_model: acme/m{child + 1}\n---\n".encode()})
    hub.publish("acme/m11", {"README.md": b"# Root"})

    near = lineage_of(await one(gatherer, "hf://acme/m8"))
    far = lineage_of(await one(gatherer, "hf://acme/m0"))

    assert [(node.name, node.state) for node in near.nodes] == [
        ("acme/m9", "found"), ("acme/m10", "found"), ("acme/m11", "found"),
    ]  # fmt: skip
    assert [node.state for node in far.nodes] == ["found"] * 8 + ["not_walked"]
    assert far.nodes[0].ancestors == tuple(sorted(f"acme/m{number}" for number in range(2, 10)))
    assert len(hub.requests) == len(set(hub.requests))


async def test_every_file_that_names_a_parent_is_read(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish(
        "acme/model",
        {
            "mergekit_config.yml": b"merge_method: linear\nmodels: [{model: acme/a}, {model: acme/b}]",
            "quantize_config.json": b'{"model_name_or_path": "acme/c", "bits": 4}',
            "model.gguf": gguf(
                {"general.base_model.count": 1, "general.base_model.0.repo_url": "https://huggingface.co/acme/d"}, {}
            ),
        },
        tags=("base_model:adapter:acme/e", "region:us"),
    )

    lineage = lineage_of(await one(gatherer))

    assert [(edge.parent, edge.source, edge.relation) for edge in lineage.edges] == [
        ("acme/a", "mergekit", "merge"),
        ("acme/b", "mergekit", "merge"),
        ("acme/c", "quantize_config", "quantized"),
        ("acme/d", "gguf", "unstated"),
        ("acme/e", "hub_tags", "adapter"),
    ]


async def test_a_card_may_hold_the_merge_configuration(hub: Hub, gatherer: Gatherer) -> None:
    card = b"# M\n\n```yaml\nmerge_method: linear\nmodels: [{model: acme/a}, {model: acme/b}]\n```\n"
    hub.publish("acme/model", {"README.md": card})

    found = await one(gatherer)

    assert [edge.source for edge in lineage_of(found).edges] == ["mergekit", "mergekit"]
    assert found.places["lineage.edge:mergekit:acme/b"] == Place("README.md")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("mergekit_config.yml", b"\xff"),
        ("mergekit_config.yml", b"models: ["),
        ("quantize_config.json", b"{"),
        ("quantize_config.json", b'{"model_name_or_path": null}'),
    ],
)
async def test_a_file_that_names_no_parent_still_shows_that_there_was_one(
    hub: Hub, gatherer: Gatherer, path: str, content: bytes
) -> None:
    hub.publish("acme/model", {path: content})

    lineage = lineage_of(await one(gatherer))

    assert (lineage.edges, lineage.derived_by, lineage.unknown) == ((), (path,), ())


@pytest.mark.parametrize(("path", "gaps"), [("a.gguf", 1), ("model.safetensors", 0)])
async def test_only_a_header_that_could_name_a_parent_is_a_gap(
    hub: Hub, gatherer: Gatherer, path: str, gaps: int
) -> None:
    hub.publish("acme/model", {}, {path: 10})
    hub.answer(503, pattern=path)

    assert len(lineage_of(await one(gatherer)).unknown) == gaps


async def test_a_circle_of_parents_ends(hub: Hub, gatherer: Gatherer) -> None:
    for child, parent in (("acme/model", "acme/a"), ("acme/a", "acme/b"), ("acme/b", "acme/model")):
        hub.publish(child, {"README.md": f"---\nbase_model: {parent}\n---\n".encode()})

    lineage = lineage_of(await one(gatherer))

    assert {node.name: node.ancestors for node in lineage.nodes} == {
        "acme/a": ("acme/a", "acme/b", "acme/model"),
        "acme/b": ("acme/a", "acme/b", "acme/model"),
    }


async def test_a_parent_is_read_at_the_commit_its_child_names(hub: Hub, gatherer: Gatherer) -> None:
    old = hub.publish("acme/base", {"README.md": b"---\nlicense: llama2\n---\n"})
    hub.publish("acme/base", {"README.md": b"---\nlicense: mit\n---\n"})
    hub.publish("acme/model", {"README.md": f"---\nbase_model: acme/base@{old}\n---\n".encode()})

    (node,) = lineage_of(await one(gatherer)).nodes

    assert (node.commit, node.license and node.license.id) == (old, "llama2")


async def test_a_commit_that_does_not_exist_hides_no_terms_and_is_not_claimed(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/base", {"README.md": b"---\nlicense: llama2\n---\n"})
    hub.publish("acme/model", {"README.md": f"---\nbase_model: acme/base@{'0' * 40}\n---\n".encode()})

    (node,) = lineage_of(await one(gatherer)).nodes

    assert (node.state, node.commit, node.license and node.license.id) == ("found", None, "llama2")


async def test_a_copy_is_read_where_its_upstream_is_not_published(tmp_path: Path) -> None:
    for name, card in (
        ("acme/model", "---\nbase_model: NousResearch/Llama-2-7b-hf\n---\n"),
        ("NousResearch/Llama-2-7b-hf", "---\nlicense: llama2\n---\n"),
    ):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "README.md").write_text(card)
    gatherer = Gatherer({"hf": DirectorySource(tmp_path)}, shipped())

    (node,) = lineage_of(await one(gatherer)).nodes

    assert (node.name, node.state, node.license and node.license.id) == ("meta-llama/Llama-2-7b-hf", "found", "llama2")


async def test_a_parent_that_does_not_exist_is_a_missing_node_and_no_gap(tmp_path: Path) -> None:
    (tmp_path / "acme/model").mkdir(parents=True)
    (tmp_path / "acme/model" / "README.md").write_text("---\nbase_model: acme/gone\n---\n")

    lineage = lineage_of(await one(Gatherer({"hf": DirectorySource(tmp_path)}, shipped())))

    assert [(node.name, node.state) for node in lineage.nodes] == [("acme/gone", "missing")]
    assert lineage.unknown == ()


async def test_a_parent_nobody_would_tell_of_is_unknown_and_a_gap(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"README.md": b"---\nbase_model: acme/secret\n---\n"})

    lineage = lineage_of(await one(gatherer))

    assert [(node.name, node.state) for node in lineage.nodes] == [("acme/secret", "unknown")]
    assert [(gap.node, gap.because, gap.host) for gap in lineage.unknown] == [
        ("acme/secret", "private_or_absent", hub.host)
    ]


async def test_what_is_unknown_of_a_known_parent_is_a_gap(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/base", {"README.md": b"---\nlicense: mit\n---\n", "config.json": CONFIG})
    hub.publish("acme/model", {"README.md": CARD})
    hub.answer(403, {"X-Error-Code": "GatedRepo"}, pattern="/acme/base/resolve")

    lineage = lineage_of(await one(gatherer))

    assert [(node.state, node.license, node.shape) for node in lineage.nodes] == [("found", None, None)]
    assert {(gap.node, gap.because) for gap in lineage.unknown} == {("acme/base", "private_or_absent")}


async def test_a_model_whose_own_card_is_unknown_has_a_gap_of_its_own(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"README.md": CARD})
    hub.answer(500, pattern="README.md")

    lineage = lineage_of(await one(gatherer))

    assert [(gap.node, gap.because, gap.since) for gap in lineage.unknown] == [("acme/model", "server_error", NOON)]


async def test_more_parents_than_any_merge_has_are_not_walked(hub: Hub, gatherer: Gatherer) -> None:
    names = "\n".join(f"- acme/p{number}" for number in range(500))
    hub.publish("acme/model", {"README.md": f"---\nbase_model:\n{names}\n---\n".encode()})

    found = await one(gatherer)

    assert isinstance(found.lineage, Found)
    assert isinstance(found.lineage.value, Unreadable)
    assert len([path for path in hub.requests if "?" not in path]) == 2


@pytest.mark.parametrize(
    ("listing", "card"),
    [
        (Missing("acme/model"), Missing("README.md of acme/model@aaaaaaaaaaaa")),
        (Unknown("server_error", "hub.example"), Unknown("server_error", "hub.example")),
    ],
)
async def test_without_a_listing_nothing_else_is_asked(listing: Missing | Unknown, card: Missing | Unknown) -> None:
    @dataclass
    class Vanishing:
        host: str = "hub.example"

        async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
            return Found(Resolved("a" * 40, None, revision, immutable=False))

        async def listing(self, repository: str, commit: str) -> Outcome[Listing | Unreadable]:
            return listing

        async def read(self, repository: str, commit: str, path: str, limit: int) -> Outcome[bytes | Unreadable]:
            raise AssertionError(path)

        def late(self, seconds: float) -> Unknown:
            raise AssertionError(seconds)

    found = await one(Gatherer({"hf": Vanishing()}, shipped()))

    assert found.files == listing
    assert found.card == card


async def test_a_parent_of_two_is_asked_about_once(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/a", {"README.md": b"---\nbase_model: [acme/b, acme/model]\n---\n"})
    hub.publish("acme/b", {"README.md": b"# B", "config.json": b'{"auto_map": {"A": "b.C"}}'})
    hub.publish("acme/model", {"README.md": b"---\nbase_model: [acme/a, acme/b]\n---\n"})

    lineage = lineage_of(await one(gatherer))

    assert [(node.name, node.depth) for node in lineage.nodes] == [("acme/a", 1), ("acme/b", 1)]
    assert len(hub.requests) == len(set(hub.requests))


async def test_code_named_in_config_has_its_place(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"config.json": b'{\n"auto_map": {"A": "b.C"}}'})

    found = await one(gatherer)

    assert found.places["config.auto_map"] == Place("config.json", 2, '"auto_map": {"A": "b.C"}}')


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["README.md", "config.json", "adapter_config.json", "LICENSE", "x.py"]), st.binary(max_size=200)
    )
)
def test_no_content_crashes_the_gatherer_and_all_evidence_can_be_sent(files: dict[str, bytes]) -> None:
    @dataclass
    class Held:
        host: str = "hub.example"

        async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
            return Found(Resolved("a" * 40, None, revision, immutable=False))

        async def listing(self, repository: str, commit: str) -> Outcome[Listing | Unreadable]:
            return Found(Listing(tuple(ListedFile(path, len(body), None) for path, body in files.items())))

        async def read(self, repository: str, commit: str, path: str, limit: int) -> Outcome[bytes | Unreadable]:
            return Found(files[path])

        def late(self, seconds: float) -> Unknown:
            return Unknown("timeout", self.host)

    found = asyncio.run(one(Gatherer({"hf": Held()}, shipped())))

    for field in fields(found):
        if field.name not in ("ref", "places"):
            msgspec.json.encode(to_json(getattr(found, field.name)))


async def test_a_folder_without_commits_is_gathered_by_its_digest(tmp_path: Path) -> None:
    (tmp_path / "acme/model").mkdir(parents=True)
    (tmp_path / "acme/model" / "README.md").write_text("---\nlicense: mit\n---\n")
    (tmp_path / "acme/model" / "x.bin").write_bytes(b"x")

    found = await one(Gatherer({"hf": DirectorySource(tmp_path)}, shipped()))

    assert isinstance(found.resolved, Found)
    assert found.resolved.value.digest is not None
    assert license_of(found).id == "mit"
    assert isinstance(found.files, Found)
    assert isinstance(found.files.value, Files)
    assert isinstance(found.files.value.files[0], File)


async def test_evidence_is_put_together_again_when_any_part_of_it_may_have_changed(
    hub: Hub, gatherer: Gatherer, watch: Watch
) -> None:
    hub.publish("acme/base", {"README.md": b"---\nlicense: mit\n---\n"})
    commit = hub.publish("acme/model", {"README.md": CARD})
    ref = f"hf://acme/model@{commit}"
    before = await one(gatherer, ref)
    hub.publish("acme/base", {"README.md": b"---\nlicense: gpl-3.0\n---\n"})
    watch.now = 59
    soon = await one(gatherer, ref)
    watch.now = 61
    later = await one(gatherer, ref)

    assert soon == before
    assert [node.license and node.license.id for node in lineage_of(later).nodes] == ["gpl-3.0"]


async def test_evidence_that_is_kept_belongs_to_whoever_asks(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"README.md": b"x"})
    first = await one(gatherer)
    draft = ModelRef("hf", "acme/model", role="draft")

    (second,) = await gatherer.gather([draft], 10)

    assert second.ref == draft
    assert second.card is not None
    assert second.card == first.card


async def test_what_was_late_is_not_kept(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"README.md": CARD, "config.json": CONFIG})
    hub.stall(0.4, pattern="config.json")
    late = await one(gatherer, seconds=0.2)
    await asyncio.sleep(0.5)

    again = await one(gatherer)

    assert isinstance(late.config, Unknown)
    assert isinstance(again.config, Found)
