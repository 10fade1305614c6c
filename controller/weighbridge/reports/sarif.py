"""
SARIF 2.1.0 for code scanning.

A result stands at the line of the manifest; the lines of card and configuration are related locations, below a base that
names the model, since they are in no checkout. What could not be decided is a notification, never a result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from weighbridge import __version__
from weighbridge.model.requests import Where
from weighbridge.model.text import printable
from weighbridge.model.verdicts import Decision, Effect, Finding, Quote
from weighbridge.reports.json import encoded
from weighbridge.reports.phrases import LONGEST, excuse, fixes, identity, judged, places, subject, would_block
from weighbridge.reports.run import Run
from weighbridge.reports.sarif_rules import descriptors
from weighbridge.review import Review

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

_LEVELS: Mapping[Effect, str] = {
    "deny": "error",
    "warn": "warning",
    "audit": "note",
    "excepted": "note",
    "grace": "warning",
}


@dataclass(frozen=True, slots=True)
class _Log:
    """What results refer to by number or name."""

    rules: Mapping[str, int]
    bases: Mapping[str, str]
    """Name of a model's base by its reference."""


def render(run: Run) -> str:
    """Return one log with one run, indented, with a final newline."""
    ids = list(dict.fromkeys([*run.rules, *(finding.rule for _, _, finding in run.findings)]))
    models = dict.fromkeys(finding.model for _, _, finding in run.findings if finding.model)
    log = _Log(
        {rule: number for number, rule in enumerate(ids)},
        {model: f"MODEL{number}" for number, model in enumerate(models, start=1)},
    )
    unknown = [_notification(log, *found) for found in run.findings if found[2].because_unknown is not None]
    unread = [{"level": "error", "message": {"text": _text(f"not read: {problem}")}} for problem in run.problems]
    one = {
        "tool": {"driver": {"name": "weighbridge", "version": __version__, "rules": descriptors(ids, run.rules)}},
        "originalUriBaseIds": {
            name: {"uri": f"{_quoted(model.partition('#')[0])}/", "description": {"text": _text(model)}}
            for model, name in log.bases.items()
        },
        "invocations": [
            {"executionSuccessful": not unknown and not unread, "toolExecutionNotifications": [*unknown, *unread]}
        ],
        "results": [_result(log, *found) for found in run.findings if found[2].because_unknown is None],
        "properties": {"engine": printable(run.engine), "bundle": run.revision},
    }
    return encoded({"$schema": SCHEMA, "version": "2.1.0", "runs": [one]})


def _result(log: _Log, review: Review, decision: Decision, finding: Finding) -> Mapping[str, object]:
    quoted = (_related(log, finding, said) for said in finding.evidence if said.fact != "reference")
    related = [location for location in quoted if location]
    return {
        "ruleId": finding.rule,
        "ruleIndex": log.rules[finding.rule],
        "level": _LEVELS[finding.effect],
        "message": {"text": _text(_sentence(finding))},
        "locations": [_location(review.request.where, decision)],
        "relatedLocations": [{"id": number, **location} for number, location in enumerate(related, start=1)],
        "partialFingerprints": {"weighbridge/v1": _fingerprint(decision, finding)},
        "suppressions": list(_suppressions(finding)),
        "properties": dict(_properties(decision, finding)),
    }


def _notification(log: _Log, review: Review, decision: Decision, finding: Finding) -> Mapping[str, object]:
    return {
        "level": _LEVELS[finding.effect],
        "message": {"text": _text(_sentence(finding))},
        "locations": [_location(review.request.where, decision)],
        "associatedRule": {"id": finding.rule, "index": log.rules[finding.rule]},
    }


def _sentence(finding: Finding) -> str:
    about = f"{finding.model}: " if finding.model else ""
    quoted = places(finding)
    return f"{about}{printable(finding.message, LONGEST)}{f' ({quoted})' if quoted else ''}. Fix, {fixes(finding)}"


def _location(where: Where | None, decision: Decision) -> Mapping[str, object]:
    named = {"logicalLocations": [{"fullyQualifiedName": subject(decision), "kind": "resource"}]}
    if where is None:
        return named
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": manifest_uri(where.file)},
            "region": {"startLine": max(where.line, 1)},
        },
        **named,
    }


def manifest_uri(file: str) -> str:
    """Return the path of a manifest as a URI reference: relative as it was given, `file:` where it is absolute."""
    if file == "-":
        return "stdin"
    if file.startswith("/"):
        return f"file://{quote(file, errors='surrogatepass')}"
    return quote(file.removeprefix("./"), errors="surrogatepass")


def _related(log: _Log, finding: Finding, said: Quote) -> Mapping[str, object]:
    if said.place is None:
        return {}
    base = {"uriBaseId": log.bases[finding.model]} if finding.model else {}
    artifact = {"uri": quote(said.place.file, errors="surrogatepass"), **base}
    physical: dict[str, object] = {"artifactLocation": artifact}
    if said.place.line:
        snippet = {"snippet": {"text": printable(said.place.text)}} if said.place.text else {}
        physical["region"] = {"startLine": said.place.line, **snippet}
    return {"physicalLocation": physical, "message": {"text": _text(said.fact)}}


def _fingerprint(decision: Decision, finding: Finding) -> str:
    """Lines move: a finding stays the same one while rule, workload, model and file of the evidence do."""
    files = sorted({said.place.file for said in finding.evidence if said.place})
    parts = (finding.rule, subject(decision), identity(decision, finding), *files)
    return hashlib.sha256("\0".join(parts).encode(errors="backslashreplace")).hexdigest()[:32]


def _suppressions(finding: Finding) -> Iterator[Mapping[str, str]]:
    """An empty list says: not suppressed. Without the list a reader would not know."""
    if finding.exception is not None:
        yield {"kind": "external", "justification": excuse(finding.exception)}


def _properties(decision: Decision, finding: Finding) -> Iterator[tuple[str, object]]:
    model = judged(decision, finding)
    yield from (("action", finding.action), ("effect", finding.effect), ("severity", finding.severity))
    yield from (("wouldBlock", would_block(finding)), ("whoCanAct", finding.who_can_act), ("decision", decision.id))
    if model is not None:
        yield from (("model", model.ref), ("commit", model.commit), ("digest", model.digest))


def _text(text: str) -> str:
    """In a message of SARIF brackets make links and braces make placeholders; the text of others makes neither."""
    shown = printable(text, LONGEST)
    for character, escape in (("\\", "\\\\"), ("[", "\\["), ("]", "\\]"), ("{", "{{"), ("}", "}}")):
        shown = shown.replace(character, escape)
    return shown


def _quoted(ref: str) -> str:
    return quote(ref, safe=":/@", errors="surrogatepass")
