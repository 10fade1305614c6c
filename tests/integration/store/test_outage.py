from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.simulators.hub import Hub
from tests.simulators.tables import shipped
from tests.simulators.valkey_server import PROGRAM, WHY_NOT, ValkeyServer
from tests.unit.store.stores import Watch

from weighbridge.building import store_at
from weighbridge.gathering import Gatherer
from weighbridge.model.evidence import Evidence
from weighbridge.model.outcomes import Found, Missing, Unknown
from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import Asker
from weighbridge.sources.hub import HubSource
from weighbridge.store.remembered import Remembered

ROOT = Path(__file__).resolve().parents[3]
CARD = b"---\nlicense: apache-2.0\nbase_model: acme/base\n---\n# Model\n\nA model that answers.\n"
HOUR = 3_600.0
TEAM = Asker("team")


@dataclass
class Kept:
    """A store that can be stopped and started, with what it holds."""

    address: str
    restart: Callable[[], None]


@pytest.fixture(params=["sqlite", pytest.param("valkey", marks=pytest.mark.skipif(PROGRAM is None, reason=WHY_NOT))])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    if request.param == "sqlite":
        yield Kept(str(tmp_path / "evidence.sqlite"), lambda: None)
        return
    with ValkeyServer(tmp_path / "valkey") as server:
        yield Kept(server.url, server.restart)


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with Hub() as hub:
        hub.publish("acme/base", {"README.md": b"---\nlicense: llama2\n---\n"})
        hub.publish("acme/model", {"README.md": CARD, "config.json": b"{}"}, {"model.safetensors": 10})
        yield hub


async def evidence(*arguments: str) -> tuple[int | None, dict[str, Any]]:
    command = [sys.executable, "-m", "weighbridge", "evidence", "acme/model", "--output", "json", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT / "controller")}
    )
    out, _ = await process.communicate()
    return process.returncode, json.loads(out)


async def test_what_was_known_is_known_when_everything_was_stopped_and_the_hub_stays_down(hub: Hub, kept: Kept) -> None:
    before = await evidence("--hub", hub.endpoint, "--store", kept.address)
    await hub.go_dark()
    kept.restart()
    after = await evidence("--hub", hub.endpoint, "--store", kept.address)
    without, _ = await evidence("--hub", hub.endpoint)

    assert after == before
    assert (before[0], without) == (0, 3)
    assert after[1]["facts"]["license"]["found"]["id"] == "apache-2.0"
    assert after[1]["facts"]["lineage"]["found"]["nodes"][0]["license"]["id"] == "llama2"


@contextlib.asynccontextmanager
async def replica(hub: Hub, kept: Kept, watch: Watch) -> AsyncIterator[Gatherer]:
    remembered = Remembered(store_at(kept.address), watch)
    async with HubSource(hub.endpoint, seconds=2) as source:
        gatherer = Gatherer({"hf": source}, shipped(), watch, remembered=remembered)
        await gatherer.load()
        yield gatherer
        await remembered.close()


async def asked(gatherer: Gatherer, ref: str = "hf://acme/model", asker: Asker = TEAM) -> Evidence:
    (found,) = await gatherer.gather([ModelRef.parse(ref)], 5, asker)
    return found


def known(evidence: Evidence) -> dict[str, object]:
    return {
        name: getattr(evidence, name) for name in ("card", "license", "lineage", "files", "config", "weights", "places")
    }


async def test_hours_later_what_was_known_is_known_and_said_to_be_old(hub: Hub, kept: Kept) -> None:
    watch = Watch(1_795_590_000.0)
    async with replica(hub, kept, watch) as first:
        before = await asked(first)
    await hub.go_dark()
    kept.restart()
    watch.now += 5 * HOUR
    async with replica(hub, kept, watch) as second:
        later = await asked(second)
        again = await asked(second)
    watch.now += 20 * HOUR
    async with replica(hub, kept, watch) as third:
        too_late = await asked(third)
        patient = await asked(third, asker=Asker("team", max_evidence_age=48 * HOUR))

    assert known(later) == known(again) == known(before) == known(patient)
    assert isinstance(before.resolved, Found)
    assert isinstance(later.resolved, Found)
    assert (before.resolved.value.stale, later.resolved.value.stale) == (False, True)
    assert later.resolved.value.commit == before.resolved.value.commit
    assert later.observed_at == before.observed_at == 1_795_590_000
    assert isinstance(too_late.card, Unknown)
    assert too_late.card.because == "unreachable"


async def test_what_stands_at_a_commit_is_known_for_good(hub: Hub, kept: Kept) -> None:
    watch = Watch(1_795_590_000.0)
    commit = hub.publish("acme/model", {"README.md": b"---\nlicense: mit\n---\n"})
    async with replica(hub, kept, watch) as first:
        before = await asked(first, f"hf://acme/model@{commit}")
    await hub.go_dark()
    kept.restart()
    watch.now += HOUR
    async with replica(hub, kept, watch) as second:
        soon = await asked(second, f"hf://acme/model@{commit}")
    watch.now += 1_000 * 24 * HOUR
    async with replica(hub, kept, watch) as third:
        later = await asked(third, f"hf://acme/model@{commit}")

    assert (known(soon), soon.scan) == (known(before), before.scan)
    assert known(later) == known(before)
    assert isinstance(before.scan, Missing)
    assert isinstance(later.scan, Unknown)
    assert isinstance(later.card, Found)


async def test_a_changed_answer_is_never_hidden_by_an_old_one(hub: Hub, kept: Kept) -> None:
    watch = Watch(1_795_590_000.0)
    async with replica(hub, kept, watch) as first:
        await asked(first)
    hub.publish("acme/model", {"README.md": b"---\nlicense: cc-by-nc-4.0\n---\n"})
    hub.answer(503, pattern="README.md")
    watch.now += HOUR
    async with replica(hub, kept, watch) as second:
        half = await asked(second)
    hub.behave()
    watch.now += 60
    async with replica(hub, kept, watch) as third:
        whole = await asked(third)

    assert isinstance(half.license, Unknown)
    assert isinstance(half.resolved, Found)
    assert half.resolved.value.stale is False
    assert isinstance(whole.license, Found)
    assert whole.license.value.id == "cc-by-nc-4.0"  # type: ignore[union-attr]


async def test_content_that_its_source_takes_away_is_gone_and_not_missing(hub: Hub, kept: Kept) -> None:
    watch = Watch(1_795_590_000.0)
    async with replica(hub, kept, watch) as first:
        before = await asked(first)
    hub.answer(404, {"X-Error-Code": "RepoNotFound"}, pattern="acme/model")
    watch.now += HOUR
    async with replica(hub, kept, watch) as second:
        gone = await asked(second)
        never = await asked(second, "hf://acme/model-two")
    watch.now += 24 * HOUR
    async with replica(hub, kept, watch) as third:
        long_gone = await asked(third)

    assert known(gone) == known(before)
    assert isinstance(never.resolved, Missing)
    assert isinstance(long_gone.resolved, Unknown)
    assert (long_gone.resolved.because, long_gone.resolved.host) == ("source_gone", hub.host)


async def test_an_answer_that_fails_its_digest_is_asked_again(hub: Hub, tmp_path: Path) -> None:
    kept, watch = Kept(str(tmp_path / "evidence.sqlite"), lambda: None), Watch(1_795_590_000.0)
    async with replica(hub, kept, watch) as first:
        before = await asked(first)
    with sqlite3.connect(kept.address) as base:
        base.execute("UPDATE answers SET body = CAST(substr(body, 1, length(body) - 1) || x'ff' AS BLOB)")
    base.close()
    asked_before = len(hub.requests)
    remembered = Remembered(store_at(kept.address), watch)
    async with HubSource(hub.endpoint, seconds=2) as source:
        after = await asked(Gatherer({"hf": source}, shipped(), watch, remembered=remembered))
    await remembered.close()

    assert after == before
    assert len(hub.requests) == 2 * asked_before
    assert remembered.counts["damaged"] >= remembered.counts["stored"] > 5


async def test_what_one_replica_saw_change_no_other_serves_as_it_was(hub: Hub, kept: Kept) -> None:
    watch = Watch(1_795_590_000.0)
    async with replica(hub, kept, watch) as first, replica(hub, kept, watch) as second:
        await asked(first)
        await asked(second)
        hub.publish("acme/model", {"README.md": b"---\nlicense: cc-by-nc-4.0\n---\n"})
        watch.now += HOUR
        changed = await asked(first)
        await asyncio.sleep(0.3)
        await hub.go_dark()
        watch.now += HOUR
        other = await asked(second)

    assert isinstance(changed.resolved, Found)
    assert isinstance(other.resolved, Found)
    assert other.resolved.value.commit == changed.resolved.value.commit
    assert known(other) == known(changed)
