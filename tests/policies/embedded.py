"""Asks the embedded engine in processes of their own: what it compiles stays in memory until its process ends."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from multiprocessing import get_context

from tests.policies.folders import ABOUT_ALL, around

from weighbridge.engine.bundles import default_folder, load
from weighbridge.engine.embedded import EmbeddedEngine

RULES_OF_ONE_PROCESS = 6


def answers(bodies: Mapping[str, Sequence[bytes]]) -> Mapping[str, list[object]]:
    """Return by rule what the engine answers to each document."""
    with get_context("spawn").Pool(2, maxtasksperchild=RULES_OF_ONE_PROCESS) as pool:
        return dict(zip(bodies, pool.starmap(_answers, bodies.items(), chunksize=1), strict=True))


def _answers(rule: str, bodies: Sequence[bytes]) -> list[object]:
    bundle = load(default_folder())

    async def ask() -> list[object]:
        async with EmbeddedEngine(bundle if rule in ABOUT_ALL else around(bundle, rule)) as engine:
            return [(await engine.decide(body)).answer for body in bodies]

    return asyncio.run(ask())
