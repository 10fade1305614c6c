from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest
from tests.unit.store.stores import key, row

from weighbridge.cli import main
from weighbridge.store.sqlite import SqliteStore


async def _put(file: Path) -> None:
    store, now = SqliteStore(file), time.time()
    ages = {"acme/a": 5.0, "acme/b": 120.5, "acme/c": 3 * 3600.0, "acme/d": 50 * 3600.0}
    await store.put([row(key(name), observed=now - age) for name, age in ages.items()])
    await store.put([row(key("acme/a", kind="branch", host="mirror.example"), observed=now)])
    await store.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    asyncio.run(_put(tmp_path / "evidence.sqlite"))
    return tmp_path / "evidence.sqlite"


def test_what_is_kept_is_counted_by_kind(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["cache", "show", "--store", str(file)])
    lines = capsys.readouterr().out.splitlines()

    assert code == 0
    assert [line.split()[:3] for line in lines] == [
        ["kind", "answers", "bytes"],
        ["branch", "1", "20"],
        ["card", "4", "80"],
        ["in", "all", "5"],
    ]
    assert lines[2].endswith("5 s to 2 d") or lines[2].endswith("6 s to 2 d")


def test_programs_read_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["cache", "show", "--store", str(file), "--output", "json"])
    told = json.loads(capsys.readouterr().out)

    assert told["version"] == 1
    assert {kind: one["answers"] for kind, one in told["kinds"].items()} == {"branch": 1, "card": 4}
    assert 0 <= told["kinds"]["card"]["newest"] - told["kinds"]["card"]["oldest"] - (50 * 3600 - 5) <= 1


@pytest.mark.parametrize(
    ("what", "forgot", "left"),
    [
        (("--all",), "5 answers", 0),
        (("--model", "acme/a"), "2 answers", 3),
        (("--model", "hf://acme/b@main"), "1 answer", 4),
        (("--host", "mirror.example"), "1 answer", 4),
        (("--host", "elsewhere.example"), "0 answers", 5),
    ],
)
def test_it_forgets_what_it_is_told_to(
    file: Path, capsys: pytest.CaptureFixture[str], what: tuple[str, ...], forgot: str, left: int
) -> None:
    code = main(["cache", "purge", "--store", str(file), *what])
    said = capsys.readouterr().out
    main(["cache", "show", "--store", str(file), "--output", "json"])
    kinds = json.loads(capsys.readouterr().out)["kinds"]

    assert (code, said) == (0, f"forgot {forgot}\n")
    assert sum(one["answers"] for one in kinds.values()) == left


def test_an_address_with_a_password_may_stand_in_a_file(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "url").write_text(f"{file}\n")

    assert main(["cache", "show", "--store-file", str(tmp_path / "url")]) == 0
    assert "in all" in capsys.readouterr().out


@pytest.mark.parametrize(("content", "why"), [(None, "cannot be read"), ("\n", "holds no address"), (b"\xff", "utf-8")])
def test_a_file_without_an_address_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | bytes | None, why: str
) -> None:
    if content is not None:
        (tmp_path / "url").write_bytes(content if isinstance(content, bytes) else content.encode())

    assert main(["cache", "show", "--store-file", str(tmp_path / "url")]) == 2
    assert why in capsys.readouterr().err


@pytest.mark.parametrize(
    ("store", "code", "why"),
    [
        ("", 2, "cache: no store. Fix: --store PATH"),
        ("missing.sqlite", 2, "--store missing.sqlite: there is no such file"),
        ("http://127.0.0.1:1", 2, "--store: got http://, expected a path or one of redis, rediss, unix"),
        ("redis://127.0.0.1:x/0", 2, "--store: not the address of a server"),
        ("redis://:s3cret@127.0.0.1:1/0", 3, "redis://127.0.0.1:1/0: "),
        ("not-ours", 3, "not-ours: file is not a database"),
    ],
)
def test_a_store_that_cannot_be_asked_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], store: str, code: int, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "not-ours").write_text("text" * 1000)
    found = main(["cache", "show", "--store", store])
    said = capsys.readouterr().err

    assert (found, said.count("\n")) == (code, 1)
    assert said.startswith(f"weighbridge: {why}")
    assert "s3cret" not in said
