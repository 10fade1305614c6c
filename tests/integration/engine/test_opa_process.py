from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from tests.policies.folders import MAIN, RULE, policy_folder

from weighbridge.engine.bundles import Bundle, load
from weighbridge.engine.opa import OpaSidecar
from weighbridge.engine.process import OpaProcess, find_opa, opa_arguments, write_bundles
from weighbridge.errors import BadPolicies, EngineError

HARMLESS = b'{"models":[]}'


@pytest.fixture(scope="session")
def opa() -> Path:
    found = find_opa()
    assert found is not None, "opa is missing. Fix: make tools"
    return found


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return load(policy_folder(tmp_path / "policies"))


@pytest.fixture
async def process(opa: Path, bundle: Bundle) -> AsyncIterator[OpaProcess]:
    async with OpaProcess(opa, bundle) as running:
        yield running


def changed(tmp_path: Path, **words: str) -> Bundle:
    return load(policy_folder(tmp_path / "changed", {"data/words.yaml": f"greeting: {words['greeting']}\n"}))


async def status_of(process: OpaProcess, method: str, path: str, body: bytes = b"") -> int:
    socket = process._client.socket  # noqa: SLF001  # a stranger on the same socket
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as stranger,
        stranger.request(method, f"http://localhost{path}", data=body) as reply,
    ):
        return reply.status


async def until_refused(process: OpaProcess) -> None:
    while True:
        await process.decide(HARMLESS)


async def started(program: Path, bundle: Bundle) -> None:
    async with OpaProcess(program, bundle):
        pass


def runs(pid: int) -> bool:
    return Path("/proc", str(pid)).exists()


async def answered_again(process: OpaProcess) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                return await process.ready()
            except EngineError:
                await asyncio.sleep(0.02)


async def test_opa_answers_with_the_revision_of_the_bundle(process: OpaProcess, bundle: Bundle) -> None:
    answered = await process.decide(b'{"models":[],"echo":"\xc3\xa9\\"\\u0001"}')

    assert answered.revision == bundle.revision
    assert answered.answer == {
        "stage": "enforce",
        "allowed": True,
        "would_allow": True,
        "undecided": False,
        "findings": [],
        "greeting": "hello",
        "echo": 'é"\u0001',
    }


async def test_an_undefined_decision_is_an_error(process: OpaProcess) -> None:
    with pytest.raises(EngineError, match=r"^opa: data\.weighbridge\.main\.decision is undefined\. Fix:"):
        await process.decide(b'{"undefined":true}')


async def test_a_failing_builtin_is_an_error_with_its_place(process: OpaProcess) -> None:
    with pytest.raises(EngineError, match=r"opa: HTTP 500, main/main\.rego:16: to_number: .*Fix: mend the policy"):
        await process.decide(b'{"fail":"x"}')


async def test_input_that_is_no_json_is_an_error(process: OpaProcess) -> None:
    with pytest.raises(EngineError, match=r"opa: HTTP 400, "):
        await process.decide(b"{")


async def test_an_unexpected_revision_is_an_error(process: OpaProcess, bundle: Bundle) -> None:
    process._client.expect("sha256:other")  # noqa: SLF001

    with pytest.raises(EngineError, match=f"^opa: answers by revision {bundle.revision}, expected sha256:other"):
        await process.decide(HARMLESS)
    with pytest.raises(EngineError, match="expected sha256:other"):
        await process.ready()


async def test_only_the_decision_and_health_may_be_asked(process: OpaProcess) -> None:
    assert await status_of(process, "GET", "/health?bundles=true") == 200
    assert await status_of(process, "PUT", "/v1/policies/mine", b"package mine") == 401
    assert await status_of(process, "PUT", "/v1/data/weighbridge", b"{}") == 401
    assert await status_of(process, "GET", "/v1/data") == 401
    assert await status_of(process, "POST", "/v1/data/weighbridge", b"{}") == 401
    assert await status_of(process, "POST", "/v1/query", b'{"query":"true"}') == 401
    assert await status_of(process, "GET", "/v1/config") == 401
    assert await status_of(process, "GET", "/v1/data/weighbridge/main/decision") == 401


async def test_a_new_bundle_is_served_while_questions_go_on(process: OpaProcess, tmp_path: Path) -> None:
    following = changed(tmp_path, greeting="servus")
    seen: set[str] = set()

    async def asking() -> None:
        while following.revision not in seen:
            seen.add((await process.decide(HARMLESS)).revision)

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(asking())
        group.create_task(process.replace(following))
    answered = await process.decide(HARMLESS)

    assert answered.answer["greeting"] == "servus"  # type: ignore[index]
    assert answered.revision == process.bundle.revision == following.revision


async def test_opa_killed_in_the_middle_of_questions_is_an_error_and_comes_back(process: OpaProcess) -> None:
    first = process.pid
    asked = [asyncio.create_task(process.decide(HARMLESS)) for _ in range(20)]
    await asyncio.sleep(0)
    os.kill(first, signal.SIGKILL)
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    with pytest.raises(EngineError, match=r"opa: cannot be asked on .*opa\.sock"):
        await until_refused(process)
    await answered_again(process)

    assert all(not isinstance(one, BaseException) or isinstance(one, EngineError) for one in outcomes)
    assert (await process.decide(HARMLESS)).answer["allowed"] is True  # type: ignore[index]
    assert process.pid != first
    assert process.restarts == 1


async def test_opa_ends_when_we_do(opa: Path, bundle: Bundle) -> None:
    async with OpaProcess(opa, bundle) as running:
        pid, folder = running.pid, running._folder  # noqa: SLF001

    assert not runs(pid)
    assert not folder.exists()


CRASHING = """
import asyncio, os, pathlib, sys
from weighbridge.engine.bundles import load
from weighbridge.engine.process import OpaProcess

async def main():
    async with OpaProcess(pathlib.Path(sys.argv[1]), load(pathlib.Path(sys.argv[2]))) as running:
        print(running.pid, running._folder, flush=True)
        os.kill(os.getpid(), 9)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent has died")
def test_opa_ends_also_when_we_are_killed(opa: Path, tmp_path: Path) -> None:
    folder = policy_folder(tmp_path / "policies")
    command = [sys.executable, "-c", CRASHING, str(opa), str(folder)]
    child = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path)[:60]},
    )
    pid, gone_by = int(child.stdout.split()[0]), time.monotonic() + 10
    while runs(pid) and time.monotonic() < gone_by:
        time.sleep(0.02)

    assert not runs(pid)
    assert child.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("main/main.rego", MAIN + "\nx := {\n", r"^main/main\.rego:\d+: unexpected eof token\. Fix: mend the policy"),
        ("rules/format/safe/safe.rego", RULE + "\nx := y\n", r"^rules/format/safe/safe\.rego:\d+: var y is unsafe"),
        ("lib/shape.rego", "package weighbridge.lib.shape\nrisky(f) { true }\n", r"^lib/shape\.rego:2: `if` keyword"),
    ],
)
async def test_rego_that_opa_refuses_is_shown_with_file_and_line(
    opa: Path, tmp_path: Path, path: str, text: str, message: str
) -> None:
    with pytest.raises(BadPolicies, match=message):
        await started(opa, load(policy_folder(tmp_path, {path: text})))


async def test_a_broken_bundle_leaves_the_last_good_one(process: OpaProcess, tmp_path: Path) -> None:
    before = process.bundle.revision
    broken = load(policy_folder(tmp_path / "broken", {"main/main.rego": MAIN + "\nx := {\n"}))
    with pytest.raises(EngineError, match=f"opa: has not loaded {broken.revision} within 0.5 s"):
        await process.replace(broken, seconds=0.5)
    answered = await process.decide(HARMLESS)

    assert answered.revision == before == process.bundle.revision


async def test_a_program_that_is_no_opa_is_one_sentence(tmp_path: Path, bundle: Bundle) -> None:
    script = tmp_path / "opa"
    script.write_text("#!/bin/sh\necho it is not your day >&2\nexit 7\n")
    script.chmod(0o755)

    with pytest.raises(EngineError, match=r"opa: ended at once with status 7\. It said: it is not your day"):
        await started(script, bundle)


async def test_a_program_that_neither_answers_nor_ends_is_ended(tmp_path: Path, bundle: Bundle) -> None:
    script = tmp_path / "opa"
    script.write_text(f"#!/bin/sh\ntrap '' TERM\necho $$ > {tmp_path}/pid\nwhile :; do sleep 0.05; done\n")
    script.chmod(0o755)
    with pytest.raises(EngineError, match=r"^opa: cannot be asked on .*opa\.sock"):
        await OpaProcess(script, bundle, start_seconds=0.5).__aenter__()

    assert not runs(int((tmp_path / "pid").read_text()))


async def test_the_arguments_of_the_sidecar_serve_what_write_bundles_writes(
    opa: Path, bundle: Bundle, tmp_path: Path
) -> None:
    write_bundles(bundle, tmp_path)
    socket = tmp_path / "s"
    sidecar = await asyncio.create_subprocess_exec(str(opa), *opa_arguments(str(socket), str(tmp_path)))
    try:
        async with asyncio.timeout(20), OpaSidecar(socket, bundle.revision) as client:
            while True:
                try:
                    await client.ready()
                    break
                except EngineError:
                    await asyncio.sleep(0.05)
            answered = await client.decide(HARMLESS)
    finally:
        sidecar.terminate()
        await sidecar.wait()

    assert answered.revision == bundle.revision
    assert json.dumps(answered.answer)
