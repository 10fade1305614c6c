"""
Which models a pattern, an exception or an advisory speaks of: matching exists once, here (DESIGN §3).

Rego decides what a match means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from weighbridge.model.evidence import Evidence, Lineage, Resolved
from weighbridge.model.outcomes import Found
from weighbridge.model.site import AdvisoryMatch, ExceptionMatch, MatchedBy
from weighbridge.site.fields import LabelSelector
from weighbridge.site.kinds import Affected, ModelAdvisorySpec

SHORTEST_COMMIT = 7
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


def selects(selector: LabelSelector, labels: Mapping[str, str]) -> bool:
    """Return whether a Kubernetes label selector matches; an empty one matches everything."""
    if any(labels.get(key) != value for key, value in selector.match_labels.items()):
        return False
    return all(_meets(one.operator, one.key, one.values, labels) for one in selector.match_expressions)


def is_empty(selector: LabelSelector) -> bool:
    """Return whether a label selector asks for nothing, and so matches everything."""
    return not selector.match_labels and not selector.match_expressions


def _meets(operator: str, key: str, values: Sequence[str], labels: Mapping[str, str]) -> bool:
    match operator:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels


def matches_model(pattern: str, evidence: Evidence) -> MatchedBy | None:
    """
    Say how `pattern` matches a model: by digest, by commit, or only by name.

    A pattern is a digest (`sha256:…`, `wb1:…`), or `scheme://name-or-glob[@commit-or-tag]`; names compare without case.
    """
    resolved = _resolved(evidence)
    if "://" not in pattern:
        return "digest" if pattern in digests_of(evidence) else None
    name, _, revision = pattern.partition("@")
    if not _names(name, f"{evidence.ref.scheme}://{evidence.ref.repository}"):
        return None
    if not revision:
        return "name"
    if resolved and _same_revision(revision, resolved.commit, resolved.digest):
        return "commit"
    return "name" if revision == evidence.ref.revision else None


def digests_of(evidence: Evidence) -> frozenset[str]:
    """
    Return the digests that a model is known by: of its artifact and of its content.

    By the content digest a mirror is its upstream, whatever its repository is called.
    """
    resolved = _resolved(evidence)
    content = evidence.content_digest.value if isinstance(evidence.content_digest, Found) else None
    return frozenset(one for one in (resolved.digest if resolved else None, content) if isinstance(one, str))


def matched_models(patterns: Iterable[str], evidence: Sequence[Evidence]) -> tuple[ExceptionMatch, ...]:
    """Return the models that any of the patterns speaks of, each once, by its strongest match."""
    order: tuple[MatchedBy, ...] = ("digest", "commit", "name")
    found: dict[str, MatchedBy] = {}
    for pattern in patterns:
        for one in evidence:
            by = matches_model(pattern, one)
            key = str(one.ref)
            if by is not None and (key not in found or order.index(by) < order.index(found[key])):
                found[key] = by
    return tuple(ExceptionMatch(model, by) for model, by in sorted(found.items()))


def advisories_for(evidence: Evidence, advisories: Iterable[ModelAdvisorySpec]) -> tuple[AdvisoryMatch, ...]:
    """Return every advisory that speaks of the model or of one of its known ancestors."""
    lineage = evidence.lineage.value if isinstance(evidence.lineage, Found) else None
    resolved = _resolved(evidence)
    nodes = [
        (
            f"{evidence.ref.scheme}://{evidence.ref.repository}",
            True,
            [resolved.commit if resolved else None, *sorted(digests_of(evidence)), evidence.ref.revision],
            bool(resolved and (resolved.commit or resolved.digest)),
        )
    ]
    if isinstance(lineage, Lineage):
        for node in lineage.nodes:
            revisions = [edge.revision for edge in lineage.edges if edge.parent == node.name and edge.revision]
            pinned = any(edge.pinned for edge in lineage.edges if edge.parent == node.name)
            nodes.append((f"hf://{node.name}", False, list(revisions), pinned))
    found = []
    for spec in advisories:
        for name, own, revisions_of, pinned in nodes:
            by = _affected(spec.affected, name, revisions_of, pinned=pinned)
            if by is not None:
                fixed = ", ".join(spec.fixed_in) or None
                bare = name.partition("://")[2]
                found.append(AdvisoryMatch(spec.id, spec.severity, bare, own, by, spec.block, fixed, spec.summary))
    return tuple(found)


def _affected(
    affected: Iterable[Affected], name: str, revisions: Sequence[str | None], *, pinned: bool
) -> MatchedBy | None:
    """
    Say how an advisory hits one node.

    A node pinned to a commit that the advisory does not list is not hit; one that nobody pinned may be.
    """
    by_name = False
    for one in affected:
        if any(revision in one.digests for revision in revisions if revision):
            return "digest"
        if one.model is None or not _names(one.model, name):
            continue
        if not one.revisions:
            by_name = True
        elif any(_same_revision(listed, *revisions) for listed in one.revisions):
            return "commit"
        elif not pinned:
            by_name = True
    return "name" if by_name else None


def _names(pattern: str, name: str) -> bool:
    return fnmatchcase(name.lower(), pattern.lower())


def _same_revision(listed: str, *have: str | None) -> bool:
    """Compare a listed revision with what is known; commits may be shortened to seven digits."""
    short = _COMMIT.fullmatch(listed) is not None
    return any(one == listed or (short and one is not None and one.startswith(listed)) for one in have)


def _resolved(evidence: Evidence) -> Resolved | None:
    return evidence.resolved.value if isinstance(evidence.resolved, Found) else None
