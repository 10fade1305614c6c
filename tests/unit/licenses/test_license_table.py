from __future__ import annotations

import copy
import textwrap
from typing import Any

import pytest
from tests.simulators.tables import POLICIES, shipped, shipped_documents

from weighbridge.errors import BadPolicies
from weighbridge.licenses import LicenseTable
from weighbridge.licenses.facets import WORDS
from weighbridge.licenses.table import is_spdx, normal
from weighbridge.safe_yaml import load

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


def test_every_license_can_be_read_by_the_vocabulary(table: LicenseTable) -> None:
    assert len(table.licenses) > 115
    assert all(set(WORDS) <= set(one.words) for one in table.licenses.values())
    assert table.licenses["llama3.1"].words["naming"] == "Llama"
    assert table.licenses["llama4"].words["territory"] == "not in EU for llama4"
    assert table.licenses["tencent-hunyuan"].words["territory"] == "not in EU, GB, KR"
    assert table.licenses["stability-community"].words["thresholds"] == "above USD 1 million a year"
    assert table.licenses["qwen"].display == ("Built with Qwen", "Improved using Qwen")


def test_nobody_read_means_nothing_known(table: LicenseTable) -> None:
    unverified = [one.words for one in table.licenses.values() if one.words["verified"] == "unverified"]

    assert unverified
    assert {words[facet] for words in unverified for facet in WORDS if facet != "verified"} == {"unknown"}


def test_a_threshold_in_words_is_there_in_numbers_too(table: LicenseTable) -> None:
    words = [one.words for one in table.licenses.values()]

    assert [one["name"] for one in words if ("threshold" in one) != ("thresholds" in one)] == []


def test_every_region_of_a_territory_is_known() -> None:
    said = document()
    regions = {region for one in said["facets"].values() for region in one.get("territory", {}).get("regions", [])}

    assert regions == set(said["regions"])


def test_what_may_carry_a_copyleft_license_is_a_license(table: LicenseTable) -> None:
    relicensing = document()["relicensing"]

    assert {key for key in relicensing if table.licenses[key].words["share_alike"] != "yes"} == set()
    assert {one for some in relicensing.values() for one in some} <= set(table.licenses)


@pytest.mark.parametrize("name", HUGGING_FACE)
def test_every_id_of_the_hub_is_known(table: LicenseTable, name: str) -> None:
    assert table.key_of(name) in table.licenses


def test_family_labels_are_no_licenses(table: LicenseTable) -> None:
    assert {"openrail", "bsd", "cc", "gpl", "lgpl", "gfdl", "unknown", "other"} <= table.labels
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


def test_a_text_without_fingerprint_is_known_by_its_title(table: LicenseTable) -> None:
    granted = "Permission is hereby granted, free of charge, to any person obtaining a copy\n"

    assert table.titled(granted + "Our only modification part is that") == "kimi-k2-modified-mit"
    assert table.titled("LLAMA 3.1 COMMUNITY LICENSE AGREEMENT\n the Llama Materials") == "llama3.1"
    assert table.titled(granted) is None


def test_fixed_sentences_are_found_however_they_are_set(table: LicenseTable) -> None:
    notice = "Llama 3.1 is licensed under the Llama 3.1 Community License,\n  Copyright (c) Meta Platforms, Inc. All Rights Reserved."

    assert table.shown_in(f"{notice}\nBuilt with *Llama*") == (
        ("llama3.1",),
        ("llama3.1", "llama3.2", "llama3.3", "llama4"),
    )
    assert table.shown_in("Llama 3.1 is licensed under the Llama 3.1 Community License.") == ((), ())


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("meta-llama/Llama-3.1-8B", "llama3.1"),
        ("x/Meta-Llama-3-8B", "llama3"),
        ("x/llama_2_7b", "llama2"),
        ("x/Llama-4-Scout", "llama4"),
        ("x/DeepSeek-R1-Distill-Llama-8B", None),
        ("x/Llama-8B", None),
        ("", None),
    ],
)
def test_a_models_own_name_may_tell_a_version(table: LicenseTable, name: str, key: str | None) -> None:
    assert table.named_by(name) == key


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
        (lambda d: d["facets"]["mit"].pop("revocable"), "licenses.facets.mit.revocable: missing"),
        (lambda d: d["facets"]["mit"].update(comercial="yes"), "licenses.facets.mit.comercial: no such facet"),
        (lambda d: d["facets"]["mit"].update(family="nothing"), "licenses.facets.mit.family: 'nothing' is no key"),
        (lambda d: d["facets"]["mit"].update(name=5), "licenses.facets.mit.name: got 5, expected text"),
        (lambda d: d["facets"]["mit"].update(terminates=["soon"]), "licenses.facets.mit.terminates: got 'soon'"),
        (lambda d: d["facets"]["mit"].update(network_use="no"), "licenses.facets.mit.network_use: got 'no'"),
        (lambda d: d["facets"]["mit"].update(thresholds=[]), "licenses.facets.mit.thresholds: expected a list"),
        (lambda d: d["facets"]["mit"].update(thresholds=[{"of": "cows", "above": 1}]), "thresholds.of: got 'cows'"),
        (
            lambda d: d["facets"]["mit"].update(thresholds=[{"of": "users", "above": True, "says": "x"}]),
            "a whole number",
        ),
        (
            lambda d: d["facets"]["mit"].update(territory={"regions": ["EU"]}),
            "expected regions and model_types, got regions",
        ),
        (lambda d: d["facets"]["mit"].update(naming={"prefix": "M"}), "licenses.facets.mit.naming: got"),
        (lambda d: d["chain"]["relations"].update(twin="magic"), "licenses.chain.relations.twin: got 'magic'"),
        (
            lambda d: d["chain"]["carried"].update(air=["commercial"]),
            "licenses.chain.carried.air: expected one of weights, data",
        ),
        (lambda d: d["chain"]["carried"].update(data=["color"]), "licenses.chain.carried.data: got 'color'"),
        (
            lambda d: d["chain"]["binding"].update(commercial=["maybe"]),
            "licenses.chain.binding.commercial: got 'maybe'",
        ),
        (lambda d: d.update(model_names=[{"match": "(", "key": "mit"}]), r"licenses.model_names\[1\].match"),
        (lambda d: d.update(model_names=[{"match": 5, "key": "mit"}]), r"model_names\[1\].match: got 5"),
        (lambda d: d["facets"].update(mit=[]), "licenses.facets.mit"),
        (lambda d: d.update(texts={}), "licenses.texts"),
        (lambda d: d.update(texts=[5]), r"licenses.texts\[1\]"),
        (lambda d: d.update(texts=[{"key": "gemma", "all": ["x"], "longest": 5}]), r"licenses.texts\[1\]: got key"),
        (lambda d: d.update(texts=[{"key": "mit", "all": ["x"]}]), "mit has a fingerprint, which says more"),
        (lambda d: d.update(texts=[{"key": "gemma", "all": []}]), r"licenses.texts\[1\].all"),
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


def test_the_license_of_the_how_to_can_be_added() -> None:
    page = (POLICIES.parent / "docs" / "how-to" / "add-a-license.md").read_text(encoding="utf-8")
    entry = load(textwrap.dedent(page.split("```yaml\n")[1].split("```")[0]))
    longer = document()
    longer["facets"] |= entry

    assert (
        LicenseTable.from_document(longer).licenses["acme-open"].words["thresholds"] == "above 10 million users a month"
    )
