from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from tests.policies.folders import policy_folder

from weighbridge.engine.bundles import load
from weighbridge.engine.process import OpaProcess, find_opa, opa_arguments, tool_folder
from weighbridge.errors import EngineError


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("WEIGHBRIDGE_TOOLS", "WEIGHBRIDGE_OPA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\nexit 0\n")
    path.chmod(0o755)
    return path


def test_without_tools_there_is_no_opa() -> None:
    assert tool_folder() is None
    assert find_opa() is None


def test_the_newest_tools_of_the_user_cache_are_used(tmp_path: Path) -> None:
    folders = tmp_path / "cache" / "weighbridge" / "tools"
    for age, name in enumerate(["new", "old"]):
        program(folders / name / "opa")
        os.utime(folders / name, (time.time() - age * 1000,) * 2)
    (folders / "file").touch()

    assert tool_folder() == folders / "new"
    assert find_opa() == folders / "new" / "opa"


def test_the_cache_folder_of_a_home_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    opa = program(tmp_path / ".cache" / "weighbridge" / "tools" / "k" / "opa")

    assert find_opa() == opa


def test_opa_is_looked_for_by_name_then_in_the_tools_then_on_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    on_path = program(tmp_path / "bin" / "opa")
    assert find_opa() == on_path

    monkeypatch.setenv("WEIGHBRIDGE_TOOLS", str(tmp_path / "tools"))
    assert tool_folder() == tmp_path / "tools"
    assert find_opa() == on_path

    tool = program(tmp_path / "tools" / "opa")
    assert find_opa() == tool

    named = program(tmp_path / "mine")
    monkeypatch.setenv("WEIGHBRIDGE_OPA", str(named))
    assert find_opa() == named


@pytest.mark.parametrize("name", ["absent", "."])
def test_a_named_opa_that_is_none_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv("WEIGHBRIDGE_OPA", str(tmp_path / name))

    with pytest.raises(EngineError, match=r"^WEIGHBRIDGE_OPA=.*: not a program\. Fix:"):
        find_opa()


def test_opa_listens_on_the_socket_only_and_calls_nobody() -> None:
    arguments = opa_arguments("/run/opa/opa.sock", "/run/opa")

    assert [one for one in arguments if one.startswith("--addr")] == ["--addr=unix:///run/opa/opa.sock"]
    assert {"--authorization=basic", "--skip-version-check", "--watch"} <= set(arguments)
    assert arguments[-3:] == ("--bundle", "/run/opa/bundle.tar.gz", "/run/opa/authz.tar.gz")


async def test_a_program_that_does_not_start_is_one_sentence(tmp_path: Path) -> None:
    bundle = load(policy_folder(tmp_path / "policies"))
    no_program = tmp_path / "opa"
    no_program.write_bytes(b"\0\0\0\0")
    no_program.chmod(0o755)

    with pytest.raises(EngineError, match=r"opa: ended at once with status 1\. It said: .*Exec format error"):
        await OpaProcess(no_program, bundle).__aenter__()


async def test_a_temporary_folder_too_deep_for_a_socket_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = load(policy_folder(tmp_path / "policies"))
    deep = tmp_path / ("d" * 100)
    deep.mkdir()

    with pytest.raises(EngineError, match=r"too long for a socket, at most 103 bytes\. Fix: set TMPDIR"):
        await OpaProcess(tmp_path / "opa", bundle, folder=deep).__aenter__()
