from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from weighbridge.errors import UserError
from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.sources.attestations import LARGEST_FILE, AttestationFolder, HttpAttestations, attestation_store

KEY = "gitCommit-" + "3f9c2e1a" * 5


@pytest.fixture
async def served() -> AsyncIterator[tuple[str, dict[str, int | bytes]]]:
    """A store behind HTTP that answers what the test puts into the table."""
    answers: dict[str, int | bytes] = {}

    async def answer(request: web.Request) -> web.Response:
        said = answers.get(request.path, 404)
        return web.Response(status=said) if isinstance(said, int) else web.Response(body=said)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/store", answers
    await runner.cleanup()


async def asked(url: str, **settings) -> object:
    store = HttpAttestations(url, **settings)
    try:
        return await store.attestations(KEY)
    finally:
        await store.close()


async def test_a_store_answers_with_its_bundles(served):
    url, answers = served
    answers[f"/store/{KEY}.jsonl"] = b"{}\n"

    assert await asked(url) == Found(b"{}\n")


@pytest.mark.parametrize(
    ("status", "because"),
    [
        (401, "private_or_absent"),
        (403, "private_or_absent"),
        (429, "rate_limited"),
        (500, "server_error"),
        (204, "server_error"),
    ],
)
async def test_a_store_that_does_not_say_is_unknown(served, status, because):
    url, answers = served
    answers[f"/store/{KEY}.jsonl"] = status
    outcome = await asked(url)

    assert isinstance(outcome, Unknown)
    assert outcome.because == because


async def test_a_store_without_anything_about_a_digest_is_missing(served):
    url, answers = served

    assert isinstance(await asked(url), Missing)

    answers[f"/store/{KEY}.jsonl"] = 410

    assert isinstance(await asked(url), Missing)


async def test_a_file_of_absurd_size_is_unreadable(served):
    url, answers = served
    answers[f"/store/{KEY}.jsonl"] = b" " * (LARGEST_FILE + 1)
    outcome = await asked(url)

    assert isinstance(outcome, Found)
    assert isinstance(outcome.value, Unreadable)


async def test_a_store_that_is_down_is_unknown_with_its_name():
    outcome = await asked("http://127.0.0.1:9/store")

    assert isinstance(outcome, Unknown)
    assert (outcome.because, outcome.host) == ("unreachable", "127.0.0.1:9")


async def test_offline_asks_nobody(served):
    url, _ = served
    outcome = await asked(url, offline=True)

    assert isinstance(outcome, Unknown)
    assert outcome.because == "offline"


async def test_a_folder_is_a_store(tmp_path: Path):
    store = AttestationFolder(tmp_path)
    (tmp_path / f"{KEY}.jsonl").write_bytes(b"{}")
    large = "sha256-" + "a" * 64
    (tmp_path / f"{large}.jsonl").write_bytes(b" " * (LARGEST_FILE + 1))

    assert await store.attestations(KEY) == Found(b"{}")
    assert isinstance(await store.attestations("sha256-" + "b" * 64), Missing)
    assert isinstance((await store.attestations(large)).value, Unreadable)
    assert store.host == str(tmp_path)
    assert store.late(2).because == "timeout"
    await store.close()


async def test_a_folder_that_is_away_is_unknown(tmp_path: Path):
    outcome = await AttestationFolder(tmp_path / "none").attestations(KEY)

    assert isinstance(outcome, Unknown)
    assert "there is no such folder" in outcome.detail


@pytest.mark.parametrize("key", ["../../etc/passwd", "sha256:abc", "gitCommit-XYZ", ""])
async def test_only_digests_are_asked_for(tmp_path, key):
    with pytest.raises(ValueError, match="no algorithm and digest"):
        await AttestationFolder(tmp_path).attestations(key)


def test_a_store_is_a_folder_or_an_address():
    assert isinstance(attestation_store("somewhere"), AttestationFolder)
    assert attestation_store("https://store.example/a").host == "store.example"
    assert attestation_store("https://store.example/a").late(1).host == "store.example"
    with pytest.raises(UserError, match="expected a folder or https"):
        attestation_store("ftp://store.example")
