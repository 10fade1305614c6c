"""
A site whose folder is read again when it changes: a rotated root or a new policy needs no restart.

What can no longer be read leaves the last good site in place, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from weighbridge.errors import BadSite
from weighbridge.model.evidence import Evidence
from weighbridge.model.requests import Namespace
from weighbridge.model.site import SiteFacts
from weighbridge.site.facts import ConfiguredSite
from weighbridge.site.signers import KnownSigner

LOOK_EVERY = 5.0
"""Seconds between looks at the folder."""

_log = structlog.get_logger(__name__)


class LiveSite:
    """A site, as its folder says now."""

    def __init__(self, folder: Path | None, load: Callable[[], ConfiguredSite], clock: Callable[[], float]) -> None:
        """
        Read the site by `load`, and again when something below `folder` changes; `clock` counts seconds and only grows.

        Raises `BadSite` for a folder that cannot be used at the start.
        """
        self._folder = folder
        self._load = load
        self._clock = clock
        self._seen = _state(folder)
        self._site = load()
        self._looked = clock()

    def facts_for(self, namespace: Namespace, evidence: Sequence[Evidence]) -> SiteFacts:
        """Return what speaks in this namespace about these models."""
        return self._now().facts_for(namespace, evidence)

    def ask_url(self, namespace: Namespace) -> str | None:
        """Return where a tenant of the namespace asks for an exception."""
        return self._now().ask_url(namespace)

    def max_evidence_age(self, namespace: Namespace) -> float:
        """Return how old the last known answer of a silent source may be there, in seconds."""
        return self._now().max_evidence_age(namespace)

    def signers(self) -> tuple[KnownSigner, ...]:
        """Return whom the site trusts to sign."""
        return self._now().signers

    def _now(self) -> ConfiguredSite:
        if self._clock() - self._looked < LOOK_EVERY:
            return self._site
        self._looked = self._clock()
        state = _state(self._folder)
        if state != self._seen:
            self._seen = state
            try:
                self._site = self._load()
                _log.info("site read again", folder=str(self._folder))
            except BadSite as error:
                _log.error("the site cannot be read, the last good one stays", problem=str(error))
        return self._site


def _state(folder: Path | None) -> frozenset[tuple[str, int, int, int]]:
    """Return what shows that a file below the folder is another one; a mounted volume swaps a link."""
    if folder is None:
        return frozenset()
    found = set()
    try:
        for path in folder.rglob("*"):
            if path.is_file():
                status = path.stat()
                found.add((str(path), status.st_size, status.st_mtime_ns, status.st_ino))
    except OSError:
        return frozenset()  # it is being swapped; the next look will see
    return frozenset(found)
