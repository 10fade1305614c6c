"""What the policies demand in one namespace, and who says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from weighbridge.model.demands import Demands, SetBy
from weighbridge.model.text import plural
from weighbridge.reports.columns import columns


def terminal(namespace: str, demands: Demands) -> str:
    """Return aligned columns, and what is not composed below them."""
    rows = [
        (
            one.rule,
            one.action,
            one.stage + (f" (refused from {one.refused_from})" if one.refused_from else ""),
            one.effect,
            one.weak,
            ", ".join(map(_said, one.set_by)),
        )
        for one in demands.rules
    ]
    table = columns(("rule", "action", "stage", "now", "weak sign", "set by"), rows)
    return (
        f"namespace {namespace}: {plural(len(rows), 'rule')}, strictest stage {demands.stage}\n\n{table}\n"
        f"not composed: {', '.join(demands.derived)}; `weighbridge policies show RULE` says what they do\n"
    )


def json(namespace: str, demands: Demands) -> str:
    """Return JSON that others may rely on."""
    document = {"version": 1, "namespace": namespace, **msgspec.to_builtins(demands)}
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


FORMATS: Mapping[str, Callable[[str, Demands], str]] = {"terminal": terminal, "json": json}
"""By the name that `--output` takes."""


def _said(by: SetBy) -> str:
    return f"{by.object} ({'floor, ' if by.floor else ''}{by.by})"
