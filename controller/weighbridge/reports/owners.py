"""Whose a workload is, as its object says: a claim of who deploys it, never checked, never judged."""

from __future__ import annotations

from collections.abc import Mapping

from weighbridge.model.requests import KubeObject

NAMES = ("owner", "team")
"""What a label or annotation is called, with or without a prefix such as `acme.example/`; the first has the say."""
_LONGEST = 253


def owner(obj: KubeObject) -> str | None:
    """Return the owner that labels, then annotations, name; `None` where nobody says."""
    metadata = obj.get("metadata")
    if not isinstance(metadata, Mapping):
        return None
    for name in NAMES:
        for place in ("labels", "annotations"):
            if claim := _claim(metadata.get(place), name):
                return claim
    return None


def _claim(stated: object, name: str) -> str | None:
    if not isinstance(stated, Mapping):
        return None
    found = sorted(
        (str(key), value)
        for key, value in stated.items()
        if isinstance(value, str) and value and str(key).rpartition("/")[2] == name
    )
    return found[0][1][:_LONGEST] if found else None
