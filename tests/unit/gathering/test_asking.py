from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from weighbridge.gathering.asking import MOST_SILENT, Deadline, Questions
from weighbridge.gathering.budgets import Budgets, Payment
from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown
from weighbridge.model.requests import NOBODY, Asker
from weighbridge.store.encoding import Encoding
from weighbridge.store.interface import Key
from weighbridge.store.lifetimes import ANCESTOR_BRANCH, ATTACHED, BRANCH, CONTENT, Lifetime
from weighbridge.store.remembered import Remembered

HUB = "hub.example"
DAY = 86_400.0
DOWN = Unknown("unreachable", HUB)
OLD, NEW = Resolved("a" * 40, None, "main", False), Resolved("b" * 40, None, "main", False)
HERE: Outcome[Resolved] = Found(OLD)


@dataclass
class Script:
    """A source whose answers are set by hand, asked through `Questions`."""

    answer: Outcome[Resolved] = HERE
    now: float = 0.0
    asked: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    host: str = HUB

    def __post_init__(self) -> None:
        self.gate.set()
        self.remembered = Remembered(None, lambda: self.now)
        self.budgets = Budgets(lambda: self.now, per_namespace=2)
        self.questions: Questions[Resolved] = Questions(
            "branch",
            Encoding(Resolved),
            self.remembered,
            version="1",
            outdated=lambda one: replace(one, stale=True),
            chance=lambda: 0.0,
        )

    def late(self, seconds: float) -> Unknown:
        return Unknown("timeout", HUB, None, f"no answer in {seconds}")

    async def question(self) -> Outcome[Resolved]:
        self.asked += 1
        answer = self.answer
        await self.gate.wait()
        return answer

    async def ask(
        self,
        lifetime: Lifetime = BRANCH,
        asker: Asker = NOBODY,
        name: str = "acme/model",
        seconds: float = 5.0,
        note: Callable[[Deadline], object] = lambda _: None,
    ) -> Outcome[Resolved]:
        deadline = Deadline.after(seconds, Payment(self.budgets, asker))
        found = await self.questions.ask((HUB, name), ("main",), self.question, self, deadline, lambda _: lifetime)  # type: ignore[arg-type]
        note(deadline)
        return found

    async def settled(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.mark.parametrize(
    ("lifetime", "fresh", "served"), [(BRANCH, 60, 600), (ANCESTOR_BRANCH, 60, 3_600), (ATTACHED, 150, 300)]
)
async def test_an_answer_holds_then_is_served_while_asked_again_then_is_waited_for(
    script: Script, lifetime: Lifetime, fresh: float, served: float
) -> None:
    seen = []
    for now in (0.0, fresh - 0.1):
        script.now = now
        seen.append((await script.ask(lifetime), script.asked))
    script.gate.clear()
    script.answer = Found(NEW)
    for now in (fresh, served - 0.1):
        script.now = now
        seen.append((await script.ask(lifetime), script.asked))
        await script.settled()
    script.now = served
    waiting = asyncio.ensure_future(script.ask(lifetime))
    await script.settled()
    script.gate.set()

    assert seen == [(Found(OLD), 1), (Found(OLD), 1), (Found(OLD), 1), (Found(OLD), 2)]
    assert not waiting.done()
    assert await waiting == Found(NEW)


async def test_content_is_asked_for_once(script: Script) -> None:
    await script.ask(CONTENT)
    script.now = 1e12

    assert await script.ask(CONTENT) == Found(OLD)
    assert script.asked == 1


@pytest.mark.parametrize("lifetime", [BRANCH, CONTENT, ATTACHED])
async def test_that_there_is_nothing_holds_for_a_minute_and_then_is_asked_again(
    script: Script, lifetime: Lifetime
) -> None:
    script.answer = Missing("acme/model")
    await script.ask(lifetime)
    script.now = 59.9
    soon = await script.ask(lifetime)
    script.answer = Found(NEW)
    script.now = 60.0

    assert soon == Missing("acme/model")
    assert await script.ask(lifetime) == Found(NEW)


async def test_silence_is_remembered_for_seconds(script: Script) -> None:
    script.answer = DOWN
    first = await script.ask()
    script.answer, script.now = Found(NEW), 4.9
    soon = await script.ask()
    script.now = 5.0

    assert (first, soon, script.asked) == (DOWN, DOWN, 1)
    assert await script.ask() == Found(NEW)


@pytest.mark.parametrize("unknown", [DOWN, Unknown("private_or_absent", HUB), Unknown("rate_limited", HUB)])
async def test_the_last_known_answer_of_a_silent_source_serves_as_long_as_a_policy_allows(
    script: Script, unknown: Unknown
) -> None:
    await script.ask()
    script.answer, script.now = unknown, DAY
    served = await script.ask()
    hasty = await script.ask(asker=Asker("team", max_evidence_age=3_600.0))
    script.now = DAY + 1

    assert served == Found(replace(OLD, stale=True))
    assert hasty == unknown
    assert await script.ask() == unknown


async def test_an_answer_that_changed_replaces_the_last_known_one(script: Script) -> None:
    await script.ask()
    script.answer, script.now = Found(NEW), 3_600.0
    changed = await script.ask()
    script.answer, script.now = DOWN, 7_200.0

    assert changed == Found(NEW)
    assert await script.ask() == Found(replace(NEW, stale=True))


async def test_what_is_late_serves_its_last_known_answer(script: Script) -> None:
    await script.ask()
    script.gate.clear()
    script.answer, script.now = Found(NEW), 3_600.0
    late = []
    served = await script.ask(seconds=0.01, note=lambda deadline: late.append(deadline.horizon.late))
    script.gate.set()
    await script.settled()

    assert (served, late) == (Found(replace(OLD, stale=True)), [True])
    assert await script.ask() == Found(NEW)
    assert script.asked == 2


async def test_what_was_there_is_gone_and_not_missing(script: Script) -> None:
    await script.ask()
    script.answer, script.now = Missing("acme/model at hub.example"), DAY
    served = await script.ask()
    script.now = DAY + 10
    gone = await script.ask()

    assert served == Found(replace(OLD, stale=True))
    assert gone == Unknown("source_gone", HUB, None, f"{HUB} has acme/model at hub.example no longer")


async def test_a_name_that_nobody_had_may_have_come_into_being_since(script: Script) -> None:
    script.answer = Missing("x")
    await script.ask()
    script.answer, script.now = DOWN, 61.0

    assert await script.ask() == DOWN


@pytest.mark.parametrize("lifetime", [CONTENT, ATTACHED])
async def test_that_a_commit_had_nothing_is_known_while_its_source_keeps_silent(
    script: Script, lifetime: Lifetime
) -> None:
    script.answer = Missing("security scans")
    await script.ask(lifetime)
    script.answer, script.now = DOWN, DAY
    served = await script.ask(lifetime)
    script.now = DAY + 1

    assert served == Missing("security scans")
    assert await script.ask(lifetime) == DOWN


async def test_beyond_a_budget_only_new_models_are_unknown(script: Script) -> None:
    asker = Asker("team")
    known = [await script.ask(asker=asker, name=f"acme/m{number}") for number in range(2)]
    refused = await script.ask(asker=asker, name="acme/m2")
    script.now = 0.1
    again = [await script.ask(asker=asker, name=f"acme/m{number}") for number in range(2)]
    other = await script.ask(asker=Asker("other"), name="acme/m2")
    joined = await script.ask(asker=asker, name="acme/m2")

    assert {*known, *again, other, joined} == {Found(OLD)}
    assert isinstance(refused, Unknown)
    assert refused.because == "too_many_questions"
    assert script.asked == 3


async def test_asking_again_about_what_is_known_costs_nothing(script: Script) -> None:
    asker = Asker("team")
    for hour in range(10):
        script.now = 3_600.0 * hour
        assert await script.ask(asker=asker) == Found(OLD)
    await script.ask(asker=asker, name="acme/second")

    assert await script.ask(asker=asker, name="acme/third") == Found(OLD)


async def test_a_clock_that_is_set_back_makes_no_answer_hold_for_longer(script: Script) -> None:
    script.now = 10_000.0
    await script.ask()
    await script.ask(CONTENT, name="acme/content")
    script.answer, script.now = Found(NEW), 9_990.0
    nearly = await script.ask()
    script.now = 0.0

    assert nearly == Found(OLD)
    assert await script.ask() == Found(NEW)
    assert await script.ask(CONTENT, name="acme/content") == Found(OLD)


async def test_what_is_put_together_holds_as_long_as_its_shortest_part(script: Script) -> None:
    notes: list[tuple[float, float]] = []

    def note(deadline: Deadline) -> None:
        notes.append((deadline.horizon.until, deadline.horizon.observed))

    await script.ask(note=note)
    script.now = 30.0
    await script.ask(note=note)
    script.now = 597.0
    await script.ask(note=note)
    await script.settled()
    script.answer, script.now = DOWN, 5_000.0
    await script.ask(note=note)
    await script.ask(CONTENT, note=note)

    assert notes[:3] == [(60.0, 0.0), (60.0, 0.0), (600.0, 0.0)]
    assert notes[3] == (5_005.0, 597.0)
    assert notes[4] == (math.inf, math.inf)


async def test_a_value_that_cannot_be_written_is_answered_and_asked_again(script: Script) -> None:
    script.answer = Found(replace(OLD, asked="\ud800"))
    found = [await script.ask() for _ in range(2)]

    assert found == [script.answer] * 2
    assert (script.asked, script.remembered.counts["unwritable"]) == (2, 2)


async def test_bytes_that_are_no_answer_are_asked_for_again(script: Script) -> None:
    script.remembered.keep(Key("1", "branch", HUB, "acme/model", ("main",)), b"\0nonsense", 0.0)

    assert await script.ask() == Found(OLD)
    assert script.remembered.counts["damaged"] == 1


async def test_silence_about_many_things_takes_bounded_memory(script: Script) -> None:
    script.answer = DOWN
    for number in range(MOST_SILENT + 10):
        await script.ask(name=f"acme/m{number}")
    asked = script.asked
    await script.ask(name=f"acme/m{MOST_SILENT + 9}")
    await script.ask(name="acme/m0")

    assert script.asked == asked + 1
