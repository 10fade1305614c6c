"""
From the bytes of an AdmissionReview to the bytes of its answer.

The verdict is the same at all doors; a door decides only what happens when there is none: `enforce` refuses, the others
admit. `cluster` is for what stands in no namespace.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

import structlog

from weighbridge.answers import Answer, answer, not_decided
from weighbridge.errors import OperatorError
from weighbridge.model.requests import Namespace, Request
from weighbridge.model.text import printable
from weighbridge.review import Review
from weighbridge.telemetry import Metrics, Outcome
from weighbridge.webhook import wire
from weighbridge.webhook.deadline import Budget, budget

DoorName: TypeAlias = Literal["enforce", "observe", "cluster"]
DEFAULT_SECONDS = {"enforce": 10.0, "observe": 3.0, "cluster": 3.0}
"""What the webhook configuration asks of the API server, for callers that do not say."""

_SHOWN = 253
"""Characters of a name that are logged; the API server allows no longer ones."""
_MODELS = 50
"""References that are logged."""

_log = structlog.get_logger("weighbridge.review")


class Reviews(Protocol):
    """Decides about requests. Raises `EngineError` when the policies cannot be asked."""

    async def review(self, request: Request, seconds: float) -> Review:
        """Decide about one object, gathering evidence for at most `seconds`."""


class Overloaded(OperatorError):
    """More reviews at once than may be answered."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What keeps one controller answering while many ask."""

    at_once: int = 64
    """Reviews answered at the same time; the next one is not decided."""
    margin: float = 1.0
    """Seconds of the API server's patience that are kept for the way back."""


@dataclass(slots=True)
class _Steps:
    """Milliseconds of each step that was reached."""

    took: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.took[name] = round((time.perf_counter() - begun) * 1000, 2)


@dataclass(slots=True)
class Doors:
    """Answers reviews, whatever happens."""

    reviews: Reviews
    namespace: Callable[[str], Awaitable[Namespace]]
    """The labels of a namespace. Raises `ClusterError` when the API server cannot say."""
    ask_url: Callable[[Namespace], str | None]
    metrics: Metrics
    limits: Limits = Limits()
    _inside: int = 0

    async def answer(self, door: DoorName, body: bytes, timeout: str | None) -> bytes:
        """
        Answer one AdmissionReview within `timeout`, the API server's Go duration.

        Raises `BadManifest` when `body` is no AdmissionReview; anything else that goes wrong is an answer.
        """
        steps = _Steps()
        begun = time.perf_counter()
        with steps.step("read"):
            asked = wire.read(body)
        allowed_time = budget(timeout, DEFAULT_SECONDS[door], self.limits.margin)
        review: Review | None = None
        failure: str | None = None
        try:
            review, told = await self._decided(asked, allowed_time, steps)
        except (OperatorError, TimeoutError) as error:
            failure = str(error) or f"no decision in {allowed_time.whole:g} s"
        except Exception:  # noqa: BLE001  our own error must not be an admission
            failure = f"an error of weighbridge itself; its log has review {asked.uid}"
            _log.exception("review failed", uid=asked.uid)
        if failure is not None:
            told = not_decided(failure, admit=door != "enforce")
        self._record(door, asked, review, told, failure, time.perf_counter() - begun, steps)
        return wire.write(asked.uid, told)

    async def _decided(self, asked: wire.Asked, time_left: Budget, steps: _Steps) -> tuple[Review, Answer]:
        with self._slot():
            async with asyncio.timeout(time_left.whole):
                with steps.step("namespace"):
                    namespace = await self._namespace(asked.namespace)
                with steps.step("review"):
                    review = await self.reviews.review(asked.request(namespace), time_left.gathering)
                return review, answer(review, self.ask_url(namespace))

    async def _namespace(self, name: str) -> Namespace:
        return await self.namespace(name) if name else Namespace("")

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if self._inside >= self.limits.at_once:
            raise Overloaded(f"weighbridge is answering {self._inside} reviews already")
        self._inside += 1
        self.metrics.in_flight.inc()
        try:
            yield
        finally:
            self._inside -= 1
            self.metrics.in_flight.dec()

    def _record(
        self,
        door: DoorName,
        asked: wire.Asked,
        review: Review | None,
        told: Answer,
        failure: str | None,
        seconds: float,
        steps: _Steps,
    ) -> None:
        decision = review.decision if review else None
        verdict = decision.verdict if decision else None
        findings = verdict.findings if verdict else ()
        outcome = "not_decided" if failure is not None else _outcome(review, told)
        self.metrics.count(door, outcome, seconds, findings)
        _log.info(
            "review",
            door=door,
            uid=asked.uid,
            namespace=printable(asked.namespace, _SHOWN),
            kind=printable(asked.kind, _SHOWN),
            name=printable(asked.name, _SHOWN),
            operation=asked.operation,
            subresource=printable(asked.subresource, _SHOWN),
            dry_run=asked.dry_run,
            user=printable(asked.user, _SHOWN),
            models=[printable(str(one)) for one in review.found.references[:_MODELS]] if review else [],
            rules=sorted({one.rule for one in findings}),
            denied_by=sorted({one.rule for one in findings if one.effect == "deny"}),
            outcome=outcome,
            allowed=told.allowed,
            stage=verdict.stage if verdict else None,
            decision=decision.id if decision else None,
            revision=verdict.revision if verdict else None,
            because=failure,
            ms={**steps.took, "total": round(seconds * 1000, 2)},
        )


def _outcome(review: Review | None, told: Answer) -> Outcome:
    if review is None or review.decision is None:
        return "not_of_interest"
    if not told.allowed:
        return "undecided" if told.code == 503 else "denied"
    return "warned" if told.warnings else "allowed"
