"""
One PodSpec laid over another, as the API machinery's strategic merge patch does it.

Source: k8s.io/apimachinery/pkg/util/strategicpatch; the lists and their keys stand in `tables/merging.toml`.
No input or output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from weighbridge.workloads.tables import table

DEPTH = 64
"""Levels that are merged; below them the override stands alone."""

_KEYS: Mapping[str, str] = table("merging")["keys"]
_RETAIN = frozenset[str](table("merging")["retain"]["lists"])
_EXCLUSIVE: Mapping[str, str] = table("merging")["exclusive"]


def merged(base: object, override: object, name: str = "", depth: int = DEPTH) -> object:
    """
    Return `override` laid over `base`; `name` is the field they stand in.

    What the override leaves empty (null, no text, an empty list or object) leaves the base as it is: Go types do not
    write it.
    """
    if depth and isinstance(base, dict) and isinstance(override, dict):
        return _object(base, override, depth)
    if depth and name in _KEYS and isinstance(base, list) and isinstance(override, list):
        return _list(base, override, name, depth)
    return override


def _object(base: Mapping[str, object], override: Mapping[str, object], depth: int) -> dict[str, object]:
    stated = {key: value for key, value in override.items() if value is not None and value not in ("", [], {})}
    gone = {_EXCLUSIVE[key] for key in stated if key in _EXCLUSIVE}
    kept = {key: value for key, value in base.items() if key not in gone} if gone else base
    return {
        **kept,
        **{key: merged(kept[key], value, key, depth - 1) if key in kept else value for key, value in stated.items()},
    }


def _list(base: Sequence[object], override: Sequence[object], name: str, depth: int) -> list[object]:
    """
    Merge lists element by element.

    Elements of the override come in its order; one of the base alone stands before the first of them that
    the base has later, else behind them all.
    """
    places = {known: place for place, one in enumerate(base) if (known := _known(one, name)) is not None}
    laid: dict[object, object] = {}
    for number, one in enumerate(override):
        known = _known(one, name)
        below = laid.get(known, base[places[known]] if known in places else None) if known is not None else None
        laid[number if known is None else known] = _element(below, one, name, depth)
    return list(_interleaved(base, places, laid, name))


def _element(below: object, one: object, name: str, depth: int) -> object:
    found = one if below is None else merged(below, one, name, depth - 1)
    if name in _RETAIN and isinstance(found, dict) and isinstance(one, dict):
        return {key: value for key, value in found.items() if key in one}
    return found


def _interleaved(
    base: Sequence[object], places: Mapping[object, int], laid: Mapping[object, object], name: str
) -> Iterator[object]:
    alone = [(place, one) for place, one in enumerate(base) if _known(one, name) not in laid]
    next_alone = 0
    for known, one in laid.items():
        place = places.get(known, -1)
        while next_alone < len(alone) and alone[next_alone][0] < place:
            yield alone[next_alone][1]
            next_alone += 1
        yield one
    yield from (one for _, one in alone[next_alone:])


def _known(one: object, name: str) -> object:
    """Return what an element is known by, `None` when it has no such field."""
    key = one.get(_KEYS[name]) if isinstance(one, dict) else None
    return (name, key) if isinstance(key, str | int) else None
