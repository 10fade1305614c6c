from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulators.sigstore.models import about

from weighbridge.model.provenance import Statement, Subject
from weighbridge.provenance.refusals import Refusal
from weighbridge.provenance.statements import DEEPEST, MOST_SUBJECTS, PAYLOAD_TYPE, read_statement

PREDICATES = (
    "https://slsa.dev/provenance/v1",
    "https://slsa.dev/verification_summary/v1",
    "https://in-toto.io/attestation/test-result/v0.1",
    "https://in-toto.io/attestation/svr/v0.2",
    "https://in-toto.io/attestation/scai/v0.3",
    "https://cyclonedx.org/bom",
    "https://spdx.dev/Document/v3",
    "https://sigstore.dev/cosign/sign/v1",
)
GOOD = about("ab" * 32, PREDICATES[0], {"buildDefinition": {}})


def read(document: Any) -> Statement:
    return read_statement(PAYLOAD_TYPE, document if isinstance(document, bytes) else json.dumps(document).encode())


def code(document: Any) -> str:
    with pytest.raises(Refusal) as caught:
        read(document)
    return caught.value.code


@pytest.mark.parametrize("predicate_type", PREDICATES)
@pytest.mark.parametrize("version", ["v1", "v0.1"])
def test_statements_of_every_kind_are_read(predicate_type: str, version: str) -> None:
    document = {**about("ab" * 32, predicate_type, {"a": [1]}), "_type": f"https://in-toto.io/Statement/{version}"}

    assert read(document) == Statement(predicate_type, (Subject("model", {"sha256": "ab" * 32}),), {"a": [1]})


def test_names_and_predicates_may_be_absent() -> None:
    nameless = {**GOOD, "subject": [{"digest": {"gitCommit": "ab" * 20}}], "predicate": None}

    assert read(nameless) == Statement(PREDICATES[0], (Subject("", {"gitCommit": "ab" * 20}),), {})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"_type": "https://in-toto.io/Statement/v2"}, "malformed_statement"),
        ({"_type": None}, "malformed_statement"),
        ({"predicateType": None}, "malformed_statement"),
        ({"predicateType": ""}, "malformed_statement"),
        ({"predicateType": "x" * 1001}, "malformed_statement"),
        ({"predicate": [1]}, "malformed_statement"),
        ({"subject": None}, "malformed_statement"),
        ({"subject": []}, "malformed_statement"),
        ({"subject": GOOD["subject"] * (MOST_SUBJECTS + 1)}, "malformed_statement"),
        ({"subject": ["model"]}, "malformed_statement"),
        ({"subject": [{"name": "model"}]}, "malformed_statement"),
        ({"subject": [{"name": 7, "digest": {"sha256": "ab" * 32}}]}, "malformed_statement"),
        ({"subject": [{"name": "x" * 1001, "digest": {"sha256": "ab" * 32}}]}, "malformed_statement"),
        ({"subject": [{"digest": {}}]}, "malformed_statement"),
        ({"subject": [{"digest": {"sha256": 7}}]}, "malformed_statement"),
        ({"subject": [{"digest": {"sha 256": "ab" * 32}}]}, "malformed_statement"),
        ({"subject": [{"digest": {"sha256": "no digest"}}]}, "malformed_statement"),
    ],
)
def test_a_statement_of_another_shape_is_refused(change: dict[str, Any], expected: str) -> None:
    assert code({**GOOD, **change}) == expected


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff", b"{", b'{"_type": 1, "_type": 2}', b'{"a": NaN}', b"[" * 100_000])
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    assert code(raw) == "malformed_statement"


def test_half_of_a_character_is_no_text() -> None:
    whole = json.dumps({**GOOD, "predicate": {"smile": "\N{SLIGHTLY SMILING FACE}"}})
    assert r"\ud83d\ude42" in whole

    assert read(whole.encode()).predicate == {"smile": "\N{SLIGHTLY SMILING FACE}"}
    assert code(whole.replace(r"\ude42", "").encode()) == "malformed_statement"


def test_a_statement_has_a_depth() -> None:
    def nested(levels: int) -> dict[str, Any]:
        value: Any = 1
        for level in range(levels):
            value = [value] if level % 2 else {"a": value}
        return {**GOOD, "predicate": {"deep": value}}

    assert read(nested(DEEPEST - 2)).predicate
    assert code(nested(DEEPEST - 1)) == "too_large"


def test_a_payload_of_another_type_is_no_statement() -> None:
    with pytest.raises(Refusal) as caught:
        read_statement("text/plain", json.dumps(GOOD).encode())

    assert caught.value.code == "payload_type"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)


@given(st.dictionaries(st.sampled_from(list(GOOD)), JSON))
def test_no_statement_raises_anything_but_a_refusal(change: dict[str, Any]) -> None:
    try:
        found = read({**GOOD, **change})
    except Refusal:
        return

    assert found.subjects
