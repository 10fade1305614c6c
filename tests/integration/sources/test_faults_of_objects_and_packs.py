"""Source and fault → outcome: one printed line per cell (`pytest -s`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.simulators.hub import Hub
from tests.simulators.objects import Misbehavior, ObjectStore
from tests.simulators.tables import shipped

from weighbridge.gathering import Gatherer
from weighbridge.gathering.recording import Recorder, packed
from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.model.refs import ModelRef
from weighbridge.sources.hub import HubSource
from weighbridge.sources.object_stores import store_address
from weighbridge.sources.objects import ObjectSource
from weighbridge.sources.pack_folder import PackFolder, write_pack
from weighbridge.sources.pack_format import MANIFEST, PackManifest, written

CARD = b"---\nlicense: apache-2.0\n---\n# Model\n"
COMMIT = "3f9c2e1a" * 5


def said(outcome: object) -> str:
    match outcome:
        case Found(value=Unreadable(unreadable=why)):
            return f"unreadable ({why})"
        case Found():
            return "found"
        case Missing():
            return "missing"
        case Unknown(because=because):
            return f"unknown {because}"
        case _:
            raise AssertionError(outcome)


def elsewhere(_: ObjectStore) -> Misbehavior:
    return Misbehavior(location="http://169.254.169.254/latest/meta-data/")


def gone(store: ObjectStore) -> Misbehavior:
    store.delete("models", "acme/model/README.md")
    store.delete("models", "acme/model/config.json")
    return Misbehavior()


def changed(store: ObjectStore) -> Misbehavior:
    store.before_read = lambda key: store.put("models", key, b"# Evil")
    return Misbehavior()


def huge(store: ObjectStore) -> Misbehavior:
    store.put("models", "acme/model/README.md", b"x" * 1_100_000)
    return Misbehavior()


def no_text(store: ObjectStore) -> Misbehavior:
    store.put("models", "acme/model/README.md", b"\xff\xfe\x00")
    return Misbehavior()


def bomb(store: ObjectStore) -> Misbehavior:
    store.put("models", "acme/model/config.json", b"[" * 100_000)
    return Misbehavior()


def endless(store: ObjectStore) -> Misbehavior:
    store.endless = 1_000_000
    return Misbehavior()


OBJECT_FAULTS: Mapping[str, tuple[Callable[[ObjectStore], Misbehavior], str, str]] = {
    "slow": (lambda _: Misbehavior(seconds=5), "unknown timeout", "unknown timeout"),
    "429": (lambda _: Misbehavior(status=429), "unknown rate_limited", "unknown rate_limited"),
    "503 SlowDown": (lambda _: Misbehavior(status=503), "unknown rate_limited", "unknown rate_limited"),
    "500": (lambda _: Misbehavior(status=500, code="Internal"), "unknown server_error", "unknown server_error"),
    "403": (lambda _: Misbehavior(status=403), "unknown private_or_absent", "unknown private_or_absent"),
    "dropped": (lambda _: Misbehavior(cut=True), "unknown unreachable", "unknown unreachable"),
    "cut short": (lambda _: Misbehavior(short=True), "found", "unknown unreachable"),
    "lying length": (lambda _: Misbehavior(lying=7), "found", "unknown server_error"),
    "redirect": (elsewhere, "unknown host_not_listed", "unknown host_not_listed"),
    "gone": (gone, "missing", "unknown no_repository"),
    "changed between": (changed, "found", "unknown server_error"),
    "10 MB card": (huge, "found", "unreadable"),
    "invalid UTF-8": (no_text, "found", "found"),
    "JSON bomb": (bomb, "found", "found"),
    "10^6 objects": (endless, "found", "found"),
}


@pytest.mark.parametrize("fault", OBJECT_FAULTS)
async def test_every_fault_of_an_object_store_is_an_outcome_with_a_reason(fault: str) -> None:
    cause, resolved, card = OBJECT_FAULTS[fault]
    async with ObjectStore() as store:
        store.put("models", "acme/model/README.md", CARD)
        store.put("models", "acme/model/config.json", b"{}")
        address = store_address(f"s3://models?endpoint={store.endpoint}&anonymous=true")
        async with ObjectSource([address], seconds=1 if fault == "slow" else 30) as source:
            store.misbehave(cause(store))
            gatherer = Gatherer({"s3": source}, shipped())
            (evidence,) = await gatherer.gather([ModelRef("s3", "models/acme/model")], 20)

    print(f"objects × {fault}: resolved {said(evidence.resolved)}; card {said(evidence.card)}")
    assert said(evidence.resolved) == resolved
    assert said(evidence.card).startswith(card)


def forged(folder: Path) -> None:
    for blob in (folder / "blobs").iterdir():
        blob.write_bytes(b"forged")


def emptied(folder: Path) -> None:
    for blob in (folder / "blobs").iterdir():
        blob.unlink()


def linked(folder: Path) -> None:
    for blob in (folder / "blobs").iterdir():
        blob.unlink()
        blob.symlink_to("/etc/hostname")


def truncated(folder: Path) -> None:
    (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes()[:-20])


def swollen(folder: Path) -> None:
    with (folder / MANIFEST).open("ab") as stream:
        stream.truncate(70 * 1024 * 1024)


def climbing(folder: Path) -> None:
    text = (folder / MANIFEST).read_text(encoding="utf-8").replace('"README.md"', '"../../README.md"')
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def redigested(folder: Path) -> None:
    document = json.loads((folder / MANIFEST).read_bytes())
    for file in document["repositories"][0]["files"]:
        file["sha256"] = "0" * 64
    (folder / MANIFEST).write_text(json.dumps(document), encoding="utf-8")


def removed(folder: Path) -> None:
    (folder / MANIFEST).unlink()


PACK_FAULTS: Mapping[str, tuple[Callable[[Path], None], str, str]] = {
    "none": (lambda _: None, "found", "found"),
    "forged files": (forged, "found", "unreadable"),
    "files gone": (emptied, "found", "unreadable"),
    "links out": (linked, "found", "unreadable"),
    "manifest cut short": (truncated, "unknown offline", "unknown offline"),
    "manifest of 70 MB": (swollen, "unknown offline", "unknown offline"),
    "paths that climb": (climbing, "unknown offline", "unknown offline"),
    "other digests": (redigested, "unknown offline", "unknown offline"),
    "no manifest": (removed, "unknown offline", "unknown offline"),
}


@pytest.mark.parametrize("fault", PACK_FAULTS)
async def test_every_fault_of_a_pack_is_an_outcome_with_a_reason(tmp_path: Path, fault: str) -> None:
    cause, resolved, card = PACK_FAULTS[fault]
    async with Hub() as hub, HubSource(hub.endpoint) as live, HubSource(hub.endpoint, offline=True) as offline:
        hub.publish("acme/model", {"README.md": CARD, "config.json": b"{}"}, commit=COMMIT)
        recorder = Recorder(live)
        await Gatherer({"hf": recorder}, shipped()).gather([ModelRef("hf", "acme/model")], 20)
        repositories, absent, blobs = packed(recorder.recording, "hf", "acme/model")
        manifest = PackManifest("hf://acme/model", None, repositories, absent)
        cause(write_pack(tmp_path, "pack", written(manifest), blobs))
        asked = len(hub.requests)
        gatherer = Gatherer({"hf": offline}, shipped(), packs=PackFolder(tmp_path, lambda: 0.0))
        (evidence,) = await gatherer.gather([ModelRef("hf", "acme/model", COMMIT)], 20)

    print(f"packs × {fault}: resolved {said(evidence.resolved)}; card {said(evidence.card)}")
    assert said(evidence.resolved) == resolved
    assert said(evidence.card).startswith(card)
    assert len(hub.requests) == asked
