from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.sources import directory
from weighbridge.sources.directory import MANIFEST, DirectorySource
from weighbridge.sources.interface import Listing
from weighbridge.weights import ListedFile

COMMIT = "3f9c2e1a" * 5
NOW = datetime(2026, 11, 25, 12, 0, 31, tzinfo=UTC)
NOON = int(datetime(2026, 11, 25, 12, 0, tzinfo=UTC).timestamp())


def model(root: Path, manifest: object = None, **files: bytes) -> Path:
    folder = root / "acme" / "llama"
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    if manifest is not None:
        (folder / MANIFEST).write_text(manifest if isinstance(manifest, str) else json.dumps(manifest))
    return folder


def manifest(*entries: object) -> object:
    return {"repo": "acme/llama", "commit": COMMIT, "files": list(entries)}


@pytest.mark.parametrize(("revision", "immutable"), [(None, False), ("main", False), (COMMIT, True)])
async def test_a_repository_is_at_the_commit_its_manifest_names(
    tmp_path: Path, revision: str | None, *, immutable: bool
) -> None:
    model(tmp_path, manifest())

    resolved = await DirectorySource(tmp_path).resolve("acme/llama", revision)

    assert isinstance(resolved, Found)
    assert (resolved.value.commit, resolved.value.digest, resolved.value.immutable) == (COMMIT, None, immutable)


@pytest.mark.parametrize("revision", ["dev", "0" * 40, COMMIT[:7], ""])
async def test_another_revision_does_not_exist(tmp_path: Path, revision: str) -> None:
    model(tmp_path, manifest())
    source = DirectorySource(tmp_path)

    assert await source.resolve("acme/llama", revision) == Missing(f"acme/llama@{revision} in {tmp_path}")
    assert await source.listing("acme/llama", "0" * 40) == Missing(f"acme/llama@{'0' * 40} in {tmp_path}")


async def test_the_manifest_lists_files_that_are_not_stored(tmp_path: Path) -> None:
    weights = {"path": "model.safetensors", "size": 8, "sha256": "a" * 64}
    model(tmp_path, manifest({"path": "README.md", "size": 2, "sha256": None}, weights, 5, {"path": 5}))

    listing = await DirectorySource(tmp_path).listing("acme/llama", COMMIT)

    assert listing == Found(Listing((ListedFile("README.md", 2, None), ListedFile("model.safetensors", 8, "a" * 64))))


async def test_a_stored_file_is_read_and_a_listed_one_that_is_not_stored_is_missing(tmp_path: Path) -> None:
    model(tmp_path, manifest({"path": "config.json", "size": 2, "sha256": None}), **{"README.md": b"x"})
    source = DirectorySource(tmp_path)

    assert await source.read("acme/llama", COMMIT, "README.md", 10) == Found(b"x")
    assert await source.read("acme/llama", COMMIT, "config.json", 10) == Missing(
        f"config.json of acme/llama@{COMMIT[:12]} in {tmp_path}"
    )


async def test_a_file_above_the_limit_is_unreadable_content(tmp_path: Path) -> None:
    model(tmp_path, manifest(), **{"README.md": b"x" * 2049})

    content = await DirectorySource(tmp_path).read("acme/llama", COMMIT, "README.md", 2048)

    assert content == Found(Unreadable("README.md is larger than 2 KiB"))


async def test_a_folder_without_manifest_resolves_to_a_digest_of_its_content(tmp_path: Path) -> None:
    folder = model(tmp_path, **{"README.md": b"x"})
    (folder / "sub").mkdir()
    (folder / "sub" / "model.safetensors").write_bytes(b"weights")
    source = DirectorySource(tmp_path)
    first = await source.resolve("acme/llama", None)
    (folder / "sub" / "model.safetensors").write_bytes(b"other weights")

    second = await source.resolve("acme/llama", None)

    assert isinstance(first, Found)
    assert isinstance(second, Found)
    assert first.value.commit is None
    assert first.value.digest is not None
    assert first.value.digest.startswith("folder:")
    assert first.value.digest != second.value.digest
    listing = await source.listing("acme/llama", second.value.digest or "")
    assert isinstance(listing, Found)
    assert isinstance(listing.value, Listing)
    assert [one.path for one in listing.value.files] == ["README.md", "sub/model.safetensors"]


async def test_the_same_content_elsewhere_has_the_same_digest(tmp_path: Path) -> None:
    for place in ("a", "b"):
        model(tmp_path / place, **{"README.md": b"x", "config.json": b"{}"})

    first = await DirectorySource(tmp_path / "a").resolve("acme/llama", None)
    second = await DirectorySource(tmp_path / "b").resolve("acme/llama", None)

    assert first == second


@pytest.mark.parametrize(
    "name", ["acme/nothing", "nothing", "../outside", "acme/../../outside", "a/b/c", "acme/.", "/etc", "acme/a\0b", ""]
)
async def test_what_is_no_repository_here_is_missing(tmp_path: Path, name: str) -> None:
    model(tmp_path / "hub", manifest())
    (tmp_path / "outside").mkdir()

    assert await DirectorySource(tmp_path / "hub").resolve(name, None) == Missing(f"{name} in {tmp_path / 'hub'}")


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "link", "../../secret", "a\0b", "loop", "README.md/x"])
async def test_no_path_and_no_link_leads_out_of_a_repository(tmp_path: Path, path: str) -> None:
    folder = model(tmp_path / "hub", manifest(), **{"README.md": b"x"})
    (folder.parent / "secret").write_text("secret")
    (tmp_path / "hub" / "secret").write_text("secret")
    (folder / "link").symlink_to(folder.parent / "secret")
    (folder / "loop").symlink_to(folder / "loop")

    content = await DirectorySource(tmp_path / "hub").read("acme/llama", COMMIT, path, 100)

    assert isinstance(content, Missing)


async def test_a_repository_that_is_a_link_out_of_the_hub_is_none(tmp_path: Path) -> None:
    model(tmp_path / "elsewhere", manifest())
    (tmp_path / "hub" / "acme").mkdir(parents=True)
    (tmp_path / "hub" / "acme" / "llama").symlink_to(tmp_path / "elsewhere" / "acme" / "llama")

    resolved = await DirectorySource(tmp_path / "hub").resolve("acme/llama", None)

    assert isinstance(resolved, Missing)


async def test_links_out_of_a_folder_are_not_listed(tmp_path: Path) -> None:
    folder = model(tmp_path, **{"README.md": b"x"})
    (folder / "link").symlink_to(Path(__file__))
    (folder / "broken").symlink_to(folder / "nothing")
    source = DirectorySource(tmp_path)
    resolved = await source.resolve("acme/llama", None)
    assert isinstance(resolved, Found)

    listing = await source.listing("acme/llama", resolved.value.digest or "")

    assert listing == Found(Listing((ListedFile("README.md", 1, _sha256(b"x")),)))


def _sha256(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", f"{MANIFEST} is not JSON"),
        ("[" * 100_000, f"{MANIFEST} is not JSON"),
        ("[]", "needs commit"),
        ('{"commit": "main", "files": []}', "needs commit"),
        ('{"commit": "' + COMMIT + '", "files": {}}', "needs commit"),
    ],
)
async def test_a_manifest_that_cannot_be_used_is_no_answer(tmp_path: Path, text: str, why: str) -> None:
    model(tmp_path, text)
    source = DirectorySource(tmp_path, lambda: NOW)

    resolved, listing = await source.resolve("acme/llama", None), await source.listing("acme/llama", COMMIT)

    assert isinstance(resolved, Unknown)
    assert resolved == listing
    assert (resolved.because, resolved.since) == ("server_error", NOON)
    assert why in resolved.detail


async def test_a_manifest_beyond_all_measure_is_no_answer(tmp_path: Path) -> None:
    model(tmp_path, " " * (16 * 1024 * 1024 + 1))

    resolved = await DirectorySource(tmp_path).resolve("acme/llama", None)

    assert isinstance(resolved, Unknown)
    assert "larger than 16 MiB" in resolved.detail


async def test_a_manifest_of_too_many_files_is_unreadable_content(tmp_path: Path) -> None:
    model(tmp_path, {"commit": COMMIT, "files": [1] * 100_001})

    listing = await DirectorySource(tmp_path).listing("acme/llama", COMMIT)

    assert listing == Found(Unreadable(f"{MANIFEST} lists 100001 files, at most 100000 are read"))


async def test_a_folder_of_too_many_files_is_no_answer(tmp_path: Path) -> None:
    model(tmp_path, a=b"", b=b"", c=b"")

    resolved = await DirectorySource(tmp_path, most_files=2).resolve("acme/llama", None)

    assert isinstance(resolved, Unknown)
    assert "holds more than 2 files" in resolved.detail


async def test_a_hub_that_is_not_mounted_is_unreachable_and_nothing_is_missing(tmp_path: Path) -> None:
    source = DirectorySource(tmp_path / "gone", lambda: NOW)

    resolved, content = await source.resolve("acme/llama", None), await source.read("acme/llama", COMMIT, "x", 1)

    assert isinstance(resolved, Unknown)
    assert isinstance(content, Unknown)
    assert (resolved.because, resolved.since) == (content.because, content.since) == ("unreachable", NOON)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_file_without_permission_is_unreachable(tmp_path: Path) -> None:
    folder = model(tmp_path, manifest(), **{"README.md": b"x"})
    (folder / "README.md").chmod(0)

    content = await DirectorySource(tmp_path).read("acme/llama", COMMIT, "README.md", 10)

    assert isinstance(content, Unknown)


def test_a_slow_file_system_is_late_like_any_host(tmp_path: Path) -> None:
    source = DirectorySource(tmp_path, lambda: NOW)

    assert source.late(2) == Unknown("timeout", str(tmp_path), NOON, f"no answer from {tmp_path} in 2 s")
    assert source.host == str(tmp_path)
    assert directory.DEFAULT_BRANCH == "main"


async def test_a_piece_of_a_stored_file_is_read_and_of_a_listed_one_not(tmp_path: Path) -> None:
    (tmp_path / "acme/model").mkdir(parents=True)
    (tmp_path / "acme/model/model.bin").write_bytes(b"0123456789")
    source = DirectorySource(tmp_path)

    middle = await source.read_range("acme/model", "c", "model.bin", 2, 3)
    beyond = await source.read_range("acme/model", "c", "model.bin", 20, 3)
    gone = await source.read_range("acme/model", "c", "other.bin", 0, 3)

    assert (middle, beyond) == (Found(b"234"), Found(b""))
    assert isinstance(gone, Missing)
