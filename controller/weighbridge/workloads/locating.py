"""Where in an object a reference stands, for people who have to change it. No input or output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from weighbridge.model.refs import FoundAt
from weighbridge.model.requests import KubeObject

VALUES = 50_000
"""Values of an object that are looked at."""
KEY = 100
"""Characters of a key that are shown."""
_HOLDING = ("ontainers", "ontainer", "runner", "script", "steps", "sidecars")
"""How the fields end that hold containers."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A step into an object."""

    above: _Place | None
    step: str
    field: str
    """The field it stands in, also where it is an element of a list."""

    def __str__(self) -> str:
        steps: list[str] = []
        here: _Place | None = self
        while here is not None:
            steps.append(here.step)
            here = here.above
        return "".join(reversed(steps)).removeprefix(".")


def place_of(obj: KubeObject, found_at: FoundAt) -> str:
    """
    Return the path of a reference: `spec.template.spec.containers[0].args[2]`.

    The value that is its text, else the first that holds it, else the container alone; empty where the object holds
    none of them.
    """
    holding, container = "", ""
    for place, value, within in _values(obj, found_at.container):
        if found_at.container is not None:
            container = container or (str(within) if within is not None else "")
        if not (isinstance(value, str) and found_at.raw and found_at.raw in value):
            continue
        if found_at.container is None or within is not None:
            if value == found_at.raw or value.endswith(f"={found_at.raw}"):
                return str(place)
            holding = holding or str(place)
    if found_at.container is not None and not container:  # one that a controller makes of the fields of the object
        return place_of(obj, FoundAt(None, found_at.via, found_at.raw))
    return holding or container


def _values(obj: KubeObject, name: str | None) -> Iterator[tuple[_Place, object, _Place | None]]:
    """Yield every value in the order in which they stand, with its place and that of the container of the name around it."""
    stack: list[tuple[_Place, object, _Place | None]] = [(_Place(None, "", ""), obj, None)]
    for _ in range(VALUES):
        if not stack:
            return
        place, value, within = stack.pop()
        if within is None and name is not None and _is_called(place, value, name):
            within = place
        yield place, value, within
        if isinstance(value, dict):
            inner = [(_Place(place, f".{str(key)[:KEY]}", str(key)[-KEY:]), one, within) for key, one in value.items()]
            stack.extend(reversed(inner))
        elif isinstance(value, list):
            inner = [(_Place(place, f"[{number}]", place.field), one, within) for number, one in enumerate(value)]
            stack.extend(reversed(inner))


def _is_called(place: _Place, value: object, name: str) -> bool:
    """Return whether a value is the container of a name; one without a name is called `-`."""
    return isinstance(value, dict) and value.get("name", "-") == name and place.field.endswith(_HOLDING)
