"""Which source a reference is asked at; each host is guarded by itself, so that one that is down takes no other with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from weighbridge.gathering.guarding import Guarded
from weighbridge.model.outcomes import Unknown
from weighbridge.sources.interface import Hosts, Source, source_of

HUB = "hf"


class Places:
    """The sources of all schemes."""

    def __init__(self, sources: Mapping[str, Source | Hosts], clock: Callable[[], float]) -> None:
        """Guard each of `sources`, by scheme; `clock` counts seconds."""
        self._sources = sources
        self._clock = clock
        self._guarded: dict[int, Guarded] = {}

    @property
    def hub(self) -> Guarded | None:
        """The hub, by whose names models call their parents."""
        found = self.source(HUB, "")
        return found if isinstance(found, Guarded) else None

    def source(self, scheme: str, repository: str) -> Guarded | Unknown:
        """Return whom to ask about a repository, or why nobody can be."""
        found = source_of(self._sources, scheme, repository)
        return found if isinstance(found, Unknown) else self._guard(found)

    def _guard(self, source: Source) -> Guarded:
        # By identity: sources live as long as we do, and there is one for each listed host.
        return self._guarded.setdefault(id(source), Guarded(source, self._clock))
