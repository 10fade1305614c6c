"""
Null-safe steps through JSON of unknown shape; any value may be null or of the wrong type.

Objects are `dict` and lists are `list`, as every parser makes them:
asking for abstract types would cost most of the time.
No input or output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

TEXT = 65_536
"""Characters that are read of one text; longer ones are cut and said to be."""
ITEMS = 1_000
"""Elements that are read of one list."""


def at(value: object, *keys: str) -> object:
    """Follow `keys` down; absent, null and not-an-object all end at `None`."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def text(value: object) -> str | None:
    """Return a scalar as the text a container would get, `None` for everything else."""
    if isinstance(value, str):
        return value if len(value) <= TEXT else value[:TEXT]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() < 1_024 else None
    return str(value) if isinstance(value, float) else None


def texts(value: object) -> tuple[str, ...]:
    """Return the scalars of a list; a lone scalar counts as a list of one."""
    if isinstance(value, list):
        return tuple(one for one in map(text, value[:ITEMS]) if one is not None)
    alone = text(value)
    return () if alone is None else (alone,)


def is_cut(value: object) -> bool:
    """Return whether a command line has more elements, or an element more characters, than are read."""
    if isinstance(value, str):
        return len(value) > TEXT
    return isinstance(value, list) and (
        len(value) > ITEMS or any(isinstance(one, str) and len(one) > TEXT for one in value)
    )


def arguments(value: object) -> tuple[str, ...]:
    """
    Return the elements of a command line.

    YAML reads an unquoted `--flag={"key": 1}` as an object;
    the API server refuses it, a manifest on disk still means the text.
    """
    if not isinstance(value, list):
        return texts(value)
    return texts([one if isinstance(one, str) else _rejoined(one) for one in value[:ITEMS]])


def _rejoined(element: object) -> object:
    if isinstance(element, dict) and len(element) == 1:
        ((key, value),) = element.items()
        scalar = text(value)
        if isinstance(key, str) and key.startswith("-") and scalar is not None:
            return f"{key}: {scalar}"
    return element


def mappings(value: object) -> Iterator[Mapping[str, object]]:
    """Yield the objects of a list."""
    if isinstance(value, list):
        for one in value[:ITEMS]:
            if isinstance(one, dict):
                yield one


def named(value: object) -> str:
    """Return the text under `name`, empty when there is none."""
    name = at(value, "name")
    return name if isinstance(name, str) else ""
