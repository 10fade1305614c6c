"""
What a verified statement says about a model: what it was made from, under which license, how it was tested, who has looked.

Everything in a predicate is whatever its signer wrote: nothing here raises, and only so much is kept as rules ask.
No input or output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import get_args

from weighbridge.model.provenance import Statement
from weighbridge.model.signatures import Ancestor, Claim, ClaimAbout, Dependency, StatementKind, Summary
from weighbridge.model.text import printable
from weighbridge.provenance.boms import bom_claims, describes_model
from weighbridge.provenance.tables import table
from weighbridge.provenance.uris import dependency
from weighbridge.provenance.walking import at, digests, items, pin_of, text

MOST = 200
"""Dependencies, claims, levels or ancestors read of one statement."""
ANCESTORS = "https://weighbridge.dev/ancestors/v1"
"""Key of our extension of a verification summary: `[{name, digest}]` of everything the model was made from."""
MODEL_FACTS = "https://weighbridge.dev/model-facts/v1"
SUMMARY = "https://slsa.dev/verification_summary/v1"
_LISTED: tuple[tuple[ClaimAbout, str], ...] = (("base_model", "baseModels"), ("dataset", "datasets"))


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """A statement, as far as rules ask."""

    kind: StatementKind
    builder: str | None
    dependencies: tuple[Dependency, ...]
    summary: Summary | None
    claims: tuple[Claim, ...]


def kind_of(predicate_type: str) -> StatementKind:
    """Return what kind of statement a predicate type is."""
    for known, kind in _kinds().items():
        if predicate_type == known or predicate_type.startswith((f"{known}/", f"{known}.")):
            return kind
    return "other"


def read_claims(statement: Statement) -> ReadStatement:
    """Return what a statement says."""
    predicate, kind = statement.predicate, kind_of(statement.predicate_type)
    if kind == "aibom" and not describes_model(predicate):
        kind = "other"  # a bill of materials of software
    found = tuple(_dependencies(predicate))[:MOST] if kind == "provenance" else ()
    match kind:
        case "provenance":
            claims: Iterator[Claim] = (
                Claim("base_model" if one.kind == "model" else "dataset", one.name, pin_of(one.digests))
                for one in found
                if one.kind != "other"
            )
        case "aibom":
            claims = bom_claims(predicate)
        case "facts":
            claims = _own_claims(predicate)
        case "test_result":
            claims = _test_result(predicate)
        case "summary" | "other":
            claims = iter(())
    return ReadStatement(
        kind=kind,
        builder=_builder(predicate) if kind == "provenance" else None,
        dependencies=found,
        summary=_summary(predicate) if kind == "summary" else None,
        claims=tuple(dict.fromkeys(one for one, _ in zip(claims, range(MOST), strict=False))),
    )


def _builder(predicate: Mapping[str, object]) -> str | None:
    return text(at(predicate, "runDetails", "builder", "id")) or text(at(predicate, "builder", "id"))


def _dependencies(predicate: Mapping[str, object]) -> Iterator[Dependency]:
    for entry in (*items(at(predicate, "buildDefinition", "resolvedDependencies")), *items(predicate.get("materials"))):
        uri = text(at(entry, "uri")) or text(at(entry, "name"))
        if uri is not None:
            yield dependency(uri, digests(at(entry, "digest")))


def _summary(predicate: Mapping[str, object]) -> Summary:
    """Read a SLSA verification summary, 1.0 to 1.2, with our list of ancestors where it is there."""
    said = predicate.get(ANCESTORS)
    ancestors = tuple(_ancestors(said))[:MOST] if isinstance(said, list) and len(said) <= MOST else None
    return Summary(
        verifier=text(at(predicate, "verifier", "id")) or "",
        passed=predicate.get("verificationResult") == "PASSED",
        levels=tuple(one for one in map(text, items(predicate.get("verifiedLevels"))) if one is not None)[:MOST],
        verified_at=_moment(predicate.get("timeVerified")),
        ancestors=ancestors,
    )


def _ancestors(said: list[object]) -> Iterator[Ancestor]:
    for entry in said:
        name = text(at(entry, "name"))
        if name is not None:
            yield Ancestor(name.removeprefix("hf://"), digests(at(entry, "digest")))


def _moment(value: object) -> int | None:
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    # A time without zone is no moment.
    return int(parsed.timestamp()) * 1_000_000_000 if parsed.tzinfo else None


def _own_claims(predicate: Mapping[str, object]) -> Iterator[Claim]:
    """Read `https://weighbridge.dev/model-facts/v1`, what `weighbridge attest` writes."""
    license_ = text(at(predicate, "license", "id"))
    if license_ is not None:
        yield Claim("license", license_, None)
    about: ClaimAbout
    for about, key in _LISTED:
        for entry in items(predicate.get(key)):
            name = text(at(entry, "name"))
            if name is not None:
                yield Claim(about, name, pin_of(digests(at(entry, "digest"))))
    for entry in items(predicate.get("evaluations")):
        metric, value = text(at(entry, "metric")), at(entry, "value")
        if metric is not None and isinstance(value, int | float | str):
            yield Claim(
                "evaluation", printable(f"{text(at(entry, 'dataset')) or ''} {metric} {value}".strip(), 200), None
            )


def _test_result(predicate: Mapping[str, object]) -> Iterator[Claim]:
    result = text(predicate.get("result"))
    if result is not None:
        names = [one for one in (text(at(entry, "name")) for entry in items(predicate.get("configuration"))) if one]
        yield Claim("evaluation", printable(f"{result} {' '.join(names)}".strip(), 200), None)


@cache
def _kinds() -> Mapping[str, StatementKind]:
    kinds: tuple[StatementKind, ...] = get_args(StatementKind)
    return {name: kind for name, word in table("predicates")["kinds"].items() for kind in kinds if kind == word}
