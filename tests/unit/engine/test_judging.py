from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.folders import WORDS, policy_folder

from weighbridge.engine.bundles import Bundle, load
from weighbridge.engine.interface import Answered
from weighbridge.engine.judging import Judge, next_instant
from weighbridge.errors import EngineError
from weighbridge.facts import Facts, WorkloadFacts, facts
from weighbridge.model.evidence import Place
from weighbridge.model.site import ExceptionFacts, SiteFacts
from weighbridge.model.verdicts import Quote

REF = "hf://org/model"
MINUTE = 60_000_000_000
DENIED = {
    "stage": "enforce",
    "allowed": False,
    "would_allow": False,
    "undecided": False,
    "findings": [
        {
            "rule": "format.safe",
            "model": REF,
            "action": "deny",
            "effect": "deny",
            "message": "runs code",
            "evidence": ["reference"],
            "who_can_act": "model_owner",
            "exception": None,
            "since": None,
            "because_unknown": None,
        }
    ],
}
ADMITTED = {"stage": "enforce", "allowed": True, "would_allow": True, "undecided": False, "findings": []}


class Scripted:
    """An engine whose answers are set, and which counts the questions."""

    def __init__(self, revision: str) -> None:
        self.revision = revision
        self.answer: object = DENIED
        self.wrong: EngineError | None = None
        self.open = asyncio.Event()
        self.open.set()
        self.asked = 0

    async def decide(self, facts_body: bytes) -> Answered:
        self.asked += 1
        await self.open.wait()
        if self.wrong is not None:
            raise self.wrong
        return Answered(self.answer, self.revision)

    async def ready(self) -> None:
        """Be ready."""


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return load(policy_folder(tmp_path / "a"))


@pytest.fixture
def engine(bundle: Bundle) -> Scripted:
    return Scripted(bundle.revision)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def judge(engine: Scripted, bundle: Bundle, clock: Clock) -> Judge:
    return Judge(engine, bundle, limit=3, clock=clock)


def document(name: str = "ns", minute: int = 0, expires_minute: int | None = None) -> Facts:
    expires = None if expires_minute is None else expires_minute * MINUTE
    exception = ExceptionFacts("e", "n", "r", (), "o", "r", "k", "t", expires, "u", "", "sha256:0", (), ())
    site = SiteFacts(exceptions=(exception,))
    return facts(name, WorkloadFacts("v1", "Pod", None), (), (), (), site, datetime.fromtimestamp(minute * 60, UTC))


async def test_equal_facts_are_asked_once(judge: Judge, engine: Scripted) -> None:
    first = await judge.judge(document(), {})
    second = await judge.judge(document(minute=3), {})

    assert first == second
    assert not first.allowed
    assert engine.asked == 1
    assert (judge.hits, judge.misses) == (1, 1)


async def test_other_facts_are_another_question(judge: Judge, engine: Scripted) -> None:
    await judge.judge(document("a"), {})
    await judge.judge(document("b"), {})

    assert engine.asked == 2


async def test_places_are_those_of_the_one_who_asks(judge: Judge, engine: Scripted) -> None:
    here, there = Place("a.yaml", 1), Place("b.yaml", 2)
    first = await judge.judge(document(), {REF: {"reference": here}})
    second = await judge.judge(document(), {REF: {"reference": there}})

    assert first.findings[0].evidence == (Quote("reference", here),)
    assert second.findings[0].evidence == (Quote("reference", there),)
    assert engine.asked == 1


async def test_a_verdict_lives_until_the_next_instant_its_facts_name(judge: Judge, engine: Scripted) -> None:
    await judge.judge(document(minute=0, expires_minute=5), {})
    await judge.judge(document(minute=4, expires_minute=5), {})
    assert engine.asked == 1

    engine.answer = ADMITTED
    assert (await judge.judge(document(minute=5, expires_minute=5), {})).allowed
    assert (await judge.judge(document(minute=6, expires_minute=5), {})).allowed
    assert engine.asked == 2


async def test_a_verdict_says_nothing_about_the_time_before_it(judge: Judge, engine: Scripted) -> None:
    await judge.judge(document(minute=5), {})
    await judge.judge(document(minute=4), {})

    assert engine.asked == 2


async def test_a_verdict_lives_ten_minutes_at_most(judge: Judge, engine: Scripted, clock: Clock) -> None:
    await judge.judge(document(), {})
    clock.now += 599.9
    await judge.judge(document(), {})
    assert engine.asked == 1

    clock.now += 0.1
    await judge.judge(document(), {})
    assert engine.asked == 2


async def test_equal_facts_at_the_same_time_are_one_question(judge: Judge, engine: Scripted) -> None:
    engine.open.clear()
    asking = [asyncio.create_task(judge.judge(document(), {})) for _ in range(5)]
    await asyncio.sleep(0)
    engine.open.set()
    verdicts = await asyncio.gather(*asking)

    assert engine.asked == 1
    assert all(verdict == verdicts[0] for verdict in verdicts)


async def test_one_deadline_does_not_end_the_question_of_the_others(judge: Judge, engine: Scripted) -> None:
    engine.open.clear()
    patient = asyncio.create_task(judge.judge(document(), {}))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await judge.judge(document(), {})
    engine.open.set()

    assert not (await patient).allowed
    assert engine.asked == 1


async def test_a_failure_is_told_to_all_who_ask_and_never_remembered(judge: Judge, engine: Scripted) -> None:
    engine.wrong = EngineError("opa: away. Fix: wait")
    engine.open.clear()
    asking = [asyncio.create_task(judge.judge(document(), {})) for _ in range(2)]
    await asyncio.sleep(0)
    engine.open.set()
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert [str(one) for one in outcomes] == ["opa: away. Fix: wait"] * 2

    engine.wrong = None
    assert not (await judge.judge(document(), {})).allowed
    assert engine.asked == 2


async def test_a_failure_after_every_caller_has_gone_disturbs_nobody(judge: Judge, engine: Scripted) -> None:
    engine.wrong = EngineError("opa: away. Fix: wait")
    engine.open.clear()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await judge.judge(document(), {})
    engine.open.set()
    await asyncio.sleep(0.01)
    engine.wrong = None

    assert not (await judge.judge(document(), {})).allowed


async def test_a_question_that_is_cancelled_from_within_is_forgotten(judge: Judge, engine: Scripted) -> None:
    engine.open.clear()
    asking = asyncio.create_task(judge.judge(document(), {}))
    await asyncio.sleep(0)
    before = asyncio.all_tasks() - {asking, asyncio.current_task()}
    for task in before:
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    engine.open.set()

    assert not (await judge.judge(document(), {})).allowed


async def test_a_malformed_answer_is_an_error_and_never_remembered(judge: Judge, engine: Scripted) -> None:
    engine.answer = {**ADMITTED, "allowed": False}
    with pytest.raises(EngineError, match="contradicts itself"):
        await judge.judge(document(), {})
    engine.answer = ADMITTED

    assert (await judge.judge(document(), {})).allowed


async def test_the_verdict_not_asked_for_longest_goes_first(judge: Judge, engine: Scripted) -> None:
    for name in ("a", "b", "c", "a", "d"):
        await judge.judge(document(name), {})
    assert engine.asked == 4

    await judge.judge(document("a"), {})
    assert engine.asked == 4
    await judge.judge(document("b"), {})
    assert engine.asked == 5


async def test_both_revisions_are_judged_by_their_own_table_while_opa_changes_over(
    judge: Judge, engine: Scripted, bundle: Bundle, tmp_path: Path
) -> None:
    following = load(policy_folder(tmp_path / "b", {"data/words.yaml": WORDS + "more: 1\n"}))
    engine.revision = following.revision
    with pytest.raises(EngineError, match=f"answers by revision {following.revision}, expected {bundle.revision}"):
        await judge.judge(document(), {})

    judge.use(bundle, following)
    assert (await judge.judge(document(), {})).revision == following.revision
    judge.use(following)
    assert (await judge.judge(document(), {})).revision == following.revision
    assert engine.asked == 2


def test_facts_that_name_no_instant_live_on() -> None:
    assert next_instant(document()) is None


instants = st.integers(min_value=0, max_value=10)
documents: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.text(max_size=3) | instants,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["expires_ns", "from_ns", "effective_on_ns", "time", "a"]), inner, max_size=3)
    ),
    max_leaves=15,
)


def named(value: object) -> list[int]:
    match value:
        case dict():
            own = [item for key, item in value.items() if key.endswith("_ns") and type(item) is int]
            return own + [one for item in value.values() for one in named(item)]
        case list():
            return [one for item in value for one in named(item)]
        case _:
            return []


@given(documents, instants)
def test_the_next_instant_is_the_first_named_after_now(value: object, now: int) -> None:
    later = sorted(one for one in named(value) if one > now)

    assert next_instant(Facts(msgspec.json.encode(value), "k", now)) == (later[0] if later else None)
