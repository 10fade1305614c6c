from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from weighbridge.errors import BadPolicies, EngineError
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
