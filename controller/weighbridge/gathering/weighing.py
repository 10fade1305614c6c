"""Weighs models by the first bytes of their weight files, which are read piece by piece and never whole."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from weighbridge.gathering.parts import ConfigPart, FilesPart, HeadersPart, Parts
from weighbridge.model.evidence import File, Files
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.weights import ParentRatio, Weights
from weighbridge.sources.interface import Source
from weighbridge.weights import (
    Header,
    Promise,
    Reading,
    Short,
    WeightSet,
    gguf_header,
    safetensors_header,
    units,
    weigh,
    weight_set,
)

FIRST_BYTES = 128 * 1024
"""Reach to the end of most headers."""
AT_ONCE = 8
"""Files of one model that are read at the same time, so that others are not kept waiting."""


async def read_headers(
    source: Source, name: str, commit: str, listed: Outcome[FilesPart | Unreadable], named: str | None
) -> Outcome[HeadersPart | Unreadable]:
    """
    Read the headers of the weights an engine would load; `named` is the file a reference asks for.

    One that is unknown or unreadable speaks for all; where files are listed and not stored, there are no headers.
    """
    if not isinstance(listed, Found):
        return listed
    files = listed.value if isinstance(listed.value, Unreadable) else listed.value.files
    if isinstance(files, Unreadable):
        return Found(files)
    chosen = weight_set(files, named)
    room = asyncio.Semaphore(AT_ONCE)

    async def one(file: File) -> Outcome[Header | Unreadable]:
        async with room:
            return await _read_header(source, name, commit, file)

    found = await asyncio.gather(*(one(file) for file in chosen.headers)) if chosen is not None else []
    for outcome in found:
        if isinstance(outcome, Unknown):
            return outcome
    values = [outcome.value for outcome in found if isinstance(outcome, Found)]
    for value in values:
        if isinstance(value, Unreadable):
            return Found(value)
    return Found(HeadersPart(chosen, tuple(value for value in values if isinstance(value, Header))))


async def _read_header(source: Source, name: str, commit: str, file: File) -> Outcome[Header | Unreadable]:
    """Read the first bytes of a file, and once more as many as its header asks for."""
    content, wanted = b"", FIRST_BYTES
    while True:
        delivered = await source.read_range(name, commit, file.path, len(content), wanted - len(content))
        if not isinstance(delivered, Found):
            return delivered
        if isinstance(delivered.value, Unreadable):
            return Found(delivered.value)
        content += delivered.value
        # Megabytes of a hostile header take a moment to read, and others are waiting.
        reading = await asyncio.to_thread(_header, content, file)
        if not isinstance(reading, Short):
            return Found(reading)
        if len(content) < wanted:
            return Found(Unreadable(f"{file.path} ends in the middle of its header"))
        wanted = reading.needed


def _header(start: bytes, file: File) -> Reading:
    read = gguf_header if file.format == "gguf" else safetensors_header
    return read(start, file.path, file.size)


def weighed(parts: Parts, headers: Outcome[HeadersPart | Unreadable]) -> Outcome[Weights | Unreadable]:
    """Put a repository on the scale."""
    match headers:
        case Missing() | Unknown():
            return headers
        case Found(value=Unreadable() as unreadable):
            return Found(unreadable)
        case Found(value=HeadersPart(chosen=WeightSet() as chosen, headers=known)):
            weights = weigh(chosen, known, promise_of(parts))
            return Found(weights) if weights is not None else _no_weights(parts)
        case Found():
            return _no_weights(parts)


def _no_weights(parts: Parts) -> Missing:
    return Missing(f"weights of {parts.name}@{parts.commit[:12]}")


def units_of(parts: Parts) -> float | None:
    """Return the size of an ancestor in numbers of its own precision, by its listing, else by its configuration."""
    chosen, promise = _chosen(parts, None), promise_of(parts)
    return units(weigh(chosen, (), promise) if chosen is not None else None, promise)


def _chosen(parts: Parts, named: str | None) -> WeightSet | None:
    match parts.files:
        case Found(value=FilesPart(files=Files() as files)):
            return weight_set(files, named)
        case _:
            return None


def converted_from(
    parts: Parts, headers: Outcome[HeadersPart | Unreadable], named: str | None
) -> tuple[tuple[str, ...], tuple[Unknown, ...]]:
    """Return what the GGUF file that is served says it was made from, and what hides it."""
    chosen = _chosen(parts, named)
    match headers:
        case Found(value=HeadersPart() as part):
            return part.parents, ()
        case Unknown() if chosen is not None and chosen.format == "gguf":
            return (), (headers,)
        case _:
            return (), ()


def against_parents(
    weights: Outcome[Weights | Unreadable], parts: Parts, parents: Mapping[str, float | None]
) -> Outcome[Weights | Unreadable]:
    """Add how large a model is against each of its parents whose size is known."""
    match weights:
        case Found(value=Weights() as known):
            own = units(known, promise_of(parts)) or 0.0
            ratios = tuple(ParentRatio(name, round(own / size, 4)) for name, size in sorted(parents.items()) if size)
            return Found(replace(known, ratios_to_parents=ratios))
        case _:
            return weights


def promise_of(parts: Parts) -> Promise | None:
    """Return what config.json says about the size of the weights."""
    match parts.config:
        case Found(value=ConfigPart(promise=promise)):
            return promise
        case _:
            return None
