"""Where the facts of a repository stand, by the pointers that findings use."""

from __future__ import annotations

from weighbridge.gathering.parts import FilesPart, Parts
from weighbridge.model.evidence import Files, Place
from weighbridge.model.outcomes import Found, Unreadable

_RISKY = ("pickle", "keras", "code")


def places_of(parts: Parts) -> dict[str, Place]:
    """Return where the facts of a repository stand, by pointer."""
    places: dict[str, Place] = {}
    for outcome in (parts.card, parts.config, parts.tokenizer, parts.generation, parts.adapter):
        match outcome:
            case Found(value=value) if not isinstance(value, Unreadable):
                places.update(value.places)
            case _:
                pass
    match parts.files:
        case Found(value=FilesPart(files=Files(files=files))):
            places.update((f"file:{file.path}", Place(file.path)) for file in files if file.format in _RISKY)
        case _:
            pass
    return places
