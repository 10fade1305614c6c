from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.simulators.hub import Hub
from tests.simulators.tables import shipped
from tests.weight_files import framed, gguf, safetensors

from weighbridge.gathering import Gatherer
from weighbridge.gathering.weighing import FIRST_BYTES
from weighbridge.model.evidence import Evidence
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.refs import ModelRef
from weighbridge.model.weights import Dtype, ParentRatio, Weights
from weighbridge.sources.directory import DirectorySource
from weighbridge.sources.hub import HubSource
from weighbridge.weights.gguf import LONGEST_START

CONFIG = json.dumps(
    {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 100, "num_attention_heads": 4,
     "intermediate_size": 128, "torch_dtype": "bfloat16"}
).encode()  # fmt: skip
PARAMETERS = 95_040
CARD = b"---\nbase_model: acme/base\n---\n"
HEAD, SIZE = safetensors({"w": ("BF16", [PARAMETERS])})


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with Hub() as hub:
        yield hub


@pytest.fixture
async def gatherer(hub: Hub) -> AsyncIterator[Gatherer]:
    async with HubSource(hub.endpoint, seconds=3) as source:
        yield Gatherer({"hf": source}, shipped())


async def one(gatherer: Gatherer, ref: str = "hf://acme/model") -> Evidence:
    (evidence,) = await gatherer.gather([ModelRef.parse(ref)], 10)
    return evidence


def weights_of(evidence: Evidence) -> Weights:
    assert isinstance(evidence.weights, Found)
    assert isinstance(evidence.weights.value, Weights)
    return evidence.weights.value


@pytest.mark.parametrize("ranges", [True, False])
async def test_a_model_is_weighed_by_the_first_bytes_of_its_files(
    hub: Hub, gatherer: Gatherer, *, ranges: bool
) -> None:
    hub.publish("acme/model", {"config.json": CONFIG}, {"model.safetensors": SIZE}, heads={"model.safetensors": HEAD})
    hub.ranges = ranges

    found = weights_of(await one(gatherer))

    assert (found.format, found.source, found.parameters) == ("safetensors", "headers", PARAMETERS)
    assert (found.ratio, found.bits, found.dtypes) == (1.0, 16.0, (Dtype("BF16", PARAMETERS),))


async def test_weights_are_never_read_whole(hub: Hub, gatherer: Gatherer) -> None:
    tensors = {f"layers.{number}.weight": ("BF16", [1_000_000]) for number in range(2_000)}
    head, size = safetensors(tensors)
    hub.publish(
        "acme/model",
        {"config.json": CONFIG},
        {f"model-{number}-of-2.safetensors": size for number in (1, 2)},
        heads={f"model-{number}-of-2.safetensors": head for number in (1, 2)},
    )

    found = weights_of(await one(gatherer))

    assert found.parameters == 4_000_000_000
    assert sorted(hub.pieces) == [
        (f"model-{number}-of-2.safetensors", *piece)
        for number in (1, 2)
        for piece in ((0, FIRST_BYTES), (FIRST_BYTES, len(head) - FIRST_BYTES))
    ]


async def test_the_size_is_compared_with_parents_in_their_own_precision(hub: Hub, gatherer: Gatherer) -> None:
    upcast = CONFIG.replace(b"bfloat16", b"float32")
    hub.publish("acme/base", {"config.json": upcast}, {"model.safetensors": 4 * PARAMETERS})
    hub.publish("acme/model", {"config.json": CONFIG, "README.md": CARD}, {"model.safetensors": PARAMETERS // 2})

    found = weights_of(await one(gatherer))

    assert found.ratios_to_parents == (ParentRatio("acme/base", 0.25),)
    assert found.source == "sizes"


async def test_a_parent_without_weights_is_measured_by_its_configuration(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/base", {"config.json": CONFIG})
    hub.publish("acme/model", {"config.json": CONFIG, "README.md": CARD}, {"model.safetensors": 4 * PARAMETERS})

    assert weights_of(await one(gatherer)).ratios_to_parents == (ParentRatio("acme/base", 2.0),)


async def test_the_file_a_reference_names_is_the_one_that_is_weighed(hub: Hub, gatherer: Gatherer) -> None:
    small = gguf({"general.file_type": 15}, {"w": (12, [256, 10])})
    hub.publish(
        "acme/model", {}, {"a-Q8_0.gguf": 10_000, "b-Q4_K_M.gguf": 5_000},
        heads={"a-Q8_0.gguf": gguf({"general.file_type": 7}, {"w": (8, [256, 10])}), "b-Q4_K_M.gguf": small},
    )  # fmt: skip

    (named,) = await gatherer.gather([ModelRef("hf", "acme/model", file="b-Q4_K_M.gguf")], 10)
    found, other = weights_of(named), weights_of(await one(gatherer))

    assert (found.quantization, found.bits, found.variants) == ("Q4_K_M", 4.5, 2)
    assert other.quantization == "Q8_0"


async def test_of_a_header_that_is_too_long_the_keys_are_known(hub: Hub, gatherer: Gatherer) -> None:
    start = gguf({"general.file_type": 15, "tokens": ["x" * 1_000_000] * 17}, {})
    hub.publish("acme/model", {}, {"a.gguf": 10**9}, heads={"a.gguf": start})

    found = weights_of(await one(gatherer))

    assert (found.quantization, found.source, found.parameters, found.size) == ("Q4_K_M", "sizes", None, 10**9)
    assert sum(length for _, _, length in hub.pieces) == LONGEST_START


async def test_a_header_that_lies_is_found_and_unreadable(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"model.safetensors": framed(b"{")})

    assert (await one(gatherer)).weights == Found(Unreadable("model.safetensors has a header that is not JSON"))


async def test_a_file_that_ends_before_its_header_is_unreadable(tmp_path: Path) -> None:
    folder = tmp_path / "acme/model"
    folder.mkdir(parents=True)
    listing = {"commit": "a" * 40, "files": [{"path": "model.safetensors", "size": 10**6, "sha256": None}]}
    (folder / "_repo_files.json").write_text(json.dumps(listing))
    (folder / "model.safetensors").write_bytes(framed(b" " * 100)[:50])

    found = await one(Gatherer({"hf": DirectorySource(tmp_path)}, shipped()))

    assert found.weights == Found(Unreadable("model.safetensors ends in the middle of its header"))


async def test_an_unanswered_header_is_unknown_and_the_rest_is_known(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"config.json": CONFIG}, {"model.safetensors": SIZE}, heads={"model.safetensors": HEAD})
    hub.answer(503, pattern="model.safetensors")

    found = await one(gatherer)

    assert isinstance(found.weights, Unknown)
    assert isinstance(found.config, Found)


async def test_a_repository_without_weights_has_none_to_weigh(hub: Hub, gatherer: Gatherer) -> None:
    commit = hub.publish("acme/model", {"config.json": CONFIG})
    unlisted = hub.publish("acme/unlisted", {"README.md": b"x"})
    body = {"sha": unlisted, "siblings": [{"rfilename": "model.safetensors"}]}
    hub.answer(200, {}, json.dumps(body).encode(), pattern="/api/models/acme/unlisted")

    bare, unlisted_weights = await one(gatherer), await one(gatherer, "hf://acme/unlisted")

    assert bare.weights == Missing(f"weights of acme/model@{commit[:12]}")
    assert unlisted_weights.weights == Missing(f"weights of acme/unlisted@{unlisted[:12]}")


async def test_a_listing_nobody_can_read_has_no_weights_to_weigh(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {}, {f"{number}.bin": 1 for number in range(2001)})
    commit = hub.publish("acme/endless", {})
    hub.answer(200, {}, json.dumps({"sha": commit, "siblings": [1] * 100_001}).encode(), pattern="acme/endless")

    model, endless = await one(gatherer), await one(gatherer, "hf://acme/endless")

    assert isinstance(model.weights, Found)
    assert isinstance(model.weights.value, Unreadable)
    assert endless.weights == endless.files


async def test_weights_that_are_too_large_for_a_file_system_are_unreadable(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {}, {"model.safetensors": 4}, heads={"model.safetensors": b"\1\2\3\4"})

    assert (await one(gatherer)).weights == Found(Unreadable("model.safetensors is too short to be a safetensors file"))


async def test_what_a_source_calls_unreadable_is_unreadable(tmp_path: Path) -> None:
    class Odd(DirectorySource):
        async def read_range(
            self, repository: str, commit: str, path: str, start: int, length: int
        ) -> Outcome[bytes | Unreadable]:
            return Found(Unreadable(f"{path} is a folder"))

    (tmp_path / "acme/model").mkdir(parents=True)
    (tmp_path / "acme/model/model.safetensors").write_bytes(HEAD)

    found = await one(Gatherer({"hf": Odd(tmp_path)}, shipped()))

    assert found.weights == Found(Unreadable("model.safetensors is a folder"))
