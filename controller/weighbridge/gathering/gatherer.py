"""
References → evidence.

Every reference is asked about at once; ancestors are walked level by level up to the roots.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from weighbridge.gathering.asking import Deadline
from weighbridge.gathering.attested import attested_licenses, contradicted, with_attested
from weighbridge.gathering.budgets import Budgets, Payment
from weighbridge.gathering.keeping import AHEAD_SECONDS, Ahead, EvidenceMemory
from weighbridge.gathering.parts import CardPart, FilesPart, Parts, license_of, statements_of
from weighbridge.gathering.places import Places
from weighbridge.gathering.provenance import Provenance, Subject, trusting_nobody
from weighbridge.gathering.repositories import Repositories
from weighbridge.gathering.tables import Tables
from weighbridge.gathering.terms import bound_terms, clauses
from weighbridge.gathering.weighing import against_parents, converted_from, units_of, weighed
from weighbridge.gathering.whereabouts import places_of
from weighbridge.lineage import NodeFacts, ParentStatement, Statements, lineage, parent_revision
from weighbridge.lineage.graph import MOST_NODES
from weighbridge.lineage.statements import MOST_PARENTS
from weighbridge.model.evidence import Card, Evidence, Files, License, Resolved
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import NOBODY, Asker
from weighbridge.model.scans import Scan
from weighbridge.sources.interface import Hosts, Source, WholeSource
from weighbridge.sources.pack_folder import PackFolder
from weighbridge.store.remembered import Remembered

HOPS = 8
"""How far up a lineage repositories are fetched; what lies beyond is named and not walked."""
COMMIT = re.compile(r"[0-9a-f]{40}")

T = TypeVar("T")
U = TypeVar("U")


class Gatherer:
    """Finds out about models. What cannot be learnt is `Unknown`."""

    def __init__(
        self,
        sources: Mapping[str, Source | Hosts],
        tables: Tables,
        clock: Callable[[], float] = time.time,
        provenance: Provenance | None = None,
        *,
        packs: PackFolder | None = None,
        remembered: Remembered | None = None,
        budgets: Budgets | None = None,
    ) -> None:
        """
        Ask `sources`, by scheme, after `packs`; `clock` says the Unix time.

        `provenance` finds out who vouches for models; by default nobody is trusted.
        What is learnt goes to `remembered`, else to memory alone.
        """
        self._places = Places(sources, clock, packs)
        self._tables = tables
        remembered = remembered or Remembered(None, clock)
        self._provenance = provenance or trusting_nobody(remembered)
        self._repositories = Repositories(tables, remembered)
        self._budgets = budgets or Budgets(clock)
        self._kept = EvidenceMemory(clock)
        self._ahead = Ahead()

    async def load(self) -> int:
        """Take what the store holds into memory before anybody asks, and return how many answers that were."""
        return await self._repositories.load()

    async def gather(self, refs: Sequence[ModelRef], seconds: float, asker: Asker = NOBODY) -> tuple[Evidence, ...]:
        """Return one `Evidence` per reference, in order, within `seconds`."""
        kept = [self._kept.get(ref, asker, self._provenance.version) for ref in refs]
        cold = [self._in_time(ref, seconds, asker) for ref, one in zip(refs, kept, strict=True) if one is None]
        asked = iter(await asyncio.gather(*cold))
        return tuple(one if one is not None else next(asked) for one in kept)

    def prepare(self, refs: Sequence[ModelRef], asker: Asker) -> None:
        """Find out in the background what Pods are about to ask; nothing happens for those who do not ask `ahead`."""
        for ref in refs:
            if asker.ahead and self._kept.get(ref, asker, self._provenance.version) is None:
                self._go_on(ref, Payment(self._budgets, asker))

    async def _in_time(self, ref: ModelRef, seconds: float, asker: Asker) -> Evidence:
        deadline = Deadline.after(seconds, Payment(self._budgets, asker))
        evidence = await self._evidence(ref, deadline)
        if deadline.horizon.late and asker.ahead:
            self._go_on(ref, deadline.payment)
        return evidence

    def _go_on(self, ref: ModelRef, payment: Payment) -> None:
        self._ahead.start(str(ref), lambda: self._evidence(ref, Deadline.after(AHEAD_SECONDS, payment)))

    async def _evidence(self, ref: ModelRef, deadline: Deadline) -> Evidence:
        if not ref.resolved:
            return _nothing(ref, Unknown("unresolved_reference", detail=ref.unresolved_because or ""))
        source = self._places.source(ref.scheme, ref.repository)
        if isinstance(source, Unknown):
            return _nothing(ref, source)
        resolved = await self._repositories.resolve(source, ref.repository, ref.revision, deadline)
        match resolved:
            case Found(value=now):
                trusted = self._provenance.version
                return self._kept.keep(await self._known(ref, now, source, deadline), deadline, trusted)
            case Missing():
                unknown = Unknown("no_repository", source.host, detail=f"{source.host} has no {resolved.looked_at}")
                return replace(_nothing(ref, unknown), resolved=resolved)
            case Unknown():
                return await self._silent(ref, resolved, deadline)

    async def _silent(self, ref: ModelRef, unknown: Unknown, deadline: Deadline) -> Evidence:
        """
        Return what a store attests about a commit that a repository could not be asked about.

        A commit that a verified statement names is what the reference means, whoever keeps silent.
        """
        nothing = _nothing(ref, unknown)
        if ref.revision is None or not COMMIT.fullmatch(ref.revision):
            return nothing
        signed = await self._provenance.of_commit(ref.revision, unknown, f"{ref.scheme}://{ref.repository}", deadline)
        if not signed.holding:
            return replace(nothing, signatures=unknown)
        return replace(
            nothing,
            resolved=Found(Resolved(ref.revision, None, ref.revision, immutable=True)),
            statements=signed.statements,
            attested_licenses=attested_licenses(signed, self._tables),
        )

    async def _known(self, ref: ModelRef, now: Resolved, source: WholeSource, deadline: Deadline) -> Evidence:
        at = now.commit or now.digest or ""
        parts, headers = await asyncio.gather(
            self._repositories.parts(source, ref.repository, at, deadline),
            self._repositories.headers(source, ref.repository, at, ref.file, deadline),
        )
        license_outcome, license_places = license_of(parts, self._tables)
        sources_of_it, unknown = converted_from(parts, headers, ref.file)
        signed = await self._provenance.of_model(source, _subject(ref, now, parts), deadline)
        licenses = attested_licenses(signed, self._tables)
        name, own = self._tables.aliases.own(ref.repository), _value(license_outcome)
        said = statements_of(parts, sources_of_it, self._tables)
        statements = with_attested(said, signed, name, self._tables)
        signed = contradicted(signed, licenses, own, said, _card(parts))
        asked = tuple(dict.fromkeys((*parts.unknown, *unknown)))
        model = NodeFacts(name, "found", now.commit, statements, own, asked)
        ancestors, content, scan = await self._further(ref, at, source, model, deadline)
        graph = lineage(model, ancestors)
        bound = bound_terms(parts, own, graph, self._tables)
        return Evidence(
            ref=ref,
            resolved=Found(now),
            card=_mapped(parts.card, lambda part: part.card),
            license=license_outcome,
            lineage=Found(graph),
            files=_files(parts.files),
            config=_mapped(parts.config, lambda part: part.config),
            tokenizer=_mapped(parts.tokenizer, lambda part: part.tokenizer),
            generation_config=_mapped(parts.generation, lambda part: part.generation),
            adapter=_mapped(parts.adapter, lambda part: part.adapter),
            places={**places_of(parts), **license_places, **statements.places, **clauses(bound, self._tables)},
            weights=against_parents(weighed(parts, headers), parts, _sizes_of_parents(statements, ancestors)),
            signatures=signed.signatures,
            statements=signed.statements,
            attested_licenses=licenses,
            content_digest=content,
            scan=scan,
            terms=bound,
        )

    async def _further(
        self, ref: ModelRef, at: str, source: WholeSource, model: NodeFacts, deadline: Deadline
    ) -> tuple[Mapping[str, NodeFacts], Outcome[str | Unreadable], Outcome[Scan | Unreadable]]:
        """Return ancestors, content digest and scans, asked for at the same time."""
        return await asyncio.gather(
            _Walk(self._repositories, self._tables, self._places.hub or source, deadline).ancestors(model),
            self._repositories.content(source, ref.repository, at, ref.file, deadline),
            self._repositories.scan(source, ref.repository, at, deadline),
        )


@dataclass(frozen=True, slots=True)
class _Walk:
    """One walk up a lineage."""

    repositories: Repositories
    tables: Tables
    source: WholeSource
    """The hub, whatever the model itself lies at: parents are named as the hub names them."""
    deadline: Deadline

    async def ancestors(self, model: NodeFacts) -> Mapping[str, NodeFacts]:
        """Return what was learnt about parents and their parents, by lower-case name."""
        found: dict[str, NodeFacts] = {}
        level = [model]
        for _ in range(HOPS):
            named: dict[str, list[ParentStatement]] = {}
            for facts in level:
                for one in facts.statements.parents:
                    if one.parent.lower() not in found and one.parent.lower() != model.name.lower():
                        named.setdefault(one.parent.lower(), []).append(one)
            too_many = any(facts.statements.named > MOST_PARENTS for facts in level)
            if too_many or len(found) + len(named) > MOST_NODES:
                break  # unreadable whatever they would say
            level = list(await asyncio.gather(*(self._node(statements) for statements in named.values())))
            found.update((facts.name.lower(), facts) for facts in level)
        return found

    async def _node(self, statements: Sequence[ParentStatement]) -> NodeFacts:
        """
        Look a parent up where its statements say.

        A revision that does not exist is looked up at the default branch, without claiming its commit;
        a name of today that does not exist here is looked up as it is written.
        """
        name = statements[0].parent
        revision = parent_revision(statements)
        tries = [(name, revision), (name, None), *((one.written, None) for one in statements)]
        resolved: Outcome[Resolved] = Missing(name)
        for repository, at in dict.fromkeys(tries):
            resolved = await self.repositories.resolve(self.source, repository, at, self.deadline, ancestor=True)
            if isinstance(resolved, Found):
                exact = (repository, at) == tries[0]
                return await self._facts(name, repository, resolved.value, exact=exact)
            if isinstance(resolved, Unknown):
                break
        if isinstance(resolved, Unknown):
            return NodeFacts(name, "unknown", None, Statements(), None, (resolved,))
        return NodeFacts(name, "missing", None, Statements(), None, ())

    async def _facts(self, name: str, repository: str, now: Resolved, *, exact: bool) -> NodeFacts:
        parts = await self.repositories.parts(self.source, repository, now.commit or now.digest or "", self.deadline)
        outcome, _ = license_of(parts, self.tables)
        found = _value(outcome)
        stated = replace(found, statements=(), card_names=()) if found is not None else None
        commit = now.commit if exact else None
        return NodeFacts(
            name, "found", commit, statements_of(parts, (), self.tables), stated, parts.unknown, units_of(parts)
        )


def _sizes_of_parents(statements: Statements, ancestors: Mapping[str, NodeFacts]) -> Mapping[str, float | None]:
    found = (ancestors.get(one.parent.lower()) for one in statements.parents)
    return {facts.name: facts.units for facts in found if facts is not None}


def _nothing(ref: ModelRef, unknown: Unknown) -> Evidence:
    return Evidence(
        ref, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown,
        weights=unknown, content_digest=unknown, scan=unknown, signatures=unknown, statements=unknown, terms=unknown,
    )  # fmt: skip


def _subject(ref: ModelRef, now: Resolved, parts: Parts) -> Subject:
    card = _card(parts)
    sha256 = card.sha256 if card is not None else None
    match parts.files:
        case Found(value=FilesPart(files=files, signed_in=signed_in)):
            return Subject(ref.repository, now, sha256, files if isinstance(files, Files) else None, signed_in)
        case Found(value=Unreadable() as why) | (Unknown() as why):
            return Subject(ref.repository, now, sha256, None, (), why)
        case _:
            return Subject(ref.repository, now, sha256, None, ())


def _card(parts: Parts) -> Card | None:
    match parts.card:
        case Found(value=CardPart(card=card)):
            return card
        case _:
            return None


def _mapped(outcome: Outcome[T | Unreadable], pick: Callable[[T], U]) -> Outcome[U | Unreadable]:
    match outcome:
        case Found(value=value):
            return Found(value if isinstance(value, Unreadable) else pick(value))
        case Missing() | Unknown():
            return outcome


def _files(outcome: Outcome[FilesPart | Unreadable]) -> Outcome[Files | Unreadable]:
    return _mapped(outcome, lambda part: part.files)


def _value(outcome: Outcome[License | Unreadable]) -> License | None:
    match outcome:
        case Found(value=License() as value):
            return value
        case _:
            return None
