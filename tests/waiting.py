"""Waiting for what another task or process does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Return once `condition` holds; raises `TimeoutError` after `seconds`."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  the condition may be another process's
            await asyncio.sleep(0.01)
