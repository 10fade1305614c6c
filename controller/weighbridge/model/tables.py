"""Steps through a table of the policy bundle; what is wrong is said with the place in the table."""

from __future__ import annotations

from collections.abc import Mapping

from weighbridge.errors import BadPolicies


def mapping(value: object, where: str) -> Mapping[str, object]:
    """Return a mapping with entries. Raises `BadPolicies`."""
    if not isinstance(value, Mapping) or not value or not all(isinstance(key, str) for key in value):
        raise BadPolicies(f"{where}: expected a mapping with entries, got {type(value).__name__}")
    return value


def strings(value: object, where: str) -> tuple[str, ...]:
    """Return a list of texts, at least one and none empty. Raises `BadPolicies`."""
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and one for one in value):
        raise BadPolicies(f"{where}: expected a list of texts, got {type(value).__name__}")
    return tuple(value)
