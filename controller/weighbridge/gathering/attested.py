"""
What verified statements say about a model, beside what its card and files say.

An attested parent is walked like a declared one; that an attested license outranks the card's is decided where it is
known whether the site trusts its signer (facts.py). A contradiction stays visible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from weighbridge.gathering.signed import Signed
from weighbridge.gathering.tables import Tables
from weighbridge.licenses import CardStatement, identify
from weighbridge.lineage import ParentStatement, Statements
from weighbridge.lineage.names import hub_id
from weighbridge.model.evidence import Card, License, Place
from weighbridge.model.outcomes import Found
from weighbridge.model.signatures import Claim, ClaimAbout, Contradiction, SignedStatement
from weighbridge.model.signatures import Statements as SignedStatements

_NO_TEXT = CardStatement(None, None, custom=False, line=None, named=())
_COMMIT = re.compile(r"[0-9a-f]{40}")


def with_attested(statements: Statements, signed: Signed, own: str, tables: Tables) -> Statements:
    """Return the statements of a repository about its parents, with what is attested about them."""
    parents = tuple(dict.fromkeys(one for one in _parents(signed.holding, tables) if one.parent.lower() != own.lower()))
    if not parents:
        return statements
    names = {one.parent.lower() for one in (*statements.parents, *parents)}
    places = {f"lineage.edge:attestation:{one.parent}": Place("attestation", None, one.written) for one in parents}
    return replace(
        statements,
        parents=(*statements.parents, *parents),
        named=max(statements.named, len(names)),
        derived_by=(*statements.derived_by, "attestation"),
        places={**statements.places, **places},
    )


def _parents(holding: Sequence[SignedStatement], tables: Tables) -> Iterator[ParentStatement]:
    for statement in holding:
        for claim in statement.claims:
            name = hub_id(claim.value, short=False) if claim.about == "base_model" else None
            if name is not None:
                pin = claim.pin if claim.pin is not None and _COMMIT.fullmatch(claim.pin) else None
                yield ParentStatement(tables.aliases.parent(name), name, "unstated", "attestation", pin)


def attested_licenses(signed: Signed, tables: Tables) -> Mapping[str, License]:
    """Return the license that each statement gives, by its bundle."""
    found: dict[str, License] = {}
    for statement in signed.holding:
        values: list[object] = [one.value for one in statement.claims if one.about == "license"]
        identified = identify({"license": values}, {}, _NO_TEXT, (), tables.licenses).license if values else None
        if identified is not None:
            found[statement.bundle] = replace(identified, source="attestation")
    return found


def contradicted(
    signed: Signed, licenses: Mapping[str, License], declared: License | None, parents: Statements, card: Card | None
) -> Signed:
    """Return the same, with where verified statements and the card or the files disagree."""
    match signed.statements:
        case Found(value=SignedStatements() as known):
            pass
        case _:
            return signed
    found = tuple(
        dict.fromkeys(
            one
            for statement in signed.holding
            for one in (
                *_license(statement, licenses.get(statement.bundle), declared),
                *_named(
                    statement,
                    "base_model",
                    [one.parent for one in parents.parents],
                    [one.written for one in parents.parents],
                ),
                *_named(statement, "dataset", [one.name for one in card.datasets] if card is not None else [], []),
            )
        )
    )
    return replace(signed, statements=Found(replace(known, contradictions=found)))


def _license(statement: SignedStatement, attested: License | None, declared: License | None) -> Iterator[Contradiction]:
    if attested is None or declared is None:
        return
    if (attested.id or attested.declared) != (declared.id or declared.declared):
        said, shown = attested.id or attested.declared, declared.id or declared.declared
        yield Contradiction("license", said or "", shown or "", statement.bundle)


def _named(
    statement: SignedStatement, about: ClaimAbout, declared: Sequence[str], also: Sequence[str]
) -> Iterator[Contradiction]:
    """Compare sets of names: what only one of the two names is a contradiction once both name any."""
    claims = [one for one in statement.claims if one.about == about]
    if not claims or not declared:
        return
    known = {one.lower() for one in (*declared, *also)}
    missing = [one for one in claims if one.value.lower() not in known]
    left = [one for one in declared if not _claimed(one, claims)]
    if missing:
        yield Contradiction(
            about,
            ", ".join(sorted(one.value for one in missing)[:5]),
            ", ".join(sorted(left or declared)[:5]),
            statement.bundle,
        )


def _claimed(name: str, claims: Sequence[Claim]) -> bool:
    return any(one.value.lower() == name.lower() for one in claims)
