from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulators.sigstore.models import about, listed, model_statement

from weighbridge.model.provenance import Manifest, Refused, Resource, Statement
from weighbridge.provenance import read_manifest
from weighbridge.provenance.statements import PAYLOAD_TYPE, read_statement

A, B = "aa" * 32, "bb" * 32
FILES = {"method": "files", "hash_type": "sha256", "allow_symlinks": False}
SHARDS = {"method": "shards", "hash_type": "sha256", "allow_symlinks": True, "shard_size": 100}


def statement(document: dict[str, Any]) -> Statement:
    return read_statement(PAYLOAD_TYPE, json.dumps(document).encode())


def resource(name: Any, digest: Any = A, algorithm: Any = "sha256") -> dict[str, Any]:
    return {"name": name, "digest": digest, "algorithm": algorithm}


def read(*resources: dict[str, Any], **serialization: Any) -> Manifest | Refused:
    return read_manifest(statement(listed(resources, serialization or FILES)))


def why(verdict: Manifest | Refused) -> str:
    assert isinstance(verdict, Refused), verdict
    assert verdict.code == "malformed_manifest"
    return verdict.detail


def test_files_are_listed_with_how_they_were_hashed() -> None:
    verdict = read_manifest(statement(model_statement({"b.json": A, "a/b": B}, ignored=["x", "model.sig"])))

    assert verdict == Manifest(
        "files",
        "sha256",
        allow_symlinks=False,
        shard_size=None,
        ignore_paths=("model.sig", "x"),
        resources=(Resource("a/b", "sha256", B), Resource("b.json", "sha256", A)),
    )


def test_older_signers_leave_the_ignore_list_out_and_call_a_single_file_by_a_dot() -> None:
    verdict = read(resource("."), method="files", hash_type="sha256", allow_symlinks=False)

    assert isinstance(verdict, Manifest)
    assert verdict.ignore_paths == ()
    assert verdict.resources[0].path == "."
    assert "further files" in why(read(resource("."), resource("a")))


def test_parts_are_listed_with_their_place() -> None:
    parts = [resource("w:0:100", algorithm="sha256-sharded-100"), resource("w:100:150", B, "sha256-sharded-100")]
    for size in (100, 100.0):
        verdict = read(*parts, **{**SHARDS, "shard_size": size})

        assert isinstance(verdict, Manifest), verdict
        assert verdict.shard_size == 100
        assert verdict.allow_symlinks
        assert [one.measure for one in verdict.resources] == ["sha256:0:100", "sha256:100:150"]


@pytest.mark.parametrize(
    "names",
    [
        ["w:100:150"],
        ["w:0:100", "w:200:250"],
        ["w:0:50", "w:100:150"],
        ["w:0:100", "w:0:100"],
        ["w:0:100", "w:0:50"],
        ["w:0:150"],
        ["w:0:0"],
        ["w:00:100"],
        ["w:50:100"],
        ["w:100:50"],
        ["w"],
        ["w:0"],
        ["w:a:b"],
        [":0:100"],
        ["../w:0:100"],
    ],
)
def test_parts_with_gaps_or_overlaps_are_refused(names: list[str]) -> None:
    assert why(read(*(resource(name) for name in names), **SHARDS))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "..",
        "../a",
        "a/../b",
        "a//b",
        "a/",
        "./a",
        "a/.",
        "a\\b",
        "C:/a",
        "c:",
        "a\0b",
        "a\nb",
        "a\u202eb",
        "x" * 1001,
    ],
)
def test_a_path_that_could_leave_the_model_is_refused(name: str) -> None:
    assert "no plain path inside the model" in why(read(resource(name)))


def test_a_file_stands_once() -> None:
    assert "stands twice" in why(read(resource("a"), resource("a", B)))
    assert "once as 'A.py'" in why(read(resource("a.py"), resource("A.py", B)))


@pytest.mark.parametrize(
    ("resources", "serialization"),
    [
        ([], FILES),
        (["a"], FILES),
        ([resource(7)], FILES),
        ([resource("a", 7)], FILES),
        ([resource("a", "AA" * 32)], FILES),
        ([resource("a", "aa" * 31)], FILES),
        ([resource("a", "aa" * 31 + "a")], FILES),
        ([resource("a", "aa" * 32, "sha512")], FILES),
        ([resource("a", "aa" * 32, None)], FILES),
        ([resource("a")], {**FILES, "method": "guess"}),
        ([resource("a")], {**FILES, "hash_type": None}),
        ([resource("a")], {**FILES, "hash_type": "sha 256"}),
        ([resource("a")], {**FILES, "allow_symlinks": "false"}),
        ([resource("a")], {**FILES, "ignore_paths": "a"}),
        ([resource("a")], {**FILES, "ignore_paths": [7]}),
        ([resource("a")], {**FILES, "ignore_paths": ["x" * 1001]}),
        ([resource("a")], {**FILES, "ignore_paths": ["x"] * 1001}),
        ([resource("a:0:9")], {**SHARDS, "shard_size": None}),
        ([resource("a:0:9")], {**SHARDS, "shard_size": True}),
        ([resource("a:0:9")], {**SHARDS, "shard_size": 0}),
        ([resource("a:0:9")], {**SHARDS, "shard_size": 9.5}),
    ],
)
def test_a_manifest_of_another_shape_is_refused(resources: list[Any], serialization: dict[str, Any]) -> None:
    document = model_statement({"a": A})
    document["predicate"] = {"serialization": serialization, "resources": resources}

    assert why(read_manifest(statement(document)))


@pytest.mark.parametrize("predicate", [{}, {"serialization": [], "resources": [resource("a")]}, {"resources": {}}])
def test_a_predicate_without_its_parts_is_refused(predicate: dict[str, Any]) -> None:
    assert why(read_manifest(statement({**model_statement({"a": A}), "predicate": predicate})))


def test_the_subject_is_the_digest_of_what_is_listed() -> None:
    document = model_statement({"a": A})
    assert why(read_manifest(statement({**document, "subject": [{"digest": {"sha256": A}}]})))
    assert why(read_manifest(statement({**document, "subject": [{"digest": {"sha512": A}}]})))
    assert "2 subjects" in why(read_manifest(statement({**document, "subject": document["subject"] * 2})))


def test_every_hash_of_the_specification_is_read() -> None:
    for algorithm, size in (("sha384", 48), ("sha512", 64), ("blake2b", 64), ("blake3", 32), ("newhash", 20)):
        verdict = read(resource("a", "ab" * size, algorithm), **{**FILES, "hash_type": algorithm})

        assert isinstance(verdict, Manifest), verdict
        assert verdict.algorithm == algorithm


def test_statements_of_other_kinds_list_no_files() -> None:
    older = {**about(A, "https://model_signing/Digests/v0.1", {}), "subject": [{"name": "a", "digest": {"sha256": A}}]}
    verdict = read_manifest(statement(older))
    assert isinstance(verdict, Refused)
    assert verdict.code == "unsupported_predicate"
    assert verdict.detail.endswith("Sign again with model_signing 1.0 or newer")
    other = read_manifest(statement(about(A, "https://slsa.dev/provenance/v1", {})))

    assert isinstance(other, Refused)
    assert other.code == "unsupported_predicate"


PATH = st.text("ab/.:\\\0", max_size=6)


@given(st.lists(st.tuples(PATH, st.binary(min_size=32, max_size=32)), min_size=1, max_size=5), st.booleans())
def test_no_list_raises_anything_and_every_accepted_path_is_plain(files: Any, in_parts: bool) -> None:
    resources = [resource(name, digest.hex()) for name, digest in files]
    verdict = read(*resources, **(SHARDS if in_parts else FILES))

    if isinstance(verdict, Manifest):
        assert all(one.path == "." or ".." not in one.path.split("/") for one in verdict.resources)
        assert not any(one.path.startswith("/") for one in verdict.resources)
        assert hashlib.sha256(b"".join(digest for _, digest in files)).hexdigest()
