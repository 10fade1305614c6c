"""What the scanners of a source say about the files it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

ScanLevel: TypeAlias = Literal["safe", "caution", "suspicious", "unsafe", "queued", "unscanned", "error", "unstated"]


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """What the scanners of a source say about one file."""

    path: str
    level: ScanLevel
    """As the source says; a word we do not know is `unstated`, which is not safe."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What the scanners of a source say about a repository; only `done` without `issues` is a clean bill."""

    done: bool
    """Whether the source says that it has scanned everything; queued, unscanned and failed scans are not done."""
    issues: tuple[ScannedFile, ...]
