from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from weighbridge.cli import main
from weighbridge.reports import FORMATS

ROOT = Path(__file__).parents[3]
WORKLOADS = ROOT / "demo" / "workloads"
CHECK = [sys.executable, "-m", "weighbridge", "check", "--engine", "embedded", "--hub", str(ROOT / "demo" / "hub")]
REFUSED = str(WORKLOADS / "5-archive.yaml")


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "controller"), **more}


@pytest.mark.parametrize("name", FORMATS)
def test_check_prints_every_format(name, capsys):
    code = main([*CHECK[3:], "--output", name, REFUSED])

    assert code == 1
    assert "remote" in capsys.readouterr().out


def test_a_reader_that_has_had_enough_does_not_change_the_verdict():
    with subprocess.Popen(
        [*CHECK, REFUSED], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        process.stdout.close()
        error = process.stderr.read().decode()

    assert process.returncode == 1
    assert error == ""


def test_a_full_disk_is_one_sentence_and_three():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*CHECK, "--output", "json", REFUSED], stdout=full, stderr=subprocess.PIPE, env=environment(), check=False
        )

    assert done.returncode == 3
    assert done.stderr.decode().startswith("weighbridge: standard output: cannot be written: No space left")
    assert done.stderr.count(b"\n") == 1


def test_a_closed_output_is_one_sentence_and_three():
    command = ["sh", "-c", 'exec "$@" >&-', "sh", *CHECK, REFUSED]
    done = subprocess.run(command, stderr=subprocess.PIPE, env=environment(), check=False)

    assert done.returncode == 3
    assert done.stderr == b"weighbridge: standard output: closed. Fix: send it to a file or a terminal\n"


def test_output_is_utf_8_whatever_the_locale_is(tmp_path):
    manifest = tmp_path / "größe.yaml"
    manifest.write_text(Path(REFUSED).read_text())
    done = subprocess.run(
        [*CHECK, manifest], stdout=subprocess.PIPE, env=environment(PYTHONIOENCODING="ascii"), check=False
    )

    assert done.returncode == 1
    assert "größe.yaml:1" in done.stdout.decode()


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_name_that_is_no_text_is_written_out(tmp_path, name, capsys):
    folder = os.fsencode(tmp_path)
    for file, content in ((b"\xff.yaml", Path(REFUSED).read_bytes()), (b"\xfe.yaml", b"a: {{ x")):
        with open(os.path.join(folder, file), "wb") as manifest:  # noqa: PTH123, PTH118
            manifest.write(content)

    code = main([*CHECK[3:], "--output", name, str(tmp_path)])
    shown = capsys.readouterr().out

    assert code == 1
    assert "xfe.yaml" in shown
    assert "xff.yaml" in shown or name in ("policyreport", "openreports")  # they are about workloads, not files
