"""
What a verified statement is about: this very content, or something else.

A subject is matched by digest, never by name (in-toto attestation framework: names are for people).
No input or output.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from weighbridge.model.provenance import Compared, FileKind, Statement
from weighbridge.model.signatures import MOST_NAMED, Coverage
from weighbridge.model.text import printable
from weighbridge.provenance.tables import table

LONGEST_PATH = 300


@dataclass(frozen=True, slots=True)
class Content:
    """By which digests a model is known."""

    commit: str | None
    digest: str | None
    """`sha256:…` of an artifact, or `wb1:…`."""
    card_sha256: str | None
    weights: frozenset[str]
    """sha256 of every file of weights an engine would load; empty where a listing does not know all of them."""
    manifests: frozenset[str] = frozenset()
    """Subjects of signed manifests that list these very files."""


def is_about(statement: Statement, content: Content) -> bool:
    """Tell whether a statement is about this content: its commit, its digest, its signed manifest, or all of its weights."""
    algorithm, _, digest = (content.digest or "").partition(":")
    sha256 = {one.digests["sha256"].lower() for one in statement.subjects if "sha256" in one.digests}
    for subject in statement.subjects:
        commit = subject.digests.get("gitCommit", subject.digests.get("sha1"))
        if content.commit is not None and commit == content.commit:
            return True
        if digest and subject.digests.get(algorithm) == digest:
            return True
    return bool(sha256 & content.manifests) or (bool(content.weights) and content.weights <= sha256)


def names_card(statement: Statement, content: Content, *, whole: bool) -> bool:
    """Tell whether a statement covers the card: by its digest, or because it is about the `whole` content with the card in it."""
    algorithm, _, digest = (content.digest or "").partition(":")
    for subject in statement.subjects:
        if content.card_sha256 is not None and subject.digests.get("sha256", "").lower() == content.card_sha256:
            return True
        commit = subject.digests.get("gitCommit", subject.digests.get("sha1"))
        if whole and content.commit is not None and commit == content.commit:
            return True
        if whole and digest and algorithm != "wb1" and subject.digests.get(algorithm) == digest:
            return True
    return False


def kind_of_file(path: str, format_of_it: str | None) -> FileKind:
    """Return what a file is to a signature; `format_of_it` is the format of weights or `code`, `None` for everything else."""
    if format_of_it is not None:
        return "code" if format_of_it == "code" else "weights"
    name = path.rpartition("/")[2].lower()
    for kind, patterns in _patterns().items():
        if any(fnmatchcase(name, pattern) for pattern in patterns):
            return kind
    return "other"


def coverage(compared: Compared, matters: Collection[str]) -> Coverage:
    """Return a comparison as policies see it; of the unsigned files those that `matters` names."""
    return Coverage(
        comparable=compared.comparable,
        why_not=compared.why_not,
        signed=len(compared.signed),
        changed=_named(compared.changed),
        missing=_named(compared.missing),
        unsigned=_named([path for path in compared.unsigned if path in matters]),
        ignored=_named(compared.ignored),
        dangerous=_named(compared.dangerous_ignores),
        symlinks=compared.allow_symlinks,
        card=compared.card_signed is not False,
        license=compared.license_signed is not False,
        code=compared.code_signed is not False,
        weights=compared.weights_signed is not False,
    )


def _named(paths: Collection[str]) -> tuple[str, ...]:
    return tuple(printable(path, LONGEST_PATH) for path in list(paths)[:MOST_NAMED])


@cache
def _patterns() -> Mapping[FileKind, tuple[str, ...]]:
    written = table("file_kinds")
    return {
        "card": tuple(written["card"]),
        "license": tuple(written["license"]),
        "configuration": tuple(written["configuration"]),
    }
