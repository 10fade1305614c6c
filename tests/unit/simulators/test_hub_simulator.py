from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import aiohttp
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError
from tests.simulators.hub import MANIFEST, Hub, serving

from weighbridge.model.outcomes import Found, Missing
from weighbridge.sources.hub import HubSource

ROOT = Path(__file__).parents[3]
COMMIT = "3f9c2e1a" * 5


def layout(root: Path) -> Path:
    first, second = root / "acme" / "listed", root / "acme" / "plain"
    first.mkdir(parents=True)
    second.mkdir()
    (first / "README.md").write_text("# Listed")
    entries = [
        {"path": "README.md", "size": 8, "sha256": None},
        {"path": "model.safetensors", "size": 9, "sha256": "a" * 64},
        {"path": "tokenizer.json", "size": None, "sha256": None},
    ]
    (first / MANIFEST).write_text(json.dumps({"commit": COMMIT, "files": entries}))
    (second / "README.md").write_text("# Plain")
    return root


async def test_a_folder_in_hub_layout_is_served_at_its_commit(tmp_path: Path) -> None:
    async with serving(layout(tmp_path)) as hub, HubSource(hub.endpoint) as source:
        resolved, plain = await source.resolve("acme/listed", None), await source.resolve("acme/plain", None)
        listing = await source.listing("acme/listed", COMMIT)

        assert isinstance(resolved, Found)
        assert isinstance(plain, Found)
        assert resolved.value.commit == COMMIT
        assert isinstance(listing, Found)
        assert MANIFEST not in str(listing)
        assert await source.read("acme/listed", COMMIT, "README.md", 100) == Found(b"# Listed")
        assert isinstance(await source.read("acme/listed", COMMIT, "model.safetensors", 100), Missing)


async def test_a_branch_can_be_moved_back_between_two_questions() -> None:
    async with Hub() as hub, HubSource(hub.endpoint) as source:
        old = hub.publish("acme/model", {"README.md": b"old"})
        hub.publish("acme/model", {"README.md": b"new"})
        hub.move("acme/model", "main", old)
        resolved = await source.resolve("acme/model", None)

    assert isinstance(resolved, Found)
    assert resolved.value.commit == old


async def test_paths_of_no_hub_are_not_found() -> None:
    async with Hub() as hub, aiohttp.ClientSession() as session, session.get(f"{hub.endpoint}/") as response:
        assert response.status == 404


async def test_a_hub_that_went_dark_twice_stays_dark() -> None:
    async with Hub() as hub:
        await hub.go_dark()
        await hub.go_dark()
        await hub.come_back()

        async with aiohttp.ClientSession() as session, session.get(f"{hub.endpoint}/x") as response:
            assert response.status == 404


async def test_it_starts_by_itself_and_says_where(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.simulators.hub", "--directory", str(layout(tmp_path)),
        cwd=ROOT, env={"PYTHONPATH": "controller"}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        endpoint = (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()
        async with HubSource(endpoint) as source:
            resolved = await source.resolve("acme/listed", None)
    finally:
        process.terminate()
        await process.wait()

    assert isinstance(resolved, Found)
    assert resolved.value.commit == COMMIT


async def test_the_vendors_own_client_takes_it_for_a_hub(tmp_path: Path) -> None:
    def drive(endpoint: str) -> None:
        api = HfApi(endpoint=endpoint, token=False)
        told = api.model_info("acme/model", files_metadata=True, securityStatus=True)
        pinned = api.model_info("acme/model", revision=commit)
        kept = api.hf_hub_download("acme/model", "README.md", cache_dir=tmp_path)

        assert (told.sha, pinned.sha) == (commit, commit)
        assert {one.rfilename: one.size for one in told.siblings or ()} == {"README.md": 7, "model.safetensors": 9}
        assert [one.lfs.sha256 for one in told.siblings or () if one.lfs] == ["a" * 64]
        assert told.security_repo_status == {"scansDone": True, "filesWithIssues": []}
        assert Path(kept).read_bytes() == b"# Model"
        assert commit in kept
        assert api.file_exists("acme/model", "README.md")
        assert not api.file_exists("acme/model", "LICENSE")
        with pytest.raises(RepositoryNotFoundError):
            api.model_info("acme/none")
        with pytest.raises(RevisionNotFoundError):
            api.model_info("acme/model", revision="none")

    async with Hub() as hub:
        files, digests = {"README.md": b"# Model"}, {"model.safetensors": "a" * 64}
        commit = hub.publish("acme/model", files, {"model.safetensors": 9}, digests=digests)
        hub.scanned("acme/model", {"scansDone": True, "filesWithIssues": []})

        await asyncio.to_thread(drive, hub.endpoint)
