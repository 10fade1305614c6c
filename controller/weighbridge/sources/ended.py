"""How a question that takes many others ends early: the first of them that has no answer is the answer to all."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable

T = TypeVar("T")


class Ended(Exception):
    """A question has no other answer than this; becomes an outcome at the adapter's edge."""

    def __init__(self, answer: Unreadable | Missing | Unknown) -> None:
        """End with `answer`."""
        super().__init__(type(answer).__name__)
        self.answer = answer


async def outcome_of(question: Awaitable[T]) -> Outcome[T | Unreadable]:
    """Return how a question ended."""
    try:
        return Found(await question)
    except Ended as end:
        return Found(end.answer) if isinstance(end.answer, Unreadable) else end.answer
