"""
Evidence → the one JSON document that policies see, and its JSON Schema (DESIGN §3).

Nothing in the document is unique to one Pod, so equal workloads share a verdict.
No input or output.
"""

from __future__ import annotations

import dataclasses
import hashlib
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec

from weighbridge.model.configurations import Adapter, Config, GenerationConfig, Tokenizer
from weighbridge.model.evidence import Card, Evidence, Files, License, Lineage, Resolved
from weighbridge.model.outcomes import Because, Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.refs import Role
from weighbridge.model.requests import Json
from weighbridge.model.scans import Scan
from weighbridge.model.serving import Serving
from weighbridge.model.signatures import Signatures, Statements
from weighbridge.model.site import (
    AdvisoryMatch,
    ExceptionFacts,
    Judging,
    PolicyFacts,
    SignerFacts,
    SiteFacts,
    StampMatch,
    Voucher,
)
from weighbridge.model.terms import Terms
from weighbridge.model.weights import Weights

MODEL_FACTS = (
    "resolved",
    "card",
    "license",
    "lineage",
    "files",
    "config",
    "tokenizer",
    "generation_config",
    "adapter",
    "weights",
    "content_digest",
    "scan",
    "terms",
    "signatures",
    "statements",
)
"""The facts of a model that a rule may name under `evidence` in its METADATA."""


@dataclass(frozen=True, slots=True)
class NamespaceFacts:
    """`input.namespace`."""

    name: str


@dataclass(frozen=True, slots=True)
class WorkloadFacts:
    """`input.workload`: what kind of thing asks, never which one."""

    api_version: str
    kind: str
    controller_kind: str | None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One element of `input.models`."""

    ref: str
    role: Role
    scheme: str
    repository: str
    revision: str | None
    unresolved_because: str | None
    publisher: str | None
    """The owner part of a hub repository."""
    resolved: Outcome[Resolved]
    card: Outcome[Card | Unreadable]
    license: Outcome[License | Unreadable]
    lineage: Outcome[Lineage | Unreadable]
    files: Outcome[Files | Unreadable]
    config: Outcome[Config | Unreadable]
    tokenizer: Outcome[Tokenizer | Unreadable]
    generation_config: Outcome[GenerationConfig | Unreadable]
    adapter: Outcome[Adapter | Unreadable]
    weights: Outcome[Weights | Unreadable]
    content_digest: Outcome[str | Unreadable]
    scan: Outcome[Scan | Unreadable]
    terms: Outcome[Terms | Unreadable]
    advisories: tuple[AdvisoryMatch, ...]
    signatures: Outcome[Signatures | Unreadable]
    statements: Outcome[Statements | Unreadable]
    vouchers: tuple[Voucher, ...]
    """Its signatures and statements, held against the signers of the site."""
    stamps: tuple[StampMatch, ...]
    """Those of its statements that may answer rules."""
    in_house: bool
    """Its publisher is the organization itself."""


@dataclass(frozen=True, slots=True)
class SiteInput:
    """`input.site`."""

    policies: tuple[PolicyFacts, ...]
    fallback: Judging
    override: Judging | None
    exceptions: tuple[ExceptionFacts, ...]
    signers: tuple[SignerFacts, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """The whole document."""

    time: int
    """Nanoseconds since 1970, a whole minute."""
    namespace: NamespaceFacts
    workload: WorkloadFacts
    serving: tuple[Serving, ...]
    models: tuple[ModelFacts, ...]
    problems: tuple[str, ...]
    """What of the workload could not be read."""
    site: SiteInput


@dataclass(frozen=True, slots=True)
class Facts:
    """The document as it is sent, with the key of its verdict."""

    body: bytes
    """Canonical JSON: keys sorted."""
    key: str
    """blake2b over the document without its time, hexadecimal: the same workload an hour later has the same key."""
    time_ns: int


def facts(
    namespace: str,
    workload: WorkloadFacts,
    serving: Sequence[Serving],
    evidence: Sequence[Evidence],
    problems: Sequence[str],
    site: SiteFacts,
    now: datetime,
) -> Facts:
    """Write down everything policies may see about a workload at `now` (aware; seconds are dropped)."""
    minute = int(now.timestamp()) // 60 * 60
    document = Input(
        minute * 1_000_000_000,
        NamespaceFacts(namespace),
        workload,
        tuple(serving),
        tuple(_model(one, site) for one in evidence),
        tuple(problems),
        SiteInput(site.policies, site.fallback, site.override, site.exceptions, site.signers),
    )
    plain = typing.cast("dict[str, Json]", to_json(document))
    body = msgspec.json.encode(plain, order="deterministic")
    del plain["time"]
    key = hashlib.blake2b(msgspec.json.encode(plain, order="deterministic"), digest_size=32).hexdigest()
    return Facts(body, key, document.time)


def _model(evidence: Evidence, site: SiteFacts) -> ModelFacts:
    ref = evidence.ref
    owner, slash, _ = ref.repository.partition("/")
    return ModelFacts(
        ref=str(ref),
        role=ref.role,
        scheme=ref.scheme,
        repository=ref.repository,
        revision=ref.revision,
        unresolved_because=ref.unresolved_because,
        publisher=owner if slash and ref.scheme == "hf" else None,
        resolved=evidence.resolved,
        card=evidence.card,
        license=_license(evidence, site),
        lineage=evidence.lineage,
        files=evidence.files,
        config=evidence.config,
        tokenizer=evidence.tokenizer,
        generation_config=evidence.generation_config,
        adapter=evidence.adapter,
        weights=evidence.weights,
        content_digest=evidence.content_digest,
        scan=evidence.scan,
        terms=evidence.terms,
        advisories=site.advisories.get(str(ref), ()),
        signatures=evidence.signatures,
        statements=evidence.statements,
        vouchers=site.vouchers.get(str(ref), ()),
        stamps=site.stamps.get(str(ref), ()),
        in_house=str(ref) in site.in_house,
    )


def _license(evidence: Evidence, site: SiteFacts) -> Outcome[License | Unreadable]:
    """
    Return what an attestation says about the license, where the site trusts its signer for this model; else what the card says.

    What the card says otherwise is named beside it.
    """
    vouched = {one.bundle for one in site.vouchers.get(str(evidence.ref), ()) if one.identity and one.speaks}
    attested = [license_ for bundle, license_ in sorted(evidence.attested_licenses.items()) if bundle in vouched]
    if not attested:
        return evidence.license
    said = evidence.license.value if isinstance(evidence.license, Found) else None
    named = [one.id for one in attested[1:]]
    named += [said.id, *said.also_named] if isinstance(said, License) else []
    also = tuple(dict.fromkeys(one for one in named if one is not None and one != attested[0].id))
    return Found(dataclasses.replace(attested[0], also_named=also))


def to_json(value: object) -> Json:
    """Turn the values of the document into JSON; outcomes become `found`, `missing` or `unknown`."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Found():
            return {"found": to_json(value.value)}
        case Missing():
            return {"missing": {"looked_at": value.looked_at}}
        case Unknown():
            return {"unknown": {"because": value.because, "host": value.host, "since": value.since}}
        case Mapping():
            return {str(key): to_json(item) for key, item in value.items()}
        case tuple() | list():
            return [to_json(item) for item in value]
        case _ if dataclasses.is_dataclass(value):
            return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            raise TypeError(f"{type(value).__name__} has no place in the policy input")


def schema() -> dict[str, Any]:
    """
    Return the JSON Schema of the document, for `opa check --strict --schema`.

    Unions are `anyOf`: OPA does not look at `oneOf`.
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_schema_of(Input)}


def _schema_of(kind: Any) -> dict[str, Any]:
    """Return the schema of a type; a closed union of objects is written out at each place, as OPA follows no references."""
    simple = {str: "string", bool: "boolean", int: "integer", float: "number", types.NoneType: "null"}
    if kind in simple:
        return {"type": simple[kind]}
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if origin is Found:
        return _object({"found": _schema_of(arguments[0])})
    if kind is Missing:
        return _object({"missing": _object({"looked_at": {"type": "string"}})})
    if kind is Unknown:
        since = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
        return _object(
            {"unknown": _object({"because": _schema_of(Because), "host": {"type": "string"}, "since": since})}
        )
    if origin in (types.UnionType, typing.Union):
        if any(typing.get_origin(argument) in (list, dict) for argument in arguments):
            return {}  # any JSON: what an author wrote, kept as it is
        return {"anyOf": [_schema_of(argument) for argument in arguments]}
    if origin is tuple:
        return {"type": "array", "items": _schema_of(arguments[0])}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema_of(arguments[1])}
    hints = typing.get_type_hints(kind)
    return _object({field.name: _schema_of(hints[field.name]) for field in dataclasses.fields(kind)})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
