from __future__ import annotations

from typing import Any

import pytest

from weighbridge.engine.interface import Answered
from weighbridge.engine.selftest import known_bad, known_good, self_test
from weighbridge.errors import EngineError

ADMITTED: dict[str, Any] = {"allowed": True, "findings": []}
DENIED: dict[str, Any] = {
    "allowed": False,
    "findings": [{"rule": "format.safe", "effect": "deny", "message": "runs code"}],
}
BROKEN: dict[str, Any] = {
    "allowed": False,
    "findings": [{"rule": "policy.input", "effect": "deny", "message": "no models"}],
}


class Engine:
    """Answers the two questions of the self-test as it is told."""

    def __init__(self, bad: object, good: object) -> None:
        self._answers = {known_bad().body: bad, known_good().body: good}

    async def decide(self, facts_body: bytes) -> Answered:
        return Answered(self._answers[facts_body], "r")

    async def ready(self) -> None:
        """Be ready."""


async def test_policies_that_deny_the_bad_and_admit_the_good_pass() -> None:
    await self_test(Engine(DENIED, ADMITTED))


@pytest.mark.parametrize(
    "bad",
    [
        ADMITTED,
        BROKEN,
        None,
        {},
        [],
        {"allowed": False},
        {"allowed": False, "findings": ["x"]},
        {"allowed": False, "findings": [{"rule": "format.safe", "effect": "warn"}]},
    ],
)
async def test_policies_that_do_not_deny_the_bad_fail(bad: object) -> None:
    with pytest.raises(EngineError, match=r"^self-test: pickle weights .* were not denied, .* Fix: "):
        await self_test(Engine(bad, ADMITTED))


@pytest.mark.parametrize(
    ("good", "said"), [(BROKEN, "policy.input: no models"), (DENIED, "format.safe: runs code"), (None, "nothing")]
)
async def test_policies_that_deny_a_plain_model_in_stage_audit_fail(good: object, said: str) -> None:
    with pytest.raises(EngineError, match=f"^self-test: a plain model was denied in stage audit, {said}. Fix: "):
        await self_test(Engine(DENIED, good))
