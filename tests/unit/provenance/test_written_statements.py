from __future__ import annotations

from datetime import UTC, datetime

from tests.evidence_values import COMMIT, NOWHERE, PARENT_COMMIT, evidence, lineage

from weighbridge.model.datasets import Dataset
from weighbridge.model.evidence import Card, Edge, File, Files, Gap, Resolved, Section
from weighbridge.model.outcomes import Found
from weighbridge.provenance.claims import ANCESTORS, kind_of
from weighbridge.provenance.writing import facts_statement, summary_statement

NOW = datetime(2026, 12, 1, tzinfo=UTC)
WEIGHTS = "0" * 64


def stamp(model):
    return summary_statement(model, passed=True, levels=["card.*"], verifier={"id": "x"}, policy={"uri": "y"}, at=NOW)


def test_a_model_is_named_by_commit_weights_and_card():
    subjects = facts_statement(evidence(), [])["subject"]

    assert subjects == [
        {"name": "hf://org/model", "digest": {"gitCommit": COMMIT}},
        {"name": "model.safetensors", "digest": {"sha256": WEIGHTS}},
        {"name": "README.md", "digest": {"sha256": "0" * 64}},
    ]


def test_an_artifact_is_named_by_its_digest():
    there = evidence(
        "oci://r.example/a:1", resolved=Found(Resolved(None, f"sha256:{WEIGHTS}", None, immutable=False)), card=NOWHERE
    )
    nothing = evidence(resolved=Found(Resolved(None, None, None, immutable=False)), card=NOWHERE, files=NOWHERE)

    assert facts_statement(there, [])["subject"][0] == {"name": "oci://r.example/a:1", "digest": {"sha256": WEIGHTS}}
    assert facts_statement(nothing, [])["subject"] == []


def test_weights_without_a_known_digest_are_not_named():
    unknown = Files((File("a.safetensors", 1, None, "safetensors", loaded=True),), 1)

    assert len(facts_statement(evidence(files=Found(unknown)), [])["subject"]) == 2


def test_facts_are_card_license_parents_data_and_measurements():
    sections = {
        "license": Section(True, 5, False),
        "bias": Section(False, 0, False),
        "contact": Section(True, 1, False, (), True),
    }
    card = Card("c" * 64, 2000, "ok", None, False, sections, (), (Dataset("a/b", COMMIT), Dataset("c/d", None)))
    statement = facts_statement(
        evidence(card=Found(card), lineage=Found(lineage("meta/base", pinned=True))), [{"metric": "f1", "value": 1.0}]
    )

    assert kind_of(str(statement["predicateType"])) == "facts"
    assert statement["predicate"] == {
        "card": {"digest": {"sha256": "c" * 64}, "sections": ["license"]},
        "datasets": [{"name": "a/b", "digest": {"gitCommit": COMMIT}}, {"name": "c/d"}],
        "license": {"id": "apache-2.0", "declared": "apache-2.0"},
        "baseModels": [{"name": "meta/base", "digest": {"gitCommit": PARENT_COMMIT}}],
        "evaluations": [{"metric": "f1", "value": 1.0}],
    }


def test_of_several_statements_about_a_parent_the_pinned_one_counts():
    import dataclasses

    known = lineage("meta/base", pinned=True)
    loose = Edge("org/model", "meta/base", "finetune", "config", None, pinned=False)
    further = Edge("meta/base", "meta/root", "finetune", "config", None, pinned=False)
    both = dataclasses.replace(known, edges=(loose, *known.edges, further))

    assert facts_statement(evidence(lineage=Found(both)), [])["predicate"]["baseModels"] == [
        {"name": "meta/base", "digest": {"gitCommit": PARENT_COMMIT}}
    ]


def test_what_is_not_known_is_left_out():
    bare = evidence(card=NOWHERE, license=NOWHERE, lineage=NOWHERE, files=NOWHERE, resolved=NOWHERE)

    assert facts_statement(bare, [])["predicate"] == {"evaluations": []}
    assert ANCESTORS not in stamp(bare)["predicate"]


def test_a_summary_names_every_ancestor_or_none():
    import dataclasses

    whole = lineage("meta/base")
    open_ended = dataclasses.replace(whole, unknown=(Gap("meta/base", "timeout", "hub", None),))

    assert stamp(evidence(lineage=Found(whole)))["predicate"][ANCESTORS] == [
        {"name": "meta/base", "digest": {"gitCommit": PARENT_COMMIT}}
    ]
    assert ANCESTORS not in stamp(evidence(lineage=Found(open_ended)))["predicate"]
    assert stamp(evidence())["predicate"]["timeVerified"] == "2026-12-01T00:00:00Z"
    assert (
        summary_statement(evidence(), passed=False, levels=[], verifier={}, policy={}, at=NOW)["predicate"][
            "verificationResult"
        ]
        == "FAILED"
    )
