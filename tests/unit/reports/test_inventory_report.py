from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import yaml
from tests.report_values import HOSTILE, REF, finding, hostile, review, run

from weighbridge.model.evidence import Evidence, Gap, License, Lineage, Node
from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.model.refs import ModelRef
from weighbridge.model.verdicts import JudgedModel
from weighbridge.reports.columns import cells
from weighbridge.reports.inventory import Root, inventory
from weighbridge.reports.inventory_formats import FORMATS

SUBSET = yaml.safe_load((Path(__file__).parent / "cyclonedx_subset.yaml").read_text())
GONE = Missing("x")
LLAMA = License("llama3.1", "llama3.1", "front_matter", False, False, None, ())
OTHER = replace(LLAMA, declared="other", id=None, custom=True, name="acme-terms")
NODES = (
    Node("acme/mid", 1, "found", "a", ("meta/root",), None, None),
    Node("meta/root", 2, "found", "b", (), LLAMA, None),
    Node("acme/side", 1, "found", "c", (), replace(LLAMA, id=None, declared="own"), None),
    Node("acme/bare", 1, "found", "d", (), None, None),
)
LINEAGE = Lineage("acme-ml/tariff-8b", NODES, (), (), (), False, None, ())


def evidence(license_=None, lineage=None, content=GONE):
    named = {"license": license_ or Found(OTHER), "lineage": lineage or Found(LINEAGE)}
    rest = ("resolved", "card", "files", "config", "tokenizer", "generation_config", "adapter")
    return Evidence(ref=ModelRef.parse(REF), **named, **dict.fromkeys(rest, GONE), content_digest=content)


def used(known=None, **more):
    return replace(review(finding("deny"), **more), evidence=(known or evidence(),))


def test_a_model_has_its_license_roots_and_every_use():
    (item,) = inventory(run(used(evidence(content=Found("wb1:5d"))), used(name="quay")))

    assert (item.license.id, item.license.declared, item.content) == (None, "acme-terms", None)
    assert item.roots == (Root("acme/bare", None), Root("acme/side", "own"), Root("meta/root", "llama3.1"))
    assert item.lineage_known
    assert [one.name for one in item.uses] == ["tariff", "quay"]


@pytest.mark.parametrize(
    ("license_", "state"),
    [
        (Unknown("timeout"), "unknown"),
        (Found(Unreadable("too large")), "unknown"),
        (GONE, "missing"),
        (Found(replace(LLAMA, declared=None, id=None)), "missing"),
        (Found(LLAMA), "declared"),
    ],
)
def test_a_source_that_did_not_answer_is_no_missing_license(license_, state):
    (item,) = inventory(run(used(evidence(license_))))

    assert item.license.state == state


@pytest.mark.parametrize(
    "lineage", [Unknown("timeout"), Found(replace(LINEAGE, unknown=(Gap("acme/x", "timeout", "h", None),)))]
)
def test_a_lineage_that_is_not_whole_says_so(lineage):
    one = run(used(evidence(lineage=lineage)))

    assert not inventory(one)[0].lineage_known
    assert "not all ancestors" in FORMATS["terminal"](one)


def test_a_saved_run_has_models_without_evidence():
    (item,) = inventory(run(review()))

    assert (item.license.state, item.roots, item.lineage_known) == ("unknown", (), False)


def test_people_see_what_a_model_is_and_who_uses_it():
    owned = used(evidence(content=Found("wb1:5d")))
    owned = replace(owned, request=replace(owned.request, object={"metadata": {"labels": {"team": "tariffs"}}}))
    shown = FORMATS["terminal"](run(owned, problems=("a: broken",)))

    assert "  is       wb1:5d\n  license  acme-terms\n" in shown
    assert "  used by  pricing/deployment/tariff (base), owner tariffs\n" in shown
    assert shown.endswith("not read: a: broken\n1 model named 1 time\n")


def test_a_bill_of_materials_names_models_hashes_and_roots():
    one = used(evidence(content=Found("wb1:5d")))
    judged = JudgedModel(REF, "base", None, f"sha256:{'0a' * 32}")
    owned = replace(one.request, object={"metadata": {"labels": {"team": "tariffs"}}})
    one = replace(one, decision=replace(one.decision, models=(judged,)), request=owned)
    document = json.loads(FORMATS["cyclonedx"](run(one, problems=("a: broken",))))
    jsonschema.validate(document, SUBSET)

    model = document["components"][0]
    assert model["hashes"] == [{"alg": "SHA-256", "content": "0a" * 32}]
    assert model["licenses"] == [{"license": {"name": "acme-terms"}}]
    assert {"name": "weighbridge:usedBy", "value": "pricing/Deployment/tariff"} in model["properties"]
    assert {one["name"] for one in document["components"][1:]} == {"meta/root", "acme/side", "acme/bare"}
    known = {one["bom-ref"] for one in document["components"]}
    assert set(document["dependencies"][0]["dependsOn"]) | {model["bom-ref"]} == known


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_stays_a_name_in_every_inventory(text):
    one = hostile(text)
    jsonschema.validate(json.loads(FORMATS["cyclonedx"](one)), SUBSET)
    rows = list(csv.reader(FORMATS["csv"](one).splitlines()))

    assert {len(row) for row in rows} == {17}
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert json.loads(FORMATS["json"](one))["models"][0]["uses"][0]["name"] == text
    assert max(map(cells, FORMATS["terminal"](one).splitlines())) <= 100
    for render in FORMATS.values():
        assert not [sign for sign in render(one) if (ord(sign) < 32 and sign != "\n") or 0x7F <= ord(sign) < 0xA0]


@pytest.mark.parametrize("name", FORMATS)
def test_an_inventory_of_nothing_is_one(name):
    assert FORMATS[name](run()).endswith("\n")


def test_an_inventory_of_nothing_is_a_bill_too():
    jsonschema.validate(json.loads(FORMATS["cyclonedx"](run())), SUBSET)

    assert json.loads(FORMATS["cyclonedx"](run()))["components"] == []
