"""JSON for programs: the contract of DESIGN §3 and §9, `"version": 1`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

import msgspec

from weighbridge.model.verdicts import Decision, Finding
from weighbridge.reports.owners import owner
from weighbridge.reports.run import Run
from weighbridge.review import Review

VERSION = 1

_HIDDEN = re.compile(
    "[\\x7f-\\x9f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\uffff\\U000e0000-\\U000e007f]"
)
"""Characters below them are escaped by every writer of JSON."""


def render(run: Run) -> str:
    """Return one JSON document, indented, with a final newline."""
    return encoded(document(run))


def encoded(value: object) -> str:
    """Return a value as indented JSON in which characters that hide, reorder or command are written as escapes."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=1).decode()
    return _HIDDEN.sub(_escape, text) + "\n"


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def document(run: Run) -> Mapping[str, object]:
    """Return what JSON and YAML hold."""
    changed = {"changes": dataclasses.asdict(run.changes)} if run.changes else {}
    return {
        "version": VERSION,
        "decisions": [_decision(review, decision) for review, decision in run.decisions],
        "summary": dataclasses.asdict(run.summary),
        "problems": list(run.problems),
        "engine": run.engine,
        "revision": run.revision,
        "seconds": round(run.seconds, 3),
        **changed,
    }


def _decision(review: Review, decision: Decision) -> Mapping[str, object]:
    where = review.request.where
    return {
        "id": decision.id,
        "object": {
            "apiVersion": decision.api_version,
            "kind": decision.kind,
            "namespace": decision.namespace,
            "name": decision.name,
            "file": where.file if where else None,
            "line": where.line if where else None,
        },
        "stage": decision.verdict.stage,
        "allowed": decision.verdict.allowed,
        "would_allow": decision.verdict.would_allow,
        "undecided": decision.verdict.undecided,
        "models": [dataclasses.asdict(model) for model in decision.models],
        "findings": [_finding(finding) for finding in decision.verdict.findings],
        "stamps": [dataclasses.asdict(stamp) for stamp in decision.verdict.stamps],
        "owner": owner(review.request.object),
        "cluster": review.request.cluster,
    }


def _finding(finding: Finding) -> Mapping[str, object]:
    plain = {field.name: getattr(finding, field.name) for field in dataclasses.fields(finding)}
    plain["remedy"] = dataclasses.asdict(finding.remedy)
    plain["evidence"] = [
        {
            "fact": quote.fact,
            "file": quote.place.file if quote.place else None,
            "line": quote.place.line if quote.place else None,
            "text": quote.place.text if quote.place else None,
        }
        for quote in finding.evidence
    ]
    plain["exception"] = dataclasses.asdict(finding.exception) if finding.exception else None
    plain["because_unknown"] = dataclasses.asdict(finding.because_unknown) if finding.because_unknown else None
    return plain
