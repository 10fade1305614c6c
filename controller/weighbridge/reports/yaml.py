"""YAML: what JSON holds, for people and for tools that want YAML."""

from __future__ import annotations

from collections.abc import Iterable

import yaml

from weighbridge.reports.json import document
from weighbridge.reports.run import Run

_Dumper = yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper


def render(run: Run) -> str:
    """Return one YAML document."""
    return documents([document(run)])


def documents(values: Iterable[object]) -> str:
    """Return documents in block style; what is not ASCII is written as an escape, so that no text can hide or reorder."""
    return yaml.dump_all(values, Dumper=_Dumper, allow_unicode=False, sort_keys=False, explicit_start=True, width=10**6)
