"""Which source a reference is asked at; each host is guarded by itself, so that one that is down takes no other with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from weighbridge.gathering.guarding import Guarded
from weighbridge.model.outcomes import Unknown
from weighbridge.sources.interface import Hosts, Source, WholeSource, source_of
from weighbridge.sources.nowhere import Nowhere
from weighbridge.sources.pack_folder import PackFolder
from weighbridge.sources.packs import PackedSource

HUB = "hf"


class Places:
    """The sources of all schemes, each behind the packs where there are any; packs are read while their host is down."""

    def __init__(
        self, sources: Mapping[str, Source | Hosts], clock: Callable[[], float], packs: PackFolder | None = None
    ) -> None:
        """Guard each of `sources`, by scheme, and put `packs` in front; `clock` counts seconds."""
        self._sources = sources
        self._clock = clock
        self._packs = packs
        self._guarded: dict[int, Guarded] = {}

    @property
    def hub(self) -> WholeSource | None:
        """The hub, by whose names models call their parents."""
        found = self.source(HUB, "")
        return None if isinstance(found, Unknown) else found

    def source(self, scheme: str, repository: str) -> WholeSource | Unknown:
        """Return whom to ask about a repository, or why nobody can be."""
        found = source_of(self._sources, scheme, repository)
        if self._packs is None:
            return found if isinstance(found, Unknown) else self._guard(found)
        behind = Nowhere(scheme, found) if isinstance(found, Unknown) else self._guard(found)
        return PackedSource(self._packs, scheme, behind)

    def _guard(self, source: Source) -> Guarded:
        # By identity: sources live as long as we do, and there is one for each listed host.
        return self._guarded.setdefault(id(source), Guarded(source, self._clock))
