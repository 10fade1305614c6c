from __future__ import annotations

import dataclasses
import json

from weighbridge.model.provenance import Compared, Signer
from weighbridge.reports.verification import Verification, as_json, as_text

MANY = tuple(f"file-{number:02}" for number in range(25))
FILES = Compared(("a",), MANY, (), (), ("b",), (), ("b",), False, True, None, None, True, True, None)
GOOD = Verification("./model", "model.sig", None, None, None, "not asked", method="key", files=FILES)


def test_a_check_without_a_signer_says_nothing_of_one():
    bare = dataclasses.replace(GOOD, files=None)

    assert "by  " not in as_text(bare)
    assert json.loads(as_json(bare))["signer"] is None
    assert json.loads(as_json(bare))["files"] is None


def test_a_key_is_shown_by_its_fingerprint_and_a_certificate_by_its_name():
    key = as_text(dataclasses.replace(GOOD, signer=Signer("key", "ab" * 32)))
    named = as_text(
        dataclasses.replace(GOOD, files=None, signer=Signer("certificate", "ab" * 32, subject_name="CN=signer"))
    )

    assert "by    key abababababababab, method key, no proven time" in key
    assert "1 files signed, 1 ignored by the signer" in key
    assert "by    CN=signer" in named


def test_where_the_job_ran_is_shown():
    signer = Signer(
        "sigstore", "ab", ("ci",), "https://i", source_repository="https://git/x", build_config="https://git/x/w"
    )
    bare = dataclasses.replace(signer, build_config=None)

    assert "source https://git/x, workflow https://git/x/w" in as_text(dataclasses.replace(GOOD, signer=signer))
    assert "source https://git/x, workflow -" in as_text(dataclasses.replace(GOOD, signer=bare))


def test_of_many_files_some_are_named_and_the_rest_counted():
    text = as_text(dataclasses.replace(GOOD, failed_at="content", because="25 files changed"))

    assert "file-19 and 5 more" in text
    assert "file-20" not in text
    assert as_text(dataclasses.replace(GOOD, failed_at="content", files=None)).endswith("signed: \n")


def test_notes_and_hostile_names_are_shown_escaped():
    text = as_text(dataclasses.replace(GOOD, subject="\x1b[2J", notes=("the signer left out \u202ea.py",)))

    assert "\x1b" not in text
    assert "  note  the signer left out \\u202ea.py" in text
