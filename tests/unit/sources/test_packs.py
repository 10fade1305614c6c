from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulators.hub import Hub
from tests.simulators.tables import shipped

from weighbridge.gathering import Gatherer
from weighbridge.gathering.recording import Recorder
from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.model.refs import ModelRef
from weighbridge.sources.directory import DirectorySource
from weighbridge.sources.hub import HubSource
from weighbridge.sources.interface import Listing
from weighbridge.sources.nowhere import Nowhere
from weighbridge.sources.pack_folder import MOST_PACKS, RESCAN_SECONDS, PackFolder, write_pack
from weighbridge.sources.pack_format import (
    MOST_REPOSITORIES,
    Absent,
    BadPack,
    Blob,
    PackedFile,
    PackedRepository,
    PackManifest,
    parsed,
    written,
)
from weighbridge.sources.packs import PackedSource
from weighbridge.weights import ListedFile

COMMIT, OTHER = "3f9c2e1a" * 5, "0e9e39f2" * 5
CARD, HEAD = b"# Packed", b"headheadhead"


def blob(content: bytes) -> Blob:
    return Blob(hashlib.sha256(content).hexdigest(), len(content))


def stored(path: str, content: bytes) -> PackedFile:
    return PackedFile(path, len(content), blob(content).sha256, stored=blob(content))


def repository(name: str = "acme/model", commit: str = COMMIT, **changes: object) -> PackedRepository:
    files = {
        "README.md": stored("README.md", CARD),
        "model.safetensors": PackedFile("model.safetensors", 10**10, "a" * 64, head=blob(HEAD)),
        "gone.gguf": PackedFile("gone.gguf", 9, None, absent=True),
        "tokenizer.json": PackedFile("tokenizer.json", 2, "b" * 64),
    }
    one = PackedRepository("hf", name, commit, None, (None, "main"), ("base_model:acme/base",), files)
    return replace(one, **changes)  # type: ignore[arg-type]


def pack(
    root: Path,
    *repositories: PackedRepository,
    name: str = "one",
    absent: Sequence[Absent] = (),
    blobs: Sequence[bytes] = (CARD, HEAD),
) -> Path:
    manifest = PackManifest("hf://acme/model", None, repositories or (repository(),), tuple(absent))
    return write_pack(root, name, written(manifest), {blob(one).sha256: one for one in blobs})


NOBODY = Unknown("no_source", detail="no source reads it")


def source(root: Path, inner: object = None) -> PackedSource:
    return PackedSource(PackFolder(root, lambda: 0.0), "hf", inner or Nowhere("hf", NOBODY))  # type: ignore[arg-type]


async def test_what_is_packed_is_read_without_asking_anybody(tmp_path: Path) -> None:
    pack(tmp_path)
    packed = source(tmp_path)

    resolved = await packed.resolve("acme/model", COMMIT)
    listing = await packed.listing("acme/model", COMMIT)

    assert isinstance(resolved, Found)
    assert (resolved.value.commit, resolved.value.immutable) == (COMMIT, True)
    assert isinstance(listing, Found)
    assert isinstance(listing.value, Listing)
    assert ListedFile("README.md", len(CARD), blob(CARD).sha256) in listing.value.files
    assert listing.value.tags == ("base_model:acme/base",)
    assert await packed.read("acme/model", COMMIT, "README.md", 100) == Found(CARD)
    assert await packed.read_range("acme/model", COMMIT, "model.safetensors", 0, 12) == Found(HEAD)
    assert await packed.read_range("acme/model", COMMIT, "model.safetensors", 4, 4) == Found(b"head")
    assert await packed.read_range("acme/model", COMMIT, "README.md", 2, 500) == Found(b"Packed")
    assert isinstance(await packed.read("acme/model", COMMIT, "LICENSE", 100), Missing)
    assert isinstance(await packed.read("acme/model", COMMIT, "gone.gguf", 100), Missing)
    assert isinstance(await packed.scan("acme/model", COMMIT), Missing)


async def test_what_a_pack_does_not_store_is_unknown_and_not_missing(tmp_path: Path) -> None:
    pack(tmp_path)
    packed = source(tmp_path)

    assert isinstance(await packed.read("acme/model", COMMIT, "tokenizer.json", 100), Unknown)
    assert isinstance(await packed.read_range("acme/model", COMMIT, "model.safetensors", 0, 13), Unknown)
    assert isinstance(await packed.resolve("acme/other", None), Unknown)
    assert isinstance(await packed.listing("acme/other", COMMIT), Unknown)
    assert isinstance(await packed.scan("acme/other", COMMIT), Unknown)


async def test_a_branch_is_asked_where_the_model_lives(tmp_path: Path) -> None:
    pack(tmp_path)
    async with Hub() as hub, HubSource(hub.endpoint) as live:
        moved = hub.publish("acme/model", {"README.md": b"# Moved"})
        hub.publish("acme/model", {"README.md": CARD}, branch="old", commit=COMMIT)
        packed = source(tmp_path, live)

        now, old = await packed.resolve("acme/model", None), await packed.resolve("acme/model", "old")
        assert isinstance(now, Found)
        assert isinstance(old, Found)
        assert (now.value.commit, old.value.commit) == (moved, COMMIT)
        asked = len(hub.requests)
        assert await packed.read("acme/model", COMMIT, "README.md", 100) == Found(CARD)
        assert len(hub.requests) == asked
        assert isinstance(await packed.read("acme/model", moved, "README.md", 100), Found)


@pytest.mark.parametrize("status", [404, 401, 503])
async def test_where_the_source_lost_a_model_or_does_not_answer_the_pack_does(tmp_path: Path, status: int) -> None:
    pack(tmp_path)
    async with Hub() as hub, HubSource(hub.endpoint) as live:
        hub.answer(status)
        packed = source(tmp_path, live)

        for revision in (None, "main"):
            resolved = await packed.resolve("acme/model", revision)
            assert isinstance(resolved, Found)
            assert (resolved.value.commit, resolved.value.immutable) == (COMMIT, False)
        assert not isinstance(await packed.resolve("acme/model", "dev"), Found)


async def test_what_was_absent_when_the_pack_was_written_is_missing(tmp_path: Path) -> None:
    pack(tmp_path, absent=[Absent("hf", "acme/nothing", None), Absent("hf", "acme/model", "v9")])
    packed = source(tmp_path)

    assert isinstance(await packed.resolve("acme/nothing", None), Missing)
    assert isinstance(await packed.resolve("acme/nothing", "main"), Unknown)
    assert isinstance(await packed.resolve("acme/model", "v9"), Unknown)


async def test_two_states_of_a_model_are_not_guessed_between(tmp_path: Path) -> None:
    pack(tmp_path, repository(), name="one")
    pack(tmp_path, repository(commit=OTHER), name="two")
    packed = source(tmp_path)

    branch = await packed.resolve("acme/model", None)

    assert isinstance(branch, Unknown)
    assert "2 states of acme/model" in branch.detail
    assert isinstance(await packed.resolve("acme/model", OTHER), Found)


async def test_the_pack_of_a_model_says_more_than_the_pack_of_a_descendant(tmp_path: Path) -> None:
    pack(tmp_path, repository("acme/child"), repository(commit=OTHER), name="a-child")
    pack(tmp_path, repository(), name="model")
    packed = source(tmp_path)

    resolved = await packed.resolve("acme/model", None)

    assert isinstance(resolved, Found)
    assert resolved.value.commit == COMMIT


async def test_packs_that_disagree_about_a_commit_cannot_be_used(tmp_path: Path) -> None:
    pack(tmp_path, name="one")
    other = repository(files={"README.md": stored("README.md", b"# Other")})
    pack(tmp_path, other, name="two", blobs=[b"# Other"])

    listing = await source(tmp_path).listing("acme/model", COMMIT)

    assert isinstance(listing, Found)
    assert isinstance(listing.value, Unreadable)


@pytest.mark.parametrize("content", [b"# Forged", b"# Packed but longer", b""])
async def test_a_stored_file_that_is_not_what_the_manifest_says_is_unreadable(tmp_path: Path, content: bytes) -> None:
    folder = pack(tmp_path)
    (folder / "blobs" / blob(CARD).sha256).write_bytes(content)

    read = await source(tmp_path).read("acme/model", COMMIT, "README.md", 100)

    assert isinstance(read, Found)
    assert isinstance(read.value, Unreadable)


async def test_a_stored_file_larger_than_the_limit_is_unreadable(tmp_path: Path) -> None:
    pack(tmp_path)
    read = await source(tmp_path).read("acme/model", COMMIT, "README.md", 5)

    assert isinstance(read, Found)
    assert isinstance(read.value, Unreadable)


async def test_a_stored_head_that_was_changed_is_unreadable(tmp_path: Path) -> None:
    folder = pack(tmp_path)
    (folder / "blobs" / blob(HEAD).sha256).unlink()

    read = await source(tmp_path).read_range("acme/model", COMMIT, "model.safetensors", 0, 4)

    assert isinstance(read, Found)
    assert isinstance(read.value, Unreadable)


def a_link_out(blobs: Path) -> None:
    outside = blobs.parents[2] / "outside"
    outside.write_bytes(CARD)
    (blobs / blob(CARD).sha256).symlink_to(outside)


def a_link_to_itself(blobs: Path) -> None:
    (blobs / blob(CARD).sha256).symlink_to(blobs / blob(CARD).sha256)


def a_folder(blobs: Path) -> None:
    (blobs / blob(CARD).sha256).mkdir()


def a_pipe(blobs: Path) -> None:
    os.mkfifo(blobs / blob(CARD).sha256)


@pytest.mark.parametrize("put", [a_link_out, a_link_to_itself, a_folder, a_pipe])
async def test_nothing_but_a_file_inside_the_packs_is_read(tmp_path: Path, put: Callable[[Path], None]) -> None:
    folder = pack(tmp_path / "packs")
    (folder / "blobs" / blob(CARD).sha256).unlink()
    put(folder / "blobs")

    read = await source(tmp_path / "packs").read("acme/model", COMMIT, "README.md", 100)

    assert isinstance(read, Found)
    assert isinstance(read.value, Unreadable)


async def test_a_link_that_stays_inside_is_followed(tmp_path: Path) -> None:
    # Volumes of Kubernetes are made of such links.
    pack(tmp_path / "packs" / "..data-1", name="one")
    (tmp_path / "packs" / "one").symlink_to("..data-1/one")

    assert isinstance(await source(tmp_path / "packs").resolve("acme/model", COMMIT), Found)


def document(**changes: object) -> bytes:
    manifest = json.loads(written(PackManifest("hf://a/b", None, (repository(),))))
    return json.dumps({**manifest, **changes}).encode()


def with_file(**changes: object) -> bytes:
    manifest = json.loads(document())
    manifest["repositories"][0]["files"][0].update(changes)
    return json.dumps(manifest).encode()


def with_repository(**changes: object) -> bytes:
    manifest = json.loads(document())
    manifest["repositories"][0].update(changes)
    return json.dumps(manifest).encode()


HOSTILE = {
    "no JSON": b"{",
    "too deep": b"[" * 100_000,
    "a list": b"[]",
    "another format": document(format="weighbridge-pack/2"),
    "no model": document(model=5),
    "no repositories": document(repositories=None),
    "too many repositories": document(repositories=[{}] * (MOST_REPOSITORIES + 1)),
    "a repository that is none": document(repositories=[5]),
    "a path that leads out": with_file(path="../../etc/passwd"),
    "a path from the root": with_file(path="/etc/passwd"),
    "a path with a zero byte": with_file(path="a\0b"),
    "a path without end": with_file(path="a" * 2000),
    "a path twice": with_repository(files=[{"path": "a"}, {"path": "a"}]),
    "a size below zero": with_file(size=-1),
    "a digest that is none": with_file(sha256="../../secret"),
    "a stored digest that is none": with_file(stored={"sha256": "../../secret", "size": 1}),
    "a stored digest of another file": with_file(stored={"sha256": "c" * 64, "size": 1}),
    "a stored thing that is none": with_file(stored="yes"),
    "no commit and no digest": with_repository(commit=None),
    "a commit that is none": with_repository(commit="main"),
    "a scheme that is none": with_repository(scheme="../x"),
    "absent things that are none": document(absent=[5]),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_manifest_is_an_outcome_with_a_reason(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadPack):
        parsed(content)
    write_pack(tmp_path, "bad", content, {})
    pack(tmp_path, repository("acme/good"), name="good")
    packed = source(tmp_path)

    resolved = await packed.resolve("acme/model", None)

    assert isinstance(resolved, Unknown)
    assert "pack bad: " in resolved.detail
    assert isinstance(await packed.resolve("acme/good", None), Found)


async def test_a_manifest_of_any_size_is_not_read_whole(tmp_path: Path) -> None:
    folder = pack(tmp_path)
    with (folder / "pack.json").open("ab") as stream:
        stream.truncate(65 * 1024 * 1024)

    resolved = await source(tmp_path).resolve("acme/model", None)

    assert isinstance(resolved, Unknown)
    assert "larger than" in resolved.detail


async def test_a_folder_that_is_away_or_overfull_says_so(tmp_path: Path) -> None:
    away = await source(tmp_path / "none").resolve("acme/model", None)
    for number in range(MOST_PACKS + 1):
        (tmp_path / f"p{number}").mkdir()
    overfull = await source(tmp_path).resolve("acme/model", None)

    assert isinstance(away, Unknown)
    assert "cannot be read" in away.detail
    assert isinstance(overfull, Unknown)
    assert f"at most {MOST_PACKS}" in overfull.detail


async def test_a_pack_that_is_added_is_seen_and_one_that_stays_is_not_read_again(tmp_path: Path) -> None:
    now = [0.0]
    packed = PackedSource(PackFolder(tmp_path, lambda: now[0]), "hf", Nowhere("hf", NOBODY))
    assert isinstance(await packed.resolve("acme/model", None), Unknown)
    pack(tmp_path)

    assert isinstance(await packed.resolve("acme/model", None), Unknown)
    now[0] += RESCAN_SECONDS
    assert isinstance(await packed.resolve("acme/model", None), Found)
    now[0] += RESCAN_SECONDS
    assert isinstance(await packed.resolve("acme/model", None), Found)


def left(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_a_pack_is_replaced_whole(tmp_path: Path) -> None:
    pack(tmp_path)
    (tmp_path / ".one.new" / "left").mkdir(parents=True)

    pack(tmp_path, repository(commit=OTHER), blobs=[CARD])

    assert [path.name for path in left(tmp_path)] == ["one"]
    assert isinstance(await source(tmp_path).resolve("acme/model", OTHER), Found)
    assert isinstance(await source(tmp_path).resolve("acme/model", COMMIT), Unknown)


async def test_a_folder_may_be_a_pack_itself(tmp_path: Path) -> None:
    assert isinstance(await source(pack(tmp_path)).resolve("acme/model", None), Found)


def test_nobody_but_the_packs_is_asked_about_a_scheme_without_source() -> None:
    nowhere = Nowhere("oci", NOBODY)

    assert nowhere.host == "oci://"
    assert nowhere.late(4).because == "timeout"
    assert PackedSource(PackFolder(Path(), lambda: 0.0), "oci", nowhere).late(4) == nowhere.late(4)
    assert PackedSource(PackFolder(Path(), lambda: 0.0), "oci", nowhere).host == "oci://"


TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0/"), min_size=1, max_size=8)
SHA = st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}")
BLOBS = st.builds(Blob, SHA, st.integers(0, 10**6))
FILES = st.builds(
    PackedFile, TEXT.filter(lambda path: path != ".."), st.none() | st.integers(0, 10**12), st.none() | SHA,
    st.none(), st.none() | BLOBS, st.booleans(),
)  # fmt: skip
REPOSITORIES = st.builds(
    lambda name, commit, revisions, files: PackedRepository(
        "hf", name, commit, None, tuple(revisions), (), {one.path: one for one in sorted(files, key=lambda one: one.path)}
    ),
    TEXT, st.sampled_from([COMMIT, OTHER]), st.lists(st.none() | TEXT, max_size=2), st.lists(FILES, max_size=3),
)  # fmt: skip


@given(
    st.builds(
        PackManifest,
        TEXT,
        st.none() | TEXT,
        st.lists(REPOSITORIES, max_size=3).map(tuple),
        st.lists(st.builds(Absent, st.just("oci"), TEXT, st.none() | TEXT), max_size=2).map(tuple),
    )
)
def test_what_is_written_is_what_is_read(manifest: PackManifest) -> None:
    assert parsed(written(manifest)) == manifest


async def test_a_pack_of_another_scheme_is_no_answer(tmp_path: Path) -> None:
    pack(tmp_path, repository(scheme="oci"))
    gatherer = Gatherer({}, shipped(), packs=PackFolder(tmp_path, lambda: 0.0))

    hub, registry = await gatherer.gather([ModelRef("hf", "acme/model"), ModelRef("oci", "acme/model", COMMIT)], 10)

    assert isinstance(hub.resolved, Unknown)
    assert hub.resolved.because == "no_source"
    assert isinstance(registry.card, Found)


async def test_a_recorder_listens_and_changes_nothing(tmp_path: Path) -> None:
    async with Hub() as hub, HubSource(hub.endpoint) as live:
        commit = hub.publish("acme/model", {"README.md": CARD})
        recorder = Recorder(live)
        folder = Recorder(DirectorySource(tmp_path))

        for one in (live, recorder):
            assert isinstance(await one.resolve("acme/model", None), Found)
            assert isinstance(await one.resolve("acme/model", "none"), Missing)
            assert await one.read("acme/model", commit, "README.md", 2) == await live.read(
                "acme/model", commit, "README.md", 2
            )
            assert isinstance(await one.read("acme/model", commit, "LICENSE", 20), Missing)
            assert isinstance(await one.read_range("acme/model", commit, "LICENSE", 0, 20), Missing)
            assert await one.read_range("acme/model", commit, "README.md", 2, 3) == Found(CARD[2:5])
            assert isinstance(await one.scan("acme/model", commit), Missing)
            assert one.late(4).because == "timeout"
            hub.answer(503)
            assert isinstance(await one.resolve("acme/model", "dev"), Unknown)
            assert isinstance(await one.listing("acme/model", "0" * 40), Unknown)
            hub.behave()
        assert isinstance(await folder.scan("acme/model", commit), Missing)
    assert recorder.host == live.host
    assert recorder.recording.missing == {("acme/model", "none")}
    assert recorder.recording.contents == recorder.recording.heads == {}
