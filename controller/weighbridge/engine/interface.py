"""What an engine is to everybody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answered:
    """What `data.weighbridge.main.decision` is for one document; nobody has checked it yet (verdict.py does)."""

    answer: object
    """Parsed JSON."""
    revision: str
    """Of the bundle that answered."""


class Engine(Protocol):
    """Evaluates the policies. Raises `EngineError` for everything but an answer; undefined is no answer."""

    async def decide(self, facts_body: bytes) -> Answered:
        """Ask about one document, the JSON of facts.py."""

    async def ready(self) -> None:
        """Return when a question would be answered by the expected policies, raise `EngineError` when not."""
