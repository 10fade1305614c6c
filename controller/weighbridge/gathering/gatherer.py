"""
References → evidence.

Every reference is asked about at once; ancestors are walked level by level up to the roots.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from weighbridge.gathering.asking import Deadline
from weighbridge.gathering.parts import FilesPart, Parts, license_of, statements_of
from weighbridge.gathering.places import Places
from weighbridge.gathering.repositories import Repositories
from weighbridge.gathering.tables import Tables
from weighbridge.gathering.weighing import against_parents, converted_from, units_of, weighed
from weighbridge.lineage import NodeFacts, ParentStatement, Statements, lineage, parent_revision
from weighbridge.lineage.graph import MOST_NODES
from weighbridge.lineage.statements import MOST_PARENTS
from weighbridge.model.evidence import Evidence, Files, License, Place, Resolved
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.refs import ModelRef
from weighbridge.sources.interface import Hosts, Source, WholeSource
from weighbridge.sources.pack_folder import PackFolder
from weighbridge.store.memory import Shelf

HOPS = 8
"""How far up a lineage repositories are fetched; what lies beyond is named and not walked."""
_RISKY = ("pickle", "keras", "code")

T = TypeVar("T")
U = TypeVar("U")


class Gatherer:
    """Finds out about models. What cannot be learnt is `Unknown`."""

    def __init__(
        self,
        sources: Mapping[str, Source | Hosts],
        tables: Tables,
        clock: Callable[[], float] = time.monotonic,
        *,
        packs: PackFolder | None = None,
    ) -> None:
        """Ask `sources`, by scheme, after `packs`; `clock` counts seconds and only grows."""
        self._places = Places(sources, clock, packs)
        self._tables = tables
        self._repositories = Repositories(tables, clock)
        self._kept: Shelf[Evidence] = Shelf(clock)

    async def gather(self, refs: Sequence[ModelRef], seconds: float) -> tuple[Evidence, ...]:
        """Return one `Evidence` per reference, in order, within `seconds`."""
        deadline = Deadline.after(seconds)
        kept = [self._kept.get(_key(ref)) for ref in refs]
        cold = [self._evidence(ref, deadline.for_one()) for ref, one in zip(refs, kept, strict=True) if one is None]
        asked = iter(await asyncio.gather(*cold))
        return tuple(
            replace(one, ref=ref) if one is not None else next(asked) for ref, one in zip(refs, kept, strict=True)
        )

    async def _evidence(self, ref: ModelRef, deadline: Deadline) -> Evidence:
        if not ref.resolved:
            return _nothing(ref, Unknown("unresolved_reference", detail=ref.unresolved_because or ""))
        source = self._places.source(ref.scheme, ref.repository)
        if isinstance(source, Unknown):
            return _nothing(ref, source)
        resolved = await self._repositories.resolve(source, ref.repository, ref.revision, deadline)
        match resolved:
            case Found(value=now):
                evidence = await self._known(ref, now, source, deadline)
                self._kept.put(_key(ref), evidence, deadline.horizon.until)
                return evidence
            case Missing():
                unknown = Unknown("no_repository", source.host, detail=f"{source.host} has no {resolved.looked_at}")
                return replace(_nothing(ref, unknown), resolved=resolved)
            case Unknown():
                return _nothing(ref, resolved)

    async def _known(self, ref: ModelRef, now: Resolved, source: WholeSource, deadline: Deadline) -> Evidence:
        at = now.commit or now.digest or ""
        parts, headers = await asyncio.gather(
            self._repositories.parts(source, ref.repository, at, deadline),
            self._repositories.headers(source, ref.repository, at, ref.file, deadline),
        )
        license_outcome, license_places = license_of(parts, self._tables)
        sources_of_it, unknown = converted_from(parts, headers, ref.file)
        statements = statements_of(parts, sources_of_it, self._tables)
        name = self._tables.aliases.own(ref.repository)
        asked = tuple(dict.fromkeys((*parts.unknown, *unknown)))
        model = NodeFacts(name, "found", now.commit, statements, _value(license_outcome), asked)
        ancestors, content, scan = await asyncio.gather(
            _Walk(self._repositories, self._tables, self._places.hub or source, deadline).ancestors(model),
            self._repositories.content(source, ref.repository, at, ref.file, deadline),
            self._repositories.scan(source, ref.repository, at, deadline),
        )
        return Evidence(
            ref=ref,
            resolved=Found(now),
            card=_mapped(parts.card, lambda part: part.card),
            license=license_outcome,
            lineage=Found(lineage(model, ancestors)),
            files=_files(parts.files),
            config=_mapped(parts.config, lambda part: part.config),
            tokenizer=_mapped(parts.tokenizer, lambda part: part.tokenizer),
            generation_config=_mapped(parts.generation, lambda part: part.generation),
            adapter=_mapped(parts.adapter, lambda part: part.adapter),
            places={**_places(parts), **license_places, **statements.places},
            weights=against_parents(weighed(parts, headers), parts, _sizes_of_parents(statements, ancestors)),
            content_digest=content,
            scan=scan,
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
            resolved = await self.repositories.resolve(self.source, repository, at, self.deadline)
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
        stated, _ = license_of(parts, self.tables)
        commit = now.commit if exact else None
        return NodeFacts(
            name, "found", commit, statements_of(parts, (), self.tables), _value(stated), parts.unknown, units_of(parts)
        )


def _sizes_of_parents(statements: Statements, ancestors: Mapping[str, NodeFacts]) -> Mapping[str, float | None]:
    found = (ancestors.get(one.parent.lower()) for one in statements.parents)
    return {facts.name: facts.units for facts in found if facts is not None}


def _key(ref: ModelRef) -> Hashable:
    """Return what evidence depends on, and not who names the model in which role."""
    return ref.scheme, ref.repository, ref.revision, ref.file, ref.unresolved_because


def _nothing(ref: ModelRef, unknown: Unknown) -> Evidence:
    return Evidence(
        ref, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown,
        weights=unknown, content_digest=unknown, scan=unknown,
    )  # fmt: skip


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


def _places(parts: Parts) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for outcome in (parts.card, parts.config, parts.tokenizer, parts.generation, parts.adapter):
        match outcome:
            case Found(value=value) if not isinstance(value, Unreadable):
                places.update(value.places)
            case _:
                pass
    match parts.files:
        case Found(value=FilesPart(files=Files(files=files))):
            places.update((f"file:{file.path}", Place(file.path)) for file in files if file.format in _RISKY)
        case _:
            pass
    return places
