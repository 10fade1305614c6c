"""Every model in use: what it is now, under which license, where it comes from, and who runs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from weighbridge.model import evidence as evidenced
from weighbridge.model.evidence import Evidence, Lineage
from weighbridge.model.outcomes import Found, Missing, Outcome, Unreadable
from weighbridge.model.verdicts import Decision, JudgedModel
from weighbridge.reports.owners import owner
from weighbridge.reports.run import Run
from weighbridge.review import Review


@dataclass(frozen=True, slots=True)
class Use:
    """A workload that names a model."""

    cluster: str
    namespace: str
    kind: str
    name: str
    role: str
    owner: str | None
    """As its labels and annotations say."""
    file: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class License:
    """What is known of a license; a source that did not answer has not said that there is none."""

    state: str
    """`declared`, `missing` or `unknown`."""
    id: str | None = None
    """Key of the license table, where the text is identified."""
    declared: str | None = None
    """As the model writes it."""


@dataclass(frozen=True, slots=True)
class Root:
    """A model at the start of the lineage: nothing is known to come before it."""

    name: str
    license: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One model, by its reference."""

    ref: str
    commit: str | None
    digest: str | None
    content: str | None
    """`wb1:…`, equal for every copy."""
    license: License
    roots: tuple[Root, ...]
    lineage_known: bool
    """Whether every ancestor was found: otherwise there may be more roots."""
    uses: tuple[Use, ...]


def inventory(run: Run) -> tuple[Item, ...]:
    """Return the models of a run, in the order of their references."""
    uses: dict[str, list[Use]] = {}
    judged: dict[str, JudgedModel] = {}
    for review, decision in run.decisions:
        for model in decision.models:
            judged.setdefault(model.ref, model)
            uses.setdefault(model.ref, []).append(_use(review, decision, model))
    known = {str(one.ref): one for review, _ in run.decisions for one in review.evidence}
    return tuple(_item(judged[ref], known.get(ref), tuple(uses[ref])) for ref in sorted(uses))


def _use(review: Review, decision: Decision, model: JudgedModel) -> Use:
    where = review.request.where
    return Use(
        review.request.cluster,
        decision.namespace,
        decision.kind,
        decision.name,
        model.role,
        owner(review.request.object),
        where.file if where else None,
        where.line if where else None,
    )


def _item(model: JudgedModel, evidence: Evidence | None, uses: tuple[Use, ...]) -> Item:
    if evidence is None:
        return Item(model.ref, model.commit, model.digest, None, License("unknown"), (), lineage_known=False, uses=uses)
    roots, whole = _roots(evidence.lineage)
    content = evidence.content_digest
    return Item(
        ref=model.ref,
        commit=model.commit,
        digest=model.digest,
        content=content.value if isinstance(content, Found) and isinstance(content.value, str) else None,
        license=_license(evidence),
        roots=roots,
        lineage_known=whole,
        uses=uses,
    )


def _license(evidence: Evidence) -> License:
    match evidence.license:
        case Missing():
            return License("missing")
        case Found(value=evidenced.License() as license_):
            stated = license_.name or license_.declared
            return License("declared" if stated or license_.id else "missing", license_.id, stated)
        case _:
            return License("unknown")


def _roots(outcome: Outcome[Lineage | Unreadable]) -> tuple[tuple[Root, ...], bool]:
    """Return the ancestors of which no parent is known, and whether the whole lineage is."""
    match outcome:
        case Found(value=Lineage() as lineage):
            whole = not lineage.unknown and all(one.state == "found" for one in lineage.nodes)
            return tuple(sorted(set(_ends(lineage)), key=lambda one: one.name)), whole
        case _:
            return (), False


def _ends(lineage: Lineage) -> Iterator[Root]:
    for node in lineage.nodes:
        if not node.ancestors:
            yield Root(node.name, node.license.id or node.license.declared if node.license else None)
