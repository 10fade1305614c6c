from __future__ import annotations

import contextlib
import http.client
import json
import logging
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from tests.certificates import Pair, make_pair

from weighbridge.cli import main

ROOT = Path(__file__).resolve().parents[3]
TLS = ("--tls-cert-file", "tls.crt", "--tls-private-key-file", "tls.key")
PREVIEW = ("--engine", "embedded", "--unsafe-preview-engine")


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POD_NAMESPACE", raising=False)


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    made = make_pair()
    made.write(tmp_path)
    return made


@contextlib.contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[dict[str, object]]]]:
    command = [sys.executable, "-m", "weighbridge", "serve", *TLS, "--host", "127.0.0.1", "--port", "0", *arguments]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "controller")}
    )
    events: list[dict[str, object]] = []
    assert process.stderr is not None
    try:
        for line in process.stderr:
            events.append(json.loads(line))
            if events[-1]["event"] == "serving":
                break
        yield process, events
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def get(port: int, path: str, pair: Pair) -> int:
    context = ssl.create_default_context(cadata=pair.ca.decode())
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
    with contextlib.closing(connection):
        connection.request("GET", path)
        return connection.getresponse().status


def test_it_serves_over_tls_and_stops_when_told(pair: Pair) -> None:
    with serving("--no-cluster", *PREVIEW) as (process, events):
        address = events[-1]["address"]
        assert isinstance(address, list)
        status = get(address[1], "/readyz", pair)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = process.wait(10)

    assert (status, code) == (200, 0)
    assert time.monotonic() - begun < 5
    assert [one["level"] for one in events] == ["info", "warning", "info"]
    assert str(events[1]["event"]).startswith("UNSAFE: ")


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("--engine", "embedded"), 2, "--engine embedded: refused by serve"),
        (("--no-cluster", *PREVIEW, "--tls-cert-file", "none.crt"), 2, "cannot be read: No such file"),
        (("--no-cluster", "--read-companions", *PREVIEW), 2, "there is nothing to read with --no-cluster"),
        (PREVIEW, 2, "not in a Pod. Fix: name our namespace"),
        ((*PREVIEW, "--own-namespace", "gate", "--webhook-url", "http://a"), 2, "expected https://host:port"),
        ((*PREVIEW, "--own-namespace", "gate", "--exclude-namespace", "team-*"), 2, "the exact name of a namespace"),
        ((*PREVIEW, "--own-namespace", "gate", "--kubeconfig", "none", "--port", "0"), 3, "no way to the API server"),
        (("--no-cluster", *PREVIEW, "--site", "none"), 2, "none"),
        (("--write-bundle", "out", "--policies", "none"), 2, "none"),
    ],
)
def test_what_cannot_be_served_is_one_sentence(
    pair: Pair, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, why: str
) -> None:
    found = main(["serve", *TLS, *arguments])
    said = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("{")]

    assert found == code
    assert len(said) == 1
    assert said[0].startswith("weighbridge: ")
    assert why in said[0]


@pytest.mark.parametrize("wrong", [("--port", "70000"), ("--port", "-1"), ("--at-once", "0"), ("--log-level", "loud")])
def test_flags_that_cannot_be_are_refused(wrong: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["serve", *wrong])

    assert caught.value.code == 2
    assert wrong[0] in capsys.readouterr().err


def test_the_namespace_of_the_pod_is_ours(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POD_NAMESPACE", "gate")

    assert main(["serve", *TLS, *PREVIEW, "--port", "0", "--kubeconfig", "none"]) == 3
    assert "no way to the API server" in capsys.readouterr().err


def test_the_sidecars_files_are_written_before_it_starts(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()

    assert main(["serve", "--write-bundle", str(tmp_path / "run")]) == 0
    assert sorted(one.name for one in (tmp_path / "run").iterdir()) == ["authz.tar.gz", "bundle.tar.gz"]
