"""What the policies demand in one namespace, as they say themselves (`data.weighbridge.main.demands`)."""

from __future__ import annotations

from dataclasses import dataclass

from weighbridge.model.site import RuleAction
from weighbridge.model.verdicts import Stage


@dataclass(frozen=True, slots=True)
class SetBy:
    """Who brought an action and its stage."""

    object: str
    """`ModelPolicy house`, `built-in` or `--profile`."""
    by: str
    """`rules` for an entry of its own, or the profile it names: `profile standard`."""
    floor: bool
    """Nothing goes below it."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What is demanded of one rule."""

    rule: str
    action: RuleAction
    stage: Stage
    effect: RuleAction
    """What happens now: the weaker of action and stage."""
    weak: RuleAction
    """The action for a weaker sign of a violation."""
    refused_from: str
    """The day its stage becomes enforce, as the site wrote it; empty without one."""
    set_by: tuple[SetBy, ...]


@dataclass(frozen=True, slots=True)
class Demands:
    """What is demanded of every rule."""

    stage: Stage
    """The strictest that any rule has."""
    rules: tuple[Demand, ...]
    derived: tuple[str, ...]
    """Rules whose action follows from others or never changes."""
