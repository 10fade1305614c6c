from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulators.sigstore.models import IGNORED, listed, model_statement

from weighbridge.model.provenance import Manifest, Present
from weighbridge.provenance import compare, read_manifest
from weighbridge.provenance.statements import PAYLOAD_TYPE, read_statement

CARD, CONFIG, CODE, LICENSE = b"# card", b"{}", b"import torch", b"Apache License"
WEIGHTS = "ab" * 32
SIGNED: dict[str, bytes | str] = {
    "LICENSE": LICENSE,
    "README.md": CARD,
    "config.json": CONFIG,
    "modeling.py": CODE,
    "w/model.safetensors": WEIGHTS,
}


def manifest(files: dict[str, bytes | str] | None = None, **how: Any) -> Manifest:
    return parsed(model_statement(SIGNED if files is None else files, **how))


def parsed(document: dict[str, Any]) -> Manifest:
    found = read_manifest(read_statement(PAYLOAD_TYPE, json.dumps(document).encode()))
    assert isinstance(found, Manifest), found
    return found


def there() -> dict[str, Present]:
    return {
        "LICENSE": Present("license", content=LICENSE),
        "README.md": Present("card", content=CARD),
        "config.json": Present("configuration", content=CONFIG),
        "modeling.py": Present("code", content=CODE),
        "w/model.safetensors": Present("weights", 12_000_000_000, {"sha256": WEIGHTS}),
    }


def test_a_model_is_compared_without_its_weights() -> None:
    found = compare(manifest(), {**there(), "model.sig": Present()}, ("model.sig",))

    assert found.signed == tuple(SIGNED)
    assert found.matches
    assert (found.changed, found.missing, found.unsigned, found.ignored, found.undetermined) == ((), (), (), (), ())
    assert (found.card_signed, found.license_signed, found.code_signed, found.weights_signed) == (True,) * 4
    assert (found.dangerous_ignores, found.allow_symlinks, found.why_not) == ((), False, None)


def test_changed_missing_and_further_files_are_named() -> None:
    files = there()
    del files["LICENSE"]
    files["config.json"] = Present("configuration", content=b'{"auto_map": {}}')
    files["w/model.safetensors"] = Present("weights", digests={"sha256": "cd" * 32})
    files["evil.py"] = Present("code", content=b"import os")
    found = compare(manifest(), files)

    assert found.changed == ("config.json", "w/model.safetensors")
    assert found.missing == ("LICENSE",)
    assert found.unsigned == ("evil.py",)
    assert not found.matches
    assert (found.card_signed, found.license_signed, found.code_signed, found.weights_signed) == (
        True,
        None,
        False,
        False,
    )


def test_a_digest_that_nobody_knows_is_neither_signed_nor_changed() -> None:
    found = compare(manifest(), {**there(), "w/model.safetensors": Present("weights", 12_000_000_000)})

    assert found.undetermined == ("w/model.safetensors",)
    assert not found.comparable
    assert not found.matches
    assert found.weights_signed is False
    assert found.why_not == "the listing knows no digest of w/model.safetensors"


@pytest.mark.parametrize(
    ("algorithm", "why"),
    [
        ("blake3", "blake3 digests cannot be computed here, and the listing does not know them"),
        ("sha512", "sha512 digests are signed, and the listing does not know them"),
    ],
)
def test_a_hash_that_the_listing_does_not_know_needs_the_bytes(algorithm: str, why: str) -> None:
    digest = "ab" * (32 if algorithm == "blake3" else 64)
    signed = manifest({"w": digest}, algorithm=algorithm)
    found = compare(signed, {"w": Present("weights", 9, {"sha256": WEIGHTS})})
    assert found.why_not == why

    assert compare(signed, {"w": Present("weights", 9, {algorithm: digest})}).matches


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512", "blake2b"])
def test_small_files_are_hashed_as_they_were_signed(algorithm: str) -> None:
    signed = manifest({"README.md": CARD, "a": b""}, algorithm=algorithm)

    assert compare(signed, {"README.md": Present(content=CARD), "a": Present(content=b"")}).matches
    assert compare(signed, {"README.md": Present(content=CARD + b" "), "a": Present(content=b"")}).changed == (
        "README.md",
    )


def shards(content: bytes, size: int) -> Manifest:
    parts = [
        {
            "name": f"w:{start}:{min(start + size, len(content))}",
            "algorithm": f"sha256-sharded-{size}",
            "digest": hashlib.sha256(content[start : start + size]).hexdigest(),
        }
        for start in range(0, len(content), size)
    ]
    return parsed(listed(parts, {"method": "shards", "hash_type": "sha256", "shard_size": size}))


def test_parts_are_compared_one_by_one() -> None:
    content = bytes(range(250))
    signed = shards(content, 100)
    known = {one.measure: one.digest for one in signed.resources}
    assert compare(signed, {"w": Present(content=content)}).matches
    assert compare(signed, {"w": Present(size=250, digests=known)}).matches
    for other in (content + b"!", content[:-1], b"!" + content[1:]):
        assert compare(signed, {"w": Present(content=other)}).changed == ("w",)
    assert compare(signed, {"w": Present(size=251, digests=known)}).changed == ("w",)
    some = {**known, "sha256:0:100": "cd" * 32}
    del some["sha256:100:200"]
    assert compare(signed, {"w": Present(size=250, digests=some)}).changed == ("w",)

    for unknown in (Present(digests=known), Present(size=250, digests={"sha256": WEIGHTS}), Present(size=250)):
        found = compare(signed, {"w": unknown})
        assert found.undetermined == ("w",)
        assert found.why_not == "parts of files are signed, and the listing knows digests of whole files only"


def test_a_single_part_is_the_whole_file() -> None:
    content = bytes(range(90))
    whole = {"sha256": hashlib.sha256(content).hexdigest()}

    assert compare(shards(content, 100), {"w": Present(size=90, digests=whole)}).matches


def test_the_one_file_of_a_model_goes_by_any_name() -> None:
    signed = manifest({".": CARD})
    assert compare(
        signed, {"model.gguf": Present("weights", content=CARD), "model.sig": Present()}, ("model.sig",)
    ).matches

    found = compare(signed, {"a": Present(content=CARD), "b": Present(content=CARD)})
    assert (found.missing, found.unsigned) == ((".",), ("a", "b"))


def test_what_is_ignored_is_told_from_what_is_unsigned() -> None:
    files = {
        **there(),
        ".gitattributes": Present(),
        ".github/modeling.py": Present("code"),
        "logs/run.txt": Present(),
        "logs.txt": Present(),
    }
    found = compare(manifest(ignored=[*IGNORED, "logs/", "nothing"]), files)

    assert found.ignored == (".gitattributes", ".github/modeling.py", "logs/run.txt")
    assert found.unsigned == ("logs.txt",)
    assert found.matches
    assert found.code_signed is True
    assert found.dangerous_ignores == ()


@pytest.mark.parametrize(
    "entry",
    [
        "evil.py",
        "config.json",
        "tokenizer.model",
        "chat_template.jinja",
        "README.md",
        "LICENSE",
        "x/W.SAFETENSORS",
        ".",
        "./",
    ],
)
def test_an_ignore_list_that_leaves_out_what_matters_is_dangerous(entry: str) -> None:
    found = compare(manifest(ignored=[*IGNORED, entry]), there())

    assert found.dangerous_ignores == (entry,)


def test_a_folder_is_dangerous_when_something_that_matters_lies_in_it() -> None:
    files = {**there(), "custom/kernel.xyz": Present("code"), "docs/picture.png": Present()}
    found = compare(manifest(ignored=["./custom/", "docs", "model.sig"]), files, ("model.sig",))

    assert found.ignored == ("custom/kernel.xyz", "docs/picture.png")
    assert found.dangerous_ignores == ("./custom/",)
    assert found.code_signed is False


def test_ignoring_a_signed_file_changes_nothing() -> None:
    found = compare(
        manifest(ignored=["config.json"]), {**there(), "config.json": Present("configuration", content=b"!")}
    )

    assert found.changed == ("config.json",)


NAMES = st.sampled_from(["a", "b", "c/d", ".git/x", "model.sig"])
CONTENTS = st.binary(max_size=2)


@given(st.dictionaries(NAMES, CONTENTS, min_size=1), st.dictionaries(NAMES, CONTENTS), st.lists(NAMES))
def test_every_file_is_told_once_and_only_equal_ones_are_signed(
    signed: dict[str, bytes], present: dict[str, bytes], ignored: list[str]
) -> None:
    found = compare(
        manifest(dict(signed), ignored=ignored), {path: Present(content=one) for path, one in present.items()}
    )

    told = [*found.signed, *found.changed, *found.unsigned, *found.ignored, *found.undetermined]
    assert sorted(told) == sorted(present)
    assert set(found.missing) == signed.keys() - present.keys()
    assert all(signed[path] == present[path] for path in found.signed)
    assert found.matches == all(present.get(path) == content for path, content in signed.items())
