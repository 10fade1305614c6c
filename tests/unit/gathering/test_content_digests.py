from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.simulators.hub import Hub
from tests.simulators.tables import shipped

from weighbridge.gathering import Gatherer
from weighbridge.gathering.contents import HASHED_BYTES
from weighbridge.model.evidence import Evidence
from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.model.refs import ModelRef
from weighbridge.model.scans import Scan, ScannedFile
from weighbridge.sources.directory import DirectorySource
from weighbridge.sources.hub import HubSource
from weighbridge.weights import content_digest

NOW = datetime(2026, 11, 25, 12, 0, 31, tzinfo=UTC)
CONFIG = b'{"model_type": "llama"}'


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with Hub() as hub:
        yield hub


@pytest.fixture
async def gatherer(hub: Hub) -> AsyncIterator[Gatherer]:
    async with HubSource(hub.endpoint, lambda: NOW, seconds=3) as source:
        yield Gatherer({"hf": source}, shipped())


async def one(gatherer: Gatherer, ref: str = "hf://acme/model") -> Evidence:
    (evidence,) = await gatherer.gather([ModelRef.parse(ref)], 10)
    return evidence


async def test_weights_are_taken_from_the_listing_and_small_files_are_fetched_once(
    hub: Hub, gatherer: Gatherer
) -> None:
    files = {"README.md": b"# Model", "config.json": CONFIG, "tokenizer.json": b"[]", "x.py": b"pass"}
    hub.publish("acme/model", files, {"model.safetensors": 9}, digests={"model.safetensors": "a" * 64})

    found = await one(gatherer)

    parts = [(path, sha256(files[path])) for path in ("config.json", "tokenizer.json", "x.py")]
    assert found.content_digest == Found(content_digest([*parts, ("model.safetensors", "a" * 64)]))
    assert len(hub.requests) == len(set(hub.requests))


async def test_a_mirror_with_equal_content_has_the_digest_of_its_upstream(hub: Hub, gatherer: Gatherer) -> None:
    weights, digests = {"model.safetensors": 9}, {"model.safetensors": "a" * 64}
    hub.publish("acme/model", {"README.md": b"# Model", "config.json": CONFIG}, weights, digests=digests)
    hub.publish("copycat/renamed", {"README.md": b"# Mine!", "config.json": CONFIG}, weights, digests=digests)
    hub.publish("acme/other", {"config.json": CONFIG + b" "}, weights, digests=digests)

    upstream, mirror = await one(gatherer), await one(gatherer, "hf://copycat/renamed")
    other = await one(gatherer, "hf://acme/other")

    assert isinstance(upstream.content_digest, Found)
    assert upstream.content_digest == mirror.content_digest
    assert other.content_digest != mirror.content_digest


async def test_a_reference_to_one_file_is_that_file_and_its_configuration(hub: Hub, gatherer: Gatherer) -> None:
    weights = {"a.gguf": 9, "b.gguf": 8}
    hub.publish("acme/model", {"config.json": CONFIG}, weights, digests={"a.gguf": "a" * 64, "b.gguf": "b" * 64})

    found = await one(gatherer, "hf://acme/model#a.gguf")

    assert found.content_digest == Found(content_digest([("a.gguf", "a" * 64), ("config.json", sha256(CONFIG))]))


async def test_where_weights_would_be_needed_the_digest_is_unknown_and_none_are_fetched(
    hub: Hub, gatherer: Gatherer
) -> None:
    hub.publish("acme/model", {"config.json": CONFIG, "model.safetensors": b"12345678"})

    found = await one(gatherer)

    assert isinstance(found.content_digest, Unknown)
    assert found.content_digest.because == "weights_needed"
    assert "model.safetensors" in found.content_digest.detail
    assert isinstance(found.resolved, Found)


async def test_a_file_too_large_to_be_fetched_is_unknown(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"tokenizer.json": b"x" * (HASHED_BYTES + 1)})

    found = await one(gatherer)

    assert isinstance(found.content_digest, Unknown)
    assert found.content_digest.because == "weights_needed"


async def test_a_file_that_lies_about_its_size_is_unreadable_and_no_digest(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"config.json": CONFIG})
    hub.answer(200, body=b"x" * (HASHED_BYTES + 1), pattern="config.json")

    found = await one(gatherer)

    assert isinstance(found.content_digest, Found)
    assert isinstance(found.content_digest.value, Unreadable)


async def test_a_silent_hub_is_no_digest(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"tokenizer.json": b"[]"})
    hub.answer(503, pattern="tokenizer.json")

    found = await one(gatherer)

    assert isinstance(found.content_digest, Unknown)
    assert found.content_digest.because == "server_error"


async def test_a_repository_of_text_alone_has_no_content(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"README.md": b"# Model"})

    assert isinstance((await one(gatherer)).content_digest, Missing)


async def test_a_listing_that_is_unknown_or_unreadable_speaks_for_the_digest(hub: Hub, gatherer: Gatherer) -> None:
    siblings = b",".join(b'{"rfilename": "f%d"}' % number for number in range(100_001))
    hub.publish("acme/model", {})
    hub.answer(200, body=b'{"sha": "' + b"a" * 40 + b'", "siblings": [' + siblings + b"]}")

    found = await one(gatherer)

    assert isinstance(found.content_digest, Found)
    assert isinstance(found.content_digest.value, Unreadable)


async def test_a_folder_has_the_digest_of_what_it_was_copied_from(tmp_path: Path, hub: Hub, gatherer: Gatherer) -> None:
    folder = tmp_path / "acme" / "model"
    folder.mkdir(parents=True)
    (folder / "config.json").write_bytes(CONFIG)
    (folder / "model.safetensors").write_bytes(b"12345678")
    (folder / "README.md").write_bytes(b"another card")
    digests = {"model.safetensors": sha256(b"12345678")}
    hub.publish("acme/model", {"config.json": CONFIG}, {"model.safetensors": 8}, digests=digests)

    copied = await one(Gatherer({"hf": DirectorySource(tmp_path)}, shipped()))

    assert isinstance(copied.content_digest, Found)
    assert copied.content_digest == (await one(gatherer)).content_digest


@pytest.mark.parametrize(
    ("status", "scan"),
    [
        ({"scansDone": True, "filesWithIssues": []}, Scan(done=True, issues=())),
        ({"scansDone": False, "filesWithIssues": []}, Scan(done=False, issues=())),
        ({"scansDone": "yes", "filesWithIssues": []}, Scan(done=False, issues=())),
        (
            {"scansDone": True, "filesWithIssues": [{"path": "a.bin", "level": "unsafe"}]},
            Scan(done=True, issues=(ScannedFile("a.bin", "unsafe"),)),
        ),
        (
            {
                "scansDone": True,
                "filesWithIssues": [{"path": "a", "level": "queued"}, {"path": "b", "level": "new"}, 5],
            },
            Scan(
                done=True,
                issues=(ScannedFile("a", "queued"), ScannedFile("b", "unstated"), ScannedFile("", "unstated")),
            ),
        ),
        ({"scansDone": True}, Scan(done=False, issues=(ScannedFile("", "unstated"),))),
    ],
)
async def test_only_a_finished_scan_without_issues_is_a_clean_bill(
    hub: Hub, gatherer: Gatherer, status: object, scan: Scan
) -> None:
    hub.publish("acme/model", {"README.md": b"# Model"})
    hub.scanned("acme/model", status)

    assert (await one(gatherer)).scan == Found(scan)


async def test_more_issues_than_are_kept_are_never_done(hub: Hub, gatherer: Gatherer) -> None:
    hub.publish("acme/model", {"README.md": b"# Model"})
    issues = [{"path": f"f{number}", "level": "unsafe"} for number in range(501)]
    hub.scanned("acme/model", {"scansDone": True, "filesWithIssues": issues})

    found = (await one(gatherer)).scan

    assert isinstance(found, Found)
    assert isinstance(found.value, Scan)
    assert (found.value.done, len(found.value.issues)) == (False, 500)


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"securityRepoStatus": 5}', b"[" * 5000])
async def test_an_answer_that_does_not_speak_of_scans_is_a_missing_scan(
    hub: Hub, gatherer: Gatherer, body: bytes
) -> None:
    commit = hub.publish("acme/model", {"README.md": b"# Model"})
    hub.answer(200, body=body, pattern=f"/revision/{commit}")

    assert isinstance((await one(gatherer)).scan, Missing)


async def test_a_source_that_cannot_scan_has_no_scans(tmp_path: Path) -> None:
    (tmp_path / "acme" / "model").mkdir(parents=True)

    assert isinstance((await one(Gatherer({"hf": DirectorySource(tmp_path)}, shipped()))).scan, Missing)
