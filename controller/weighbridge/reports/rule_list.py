"""The rules of a library with what each demands in which profile: for the terminal, other programs and documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from weighbridge.model.rules import Rule
from weighbridge.reports.columns import columns
from weighbridge.reports.rule_page import PROFILES

WEAK = "weak at most"
BAR = "\\|"
"""A bar that ends no cell."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule and its row of the profiles table."""

    rule: Rule
    actions: Mapping[str, object]


def listed(rules: Mapping[str, Rule], profiles: object) -> tuple[Listed, ...]:
    """Return the rules in order, each with its row."""
    return tuple(Listed(rule, actions_of(rule, profiles)) for rule in rules.values())


def actions_of(rule: Rule, profiles: object) -> Mapping[str, object]:
    """Return a rule's row of the profiles table; a rule that has none rests on its default action, which is off without one."""
    row = profiles.get(rule.id) if isinstance(profiles, Mapping) else None
    default = rule.default_action or "off"
    return {**dict.fromkeys(PROFILES, default), **(row if isinstance(row, Mapping) else {})}


def terminal(rules: Sequence[Listed], profiles: Sequence[str]) -> str:
    """Return aligned columns."""
    rows = [(one.rule.id, one.rule.severity, *_actions(one, profiles), one.rule.title) for one in rules]
    return columns(("rule", "severity", *profiles, WEAK, "title"), rows)


def markdown(rules: Sequence[Listed], profiles: Sequence[str]) -> str:
    """Return a table."""
    rows = [(one.rule.id, one.rule.title, one.rule.severity, *_actions(one, profiles)) for one in rules]
    head = ("rule", "title", "severity", *profiles, WEAK)
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', BAR) for cell in line)} |\n" for line in lines)


def json(rules: Sequence[Listed], profiles: Sequence[str]) -> str:
    """Return JSON that others may rely on."""
    described = [
        {
            "id": one.rule.id,
            "title": one.rule.title,
            "severity": one.rule.severity,
            "actions": {profile: one.actions[profile] for profile in profiles},
            "weak_at_most": {profile: _weak(one, profile) for profile in profiles},
            "evidence": list(one.rule.evidence),
            "parameters": list(one.rule.parameters),
            "since": one.rule.since,
            "path": one.rule.path,
        }
        for one in rules
    ]
    return msgspec.json.format(msgspec.json.encode({"version": 1, "rules": described}), indent=1).decode() + "\n"


FORMATS: Mapping[str, Callable[[Sequence[Listed], Sequence[str]], str]] = {
    "terminal": terminal,
    "json": json,
    "markdown": markdown,
}
"""By the name that `--output` takes."""


def _actions(one: Listed, profiles: Sequence[str]) -> tuple[str, ...]:
    """Return the action of each profile, and the most that a weaker sign of a violation demands: one word where it is the same."""
    weak = [_weak(one, profile) for profile in profiles]
    shown = weak[0] if len(set(weak)) == 1 else " / ".join(weak)
    return (*(str(one.actions[profile]) for profile in profiles), shown)


def _weak(one: Listed, profile: str) -> str:
    weak = one.actions.get("weak", "warn")
    return str(weak.get(profile, "warn") if isinstance(weak, Mapping) else weak)
