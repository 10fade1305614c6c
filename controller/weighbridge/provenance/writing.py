"""
Statements that we write, to be signed by whoever stands for them (in-toto attestation framework v1).

Unsigned they prove nothing. No input or output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from weighbridge.model.evidence import Card, Evidence, Files, License, Lineage
from weighbridge.model.outcomes import Found
from weighbridge.provenance.claims import ANCESTORS, MODEL_FACTS, SUMMARY

STATEMENT = "https://in-toto.io/Statement/v1"
MOST_SUBJECTS = 500
"""Files of weights named as subjects; a model with more is named by its commit alone."""


def facts_statement(evidence: Evidence, evaluations: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Return what is known about a model as an unsigned statement: card, license, parents, data sets, measurements."""
    predicate: dict[str, object] = {}
    match evidence.card:
        case Found(value=Card() as card):
            sections = sorted(name for name, section in card.sections.items() if section.present and not section.vague)
            predicate["card"] = {"digest": {"sha256": card.sha256}, "sections": sections}
            predicate["datasets"] = [{"name": one.name, **_digest(one.pin)} for one in card.datasets]
        case _:
            pass
    match evidence.license:
        case Found(value=License() as license_):
            predicate["license"] = {"id": license_.id or license_.declared, "declared": license_.declared}
        case _:
            pass
    match evidence.lineage:
        case Found(value=Lineage() as lineage):
            predicate["baseModels"] = _parents(lineage)
        case _:
            pass
    predicate["evaluations"] = list(evaluations)
    return _statement(evidence, MODEL_FACTS, predicate)


def summary_statement(
    evidence: Evidence,
    *,
    passed: bool,
    levels: Sequence[str],
    verifier: Mapping[str, object],
    policy: Mapping[str, object],
    at: datetime,
) -> dict[str, object]:
    """Return an unsigned verification summary (SLSA VSA v1), with the model's ancestors where all of them are known."""
    predicate: dict[str, object] = {
        "verifier": verifier,
        "timeVerified": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "resourceUri": str(evidence.ref),
        "policy": policy,
        "verificationResult": "PASSED" if passed else "FAILED",
        "verifiedLevels": list(levels),
        "slsaVersion": "1.1",
    }
    match evidence.lineage:
        case Found(value=Lineage(unknown=()) as lineage):
            predicate[ANCESTORS] = [{"name": node.name, **_digest(node.commit)} for node in lineage.nodes]
        case _:
            pass
    return _statement(evidence, SUMMARY, predicate)


def _statement(evidence: Evidence, predicate_type: str, predicate: Mapping[str, object]) -> dict[str, object]:
    return {"_type": STATEMENT, "subject": _subjects(evidence), "predicateType": predicate_type, "predicate": predicate}


def _subjects(evidence: Evidence) -> list[dict[str, object]]:
    """Name the model by commit or digest, and by its weights, so that a copy elsewhere is the same subject."""
    found: list[dict[str, object]] = []
    match evidence.resolved:
        case Found(value=resolved):
            algorithm, _, digest = (resolved.digest or "").partition(":")
            digests = {"gitCommit": resolved.commit} if resolved.commit else {algorithm: digest} if digest else {}
            if digests:
                found.append({"name": evidence.ref.uri, "digest": digests})
        case _:
            pass
    match evidence.files:
        case Found(value=Files(files=files)):
            weights = [one for one in files if one.loaded and one.format != "code"]
            if len(weights) <= MOST_SUBJECTS and all(one.sha256 is not None for one in weights):
                found += [{"name": one.path, "digest": {"sha256": one.sha256}} for one in weights]
        case _:
            pass
    match evidence.card:
        case Found(value=Card(sha256=sha256)):
            found.append({"name": "README.md", "digest": {"sha256": sha256}})
        case _:
            pass
    return found


def _parents(lineage: Lineage) -> list[dict[str, object]]:
    pins: dict[str, str | None] = {}
    for edge in lineage.edges:
        if edge.child == lineage.name:
            pins[edge.parent] = pins.get(edge.parent) or (edge.revision if edge.pinned else None)
    return [{"name": parent, **_digest(pin)} for parent, pin in pins.items()]


def _digest(pin: str | None) -> dict[str, object]:
    algorithm = {40: "gitCommit", 64: "sha256"}.get(len(pin or ""))
    return {"digest": {algorithm: pin}} if algorithm is not None else {}
