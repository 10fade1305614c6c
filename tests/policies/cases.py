"""The cases of the library, with what they leave out."""

from __future__ import annotations

from pathlib import Path

from weighbridge.engine.bundles import default_folder
from weighbridge.engine.cases import Case, Defaults, cases_of, defaults_of

FOLDER = Path(__file__).parent.parent / "cases" / "policies"


def defaults() -> Defaults:
    """Read `_defaults.yaml`."""
    path = default_folder() / "cases" / "_defaults.yaml"
    return defaults_of(path.read_text(encoding="utf-8"), path.name)


def all_cases() -> list[Case]:
    """Read every case, in order of file and place."""
    base = defaults()
    return [
        case
        for path in sorted(FOLDER.glob("*.yaml"))
        for case in cases_of(path.read_text(encoding="utf-8"), path.stem, base)
    ]
