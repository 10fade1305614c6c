"""
in-toto statements, v1 and v0.1 (in-toto attestation framework, `spec/v1/statement.md`).

Read only after the signature over them holds: the content is then the signer's, who may still be nobody we trust.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from weighbridge.model.provenance import Statement, Subject
from weighbridge.provenance.refusals import Refusal

PAYLOAD_TYPE = "application/vnd.in-toto+json"
TYPES = ("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1")
MOST_SUBJECTS = 10_000
DEEPEST = 32
"""Levels of objects and lists in a statement; CycloneDX documents have about fifteen."""
LONGEST_NAME = 1_000
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_ALGORITHM = re.compile(r"[A-Za-z0-9_-]{1,40}")
_DIGEST = re.compile(r"[0-9a-zA-Z_+/=-]{8,200}")
"""Hexadecimal for bytes; Git and directory digests of in-toto have other alphabets."""


def read_statement(payload_type: str, payload: bytes) -> Statement:
    """Return the statement that was signed; raises `Refusal` when it is none."""
    if payload_type != PAYLOAD_TYPE:
        raise Refusal("payload_type", f"what is signed is {payload_type!r}, expected {PAYLOAD_TYPE}")
    document = _parsed(payload)
    if document.get("_type") not in TYPES:
        raise Refusal(
            "malformed_statement", f"the statement has the type {document.get('_type')!r}, expected {TYPES[0]}"
        )
    predicate_type, predicate = document.get("predicateType"), document.get("predicate")
    if not isinstance(predicate_type, str) or not 0 < len(predicate_type) <= LONGEST_NAME:
        raise Refusal("malformed_statement", "the statement has no predicateType")
    if predicate is not None and not isinstance(predicate, dict):
        raise Refusal("malformed_statement", "the predicate of the statement is no object")
    subjects = document.get("subject")
    if not isinstance(subjects, list) or not 0 < len(subjects) <= MOST_SUBJECTS:
        raise Refusal("malformed_statement", f"the statement must have 1 to {MOST_SUBJECTS} subjects")
    return Statement(predicate_type, tuple(map(_subject, subjects)), predicate or {})


def _parsed(payload: bytes) -> Mapping[str, object]:
    try:
        document = json.loads(payload.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
        if _SURROGATE.search(payload):
            json.dumps(document, ensure_ascii=False).encode(
                "utf-8"
            )  # half of a pair is no text, and nobody could pass it on
    except Refusal:
        raise
    except (ValueError, RecursionError) as error:
        raise Refusal("malformed_statement", "what is signed is not JSON") from error
    if not isinstance(document, dict):
        raise Refusal("malformed_statement", "what is signed is no JSON object")
    _check_depth(document)
    return document


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a key that stands twice: two readers would see two statements."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise Refusal("malformed_statement", "a key stands twice in the statement")
    return values


def _no_constant(name: str) -> object:
    raise Refusal("malformed_statement", f"{name} in the statement is not JSON")


def _check_depth(document: dict[str, object]) -> None:
    level: list[dict[str, object] | list[object]] = [document]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise Refusal("too_large", f"the statement is nested deeper than {DEEPEST} levels")


def _subject(value: object) -> Subject:
    name, digests = (value.get("name"), value.get("digest")) if isinstance(value, dict) else (None, None)
    if not isinstance(digests, dict) or not digests:
        raise Refusal("malformed_statement", "a subject of the statement has no digest")
    if not (name is None or (isinstance(name, str) and len(name) <= LONGEST_NAME)):
        raise Refusal("malformed_statement", "a subject of the statement has a name that is no text")
    for algorithm, digest in digests.items():
        if not (isinstance(digest, str) and _ALGORITHM.fullmatch(algorithm) and _DIGEST.fullmatch(digest)):
            raise Refusal("malformed_statement", "a subject of the statement has a digest that is none")
    return Subject(name or "", dict(digests))
