"""What the fields of site objects are: durations, days, rule ids, label selectors."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

_DURATION = re.compile(r"(\d+)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_RULE = re.compile(r"([a-z0-9-]+/)?[a-z_]+\.[a-z_]+")
_COVERED = re.compile(r"\*|([a-z0-9-]+/)?[a-z_]+\.(\*|[a-z_]+)")


def _duration(value: object) -> object:
    if value == 0:
        return 0.0
    if not isinstance(value, str) or not re.fullmatch(r"(\d+(ms|s|m|h|d))+", value):
        raise ValueError(f"got {value!r}, expected a duration such as 14d, 4h or 30m")
    return sum(int(number) * _SECONDS[unit] for number, unit in _DURATION.findall(value))


def _moment(value: object) -> object:
    """Read a day (its first instant, UTC) or an RFC 3339 time."""
    if isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f"got {value!r}, expected a day such as 2026-12-01 or an RFC 3339 time") from None
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return value


def _rule_id(value: str) -> str:
    if not _RULE.fullmatch(value):
        raise ValueError(f"got {value!r}, expected a rule id such as license.allowed")
    return value


def _covered(value: str) -> str:
    if not _COVERED.fullmatch(value):
        raise ValueError(f"got {value!r}, expected a rule id such as card.present, a topic such as card.*, or *")
    return value


Duration: TypeAlias = Annotated[float, BeforeValidator(_duration)]
"""Seconds, written `14d`."""
Moment: TypeAlias = Annotated[datetime, BeforeValidator(_moment)]
RuleId: TypeAlias = Annotated[str, AfterValidator(_rule_id)]
Covered: TypeAlias = Annotated[str, AfterValidator(_covered)]
"""A rule, all rules of a topic, or all rules."""
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=2048)]
Json: TypeAlias = Any


class Spec(BaseModel):
    """A strict part of a site object: unknown keys are mistakes."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, strict=False)


class Requirement(Spec):
    """One `matchExpressions` entry of a label selector."""

    key: Text
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    values: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _values_fit(self) -> Requirement:
        needs = self.operator in ("In", "NotIn")
        if needs != bool(self.values):
            raise ValueError(f"operator {self.operator} takes {'at least one value' if needs else 'no values'}")
        return self


class LabelSelector(Spec):
    """A Kubernetes label selector; empty selects everything."""

    match_labels: dict[str, str] = Field(default_factory=dict)
    match_expressions: tuple[Requirement, ...] = ()
