from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from weighbridge.building import store_at
from weighbridge.errors import BadPolicies, EngineError, UserError
from weighbridge.model.refs import ModelRef
from weighbridge.settings import Settings
from weighbridge.wiring import assembled

ROOT = Path(__file__).parents[2]
HUB = str(ROOT / "demo" / "hub")


@pytest.fixture
def no_opa(monkeypatch, tmp_path):
    monkeypatch.setenv("WEIGHBRIDGE_TOOLS", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("WEIGHBRIDGE_OPA", raising=False)


async def test_without_opa_the_preview_engine_stands_in_and_says_so(no_opa):
    async with assembled(Settings(hub=HUB)) as assembly:
        await assembly.ready()

        assert assembly.preview
        assert "preview engine, not for enforcement" in assembly.engine_title


async def test_where_opa_is_asked_for_it_must_be_there(no_opa):
    with pytest.raises(EngineError, match="no opa found"):
        async with assembled(Settings(hub=HUB, engine="opa")):
            pytest.fail("assembled without opa")


async def test_a_sidecar_that_does_not_answer_is_not_ready(tmp_path):
    async with assembled(Settings(hub=HUB, opa_socket=tmp_path / "opa.sock")) as assembly:
        with pytest.raises(EngineError, match="cannot be asked"):
            await assembly.ready()

        assert not assembly.preview


async def test_policies_without_the_list_of_protected_rules_are_refused(tmp_path):
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    protected = tmp_path / "policies" / "data" / "protected.yaml"
    protected.write_text("{}\n")

    with pytest.raises(BadPolicies, match=r"data/protected\.yaml"):
        async with assembled(Settings(policies=tmp_path / "policies", hub=HUB)):
            pytest.fail("assembled without the list")


def test_the_defaults_are_promises():
    promised = Settings()

    assert (promised.fallback_stage, promised.engine, promised.offline, promised.profile) == (
        "audit",
        "auto",
        False,
        None,
    )
    assert promised.hub == "https://huggingface.co"
    assert promised.hub_token_file is None
    assert (promised.registries, promised.registry_config_file) == ((), None)
    assert (promised.store, promised.accept_single_replica) == ("", False)


async def test_a_store_is_a_file_or_a_server_and_is_let_go_of(tmp_path):
    settings = Settings(hub=HUB, engine="embedded", store=str(tmp_path / "x.sqlite"), accept_single_replica=True)
    async with assembled(settings) as assembly:
        survives, loaded = await assembly.remembered.survives(), await assembly.load()
        await assembly.reviewer.gatherer.gather([ModelRef("hf", "tidemark/tariff-8b")], 10)
    async with assembled(settings) as again:
        reloaded = await again.load()

    assert (survives, loaded) == (None, 0)
    assert reloaded > 5
    assert store_at("redis://:secret@127.0.0.1:1/2").name == "redis://127.0.0.1:1/2"
    assert store_at("unix:///run/valkey.sock?db=1").name == "unix:///run/valkey.sock"


def test_one_replica_is_about_a_file():
    with pytest.raises(UserError, match="--accept-single-replica: is about a file"):
        store_at("redis://127.0.0.1:1/0", outlives=True)
