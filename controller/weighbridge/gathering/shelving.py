"""Which source is asked for a scheme, and what stands in front of it."""

from __future__ import annotations

from collections.abc import Mapping

from weighbridge.sources.interface import ScanningSource
from weighbridge.sources.nowhere import Nowhere
from weighbridge.sources.pack_folder import PackFolder
from weighbridge.sources.packs import PackedSource


class Shelved:
    """The sources by scheme, each behind the packs where there are any; packs are read while their host is down."""

    def __init__(self, sources: Mapping[str, ScanningSource], packs: PackFolder | None) -> None:
        """Put `packs` in front of `sources`."""
        self._packs = packs
        self._sources: dict[str, ScanningSource] = dict(sources)
        if packs is not None:
            self._sources = {scheme: PackedSource(packs, scheme, source) for scheme, source in sources.items()}

    def get(self, scheme: str) -> ScanningSource | None:
        """Return whom to ask about references of a scheme; `None` where nobody could answer."""
        if self._packs is not None and scheme not in self._sources:
            return PackedSource(self._packs, scheme, Nowhere(scheme))
        return self._sources.get(scheme)
