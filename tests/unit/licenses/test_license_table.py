from __future__ import annotations

import copy
from typing import Any

import pytest
from tests.simulators.tables import shipped, shipped_documents

from weighbridge.errors import BadPolicies
from weighbridge.licenses import LicenseTable
from weighbridge.licenses.table import is_spdx, normal

FACETS = (
    "commercial",
    "field_of_use",
    "share_alike",
    "revocable",
    "pass_through",
    "outputs_train",
    "threshold",
    "name",
    "verified",
    "family",
)
HUGGING_FACE = [
    "apache-2.0",
    "mit",
    "bigscience-openrail-m",
    "creativeml-openrail-m",
    "bigscience-bloom-rail-1.0",
    "bigcode-openrail-m",
    "afl-3.0",
    "artistic-2.0",
    "bsl-1.0",
    "bsd-2-clause",
    "bsd-3-clause",
    "bsd-3-clause-clear",
    "c-uda",
    "cc0-1.0",
    "cc-by-2.0",
    "cc-by-2.5",
    "cc-by-3.0",
    "cc-by-4.0",
    "cc-by-sa-3.0",
    "cc-by-sa-4.0",
    "cc-by-nc-2.0",
    "cc-by-nc-3.0",
    "cc-by-nc-4.0",
    "cc-by-nd-4.0",
    "cc-by-nc-nd-3.0",
    "cc-by-nc-nd-4.0",
    "cc-by-nc-sa-2.0",
    "cc-by-nc-sa-3.0",
    "cc-by-nc-sa-4.0",
    "cdla-sharing-1.0",
    "cdla-permissive-1.0",
    "cdla-permissive-2.0",
    "wtfpl",
    "ecl-2.0",
    "epl-1.0",
    "epl-2.0",
    "etalab-2.0",
    "eupl-1.1",
    "eupl-1.2",
    "agpl-3.0",
    "gpl-2.0",
    "gpl-3.0",
    "lgpl-2.1",
    "lgpl-3.0",
    "isc",
    "lppl-1.3c",
    "ms-pl",
    "mpl-2.0",
    "odc-by",
    "odbl",
    "openrail++",
    "osl-3.0",
    "postgresql",
    "ofl-1.1",
    "ncsa",
    "unlicense",
    "zlib",
    "pddl",
    "lgpl-lr",
    "deepfloyd-if-license",
    "fair-noncommercial-research-license",
    "llama2",
    "llama3",
    "llama3.1",
    "llama3.2",
    "llama3.3",
    "llama4",
    "grok2-community",
    "gemma",
    "apple-ascl",
    "apple-amlr",
    "h-research",
    "intel-research",
    "openmdw-1.0",
    "openmdw-1.1",
]


@pytest.fixture
def table() -> LicenseTable:
    return shipped().licenses


def document() -> Any:
    return copy.deepcopy(shipped_documents()["licenses"])


def test_every_entry_has_every_facet_as_text() -> None:
    facets = document()["facets"]

    assert all(tuple(sorted(entry)) == tuple(sorted(FACETS)) for entry in facets.values())
    assert all(isinstance(value, str) for entry in facets.values() for value in entry.values())
    assert all(entry["family"] in facets for entry in facets.values())


def test_nobody_read_means_nothing_known() -> None:
    unverified = [entry for entry in document()["facets"].values() if entry["verified"] == "unverified"]

    assert unverified
    assert {entry[facet] for entry in unverified for facet in FACETS[:6]} == {"unknown"}


@pytest.mark.parametrize("name", HUGGING_FACE)
def test_every_id_of_the_hub_is_known(table: LicenseTable, name: str) -> None:
    assert table.key_of(name) in table.keys


def test_family_labels_are_no_licenses(table: LicenseTable) -> None:
    assert table.labels == {"openrail", "bsd", "cc", "gpl", "lgpl", "gfdl", "unknown", "other"}
    assert not table.labels & set(table.names)


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("Apache-2.0", "apache-2.0"),
        (" MIT ", "mit"),
        ("GPL-3.0-only", "gpl-3.0"),
        ("gpl-3.0-or-later", "gpl-3.0"),
        ("Llama3.1", "llama3.1"),
        ("other/tongyi-qianwen", "tongyi-qianwen"),
        ("MIT OR Apache-2.0", "mit"),
        ("MIT AND Apache-2.0", None),
        ("MIT AND MIT", "mit"),
        ("MIT OR LicenseRef-mine", None),
        ("MIT OR (", None),
        ("self", None),
        ("", None),
        ("a or " * 200, None),
    ],
)
def test_a_spelling_means_a_key(table: LicenseTable, spelling: str, key: str | None) -> None:
    assert table.key_of(spelling) == key


def test_an_expression_is_taken_apart(table: LicenseTable) -> None:
    assert table.expression("MIT AND llama3.1") == (("mit", "llama3.1"), "AND")
    assert table.expression("MIT AND nothing") == ((), "")
    assert table.expression("MIT AND CC-BY-4.0") == (("mit", "cc-by-4.0"), "AND")
    assert table.expression("MIT OR CC-BY-4.0") == (("mit", "cc-by-4.0"), "OR")


def test_spdx_knows_licenses_the_table_does_not() -> None:
    assert is_spdx("Beerware")
    assert not is_spdx("self")
    assert not is_spdx("MIT OR Apache-2.0")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("released under the Llama 3.1 Community License.", ("llama3.1",)),
        ("Apache License, Version 2.0, and CC BY-NC 4.0", ("apache-2.0", "cc-by-nc-4.0")),
        ("the qwen research license", ("qwen-research",)),
        ("LLAMA 2 COMMUNITY LICENSE AGREEMENT", ("llama2",)),
        ("a licensee of nothing", ()),
        ("permit license", ()),
    ],
)
def test_running_text_names_licenses(table: LicenseTable, text: str, keys: tuple[str, ...]) -> None:
    assert table.named_in(text) == keys


def test_a_text_is_recognized_by_what_only_it_says(table: LicenseTable) -> None:
    mit = (
        "MIT License\n\nCopyright (c) 2024 X\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\n"
        'of this software…\n\nTHE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY'
    )

    assert table.recognized(mit) == "mit"
    assert table.recognized(mit + "\nOur only modification part is that") == "kimi-k2-modified-mit"
    assert table.recognized(mit + "\nNo military use. " * 100) is None
    assert table.recognized("LLAMA 3.1 COMMUNITY LICENSE AGREEMENT\n the Llama Materials") == "llama3.1"
    assert table.recognized("Be nice.") is None


def test_phrases_are_compared_without_case_and_punctuation() -> None:
    assert normal('The "Apache License,\n Version 2.0".  ') == "the apache license version 2.0"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda d: d.pop("facets"), "licenses.facets"),
        (lambda d: d.pop("names"), "licenses.names"),
        (lambda d: d.update(labels="other"), "licenses.labels"),
        (lambda d: d.update(phrases=None), "licenses.phrases"),
        (lambda d: d["phrases"].update(mit=[5]), "licenses.phrases.mit"),
        (lambda d: d["phrases"].update(nothing=["x"]), "licenses.phrases.nothing: 'nothing' is no key"),
        (lambda d: d["names"].update(x="nothing"), "licenses.names.x: 'nothing' is no key"),
        (lambda d: d["facets"]["mit"].update(commercial=True), "licenses.facets.mit.commercial: got True"),
        (lambda d: d["facets"]["mit"].pop("revocable"), "licenses.facets.mit.revocable: got None"),
        (lambda d: d["facets"].update(mit=[]), "licenses.facets.mit"),
        (lambda d: d.update(texts={}), "licenses.texts"),
        (lambda d: d.update(texts=[5]), r"licenses.texts\[1\]"),
        (lambda d: d.update(texts=[{"key": "mit", "all": ["x"], "longest": "y"}]), r"licenses.texts\[1\].longest"),
        (lambda d: d.update(texts=[{"key": "mit", "all": []}]), r"licenses.texts\[1\].all"),
    ],
)
def test_a_mistake_in_the_table_is_named(change: Any, where: str) -> None:
    broken = document()
    change(broken)

    with pytest.raises(BadPolicies, match=where):
        LicenseTable.from_document(broken)


def test_an_empty_document_is_no_table() -> None:
    with pytest.raises(BadPolicies, match="licenses: expected a mapping"):
        LicenseTable.from_document(None)
