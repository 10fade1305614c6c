from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from tests.simulators.hub import Hub
from tests.simulators.tables import shipped

from weighbridge.gathering import Gatherer
from weighbridge.gathering.guarding import AT_ONCE, MOST_WAITING, Guarded
from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.refs import ModelRef
from weighbridge.sources.hub import HubSource
from weighbridge.sources.interface import Listing

DOWN = Unknown("unreachable", "hub.example", 60, "hub.example cannot be reached")
HERE = Found(Resolved("a" * 40, None, None, immutable=False))


@dataclass
class Moody:
    """A source that answers as it is told, one answer after the other and the last for good."""

    answers: Sequence[Outcome[Resolved]]
    seconds: float = 0.0
    asked: int = 0
    at_once: int = 0
    most_at_once: int = 0
    host: str = "hub.example"
    now: float = field(default=0.0)

    async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
        self.asked += 1
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(self.seconds)
        self.at_once -= 1
        return self.answers[min(self.asked, len(self.answers)) - 1]

    async def listing(self, repository: str, commit: str) -> Outcome[Listing | Unreadable]:
        return Missing(commit)

    async def read(self, repository: str, commit: str, path: str, limit: int) -> Outcome[bytes | Unreadable]:
        return Found(path.encode())

    async def read_range(
        self, repository: str, commit: str, path: str, start: int, length: int
    ) -> Outcome[bytes | Unreadable]:
        return Found(path.encode()[start : start + length])

    def late(self, seconds: float) -> Unknown:
        return Unknown("timeout", self.host)


def guarded(*answers: Outcome[Resolved], seconds: float = 0.0) -> tuple[Moody, Guarded]:
    source = Moody(answers, seconds)
    return source, Guarded(source, lambda: source.now)


async def ask(source: Guarded, times: int) -> list[Outcome[Resolved]]:
    return [await source.resolve("a/b", None) for _ in range(times)]


async def test_a_host_that_is_up_is_asked_as_if_nobody_stood_between() -> None:
    _, source = guarded(HERE)

    assert await ask(source, 1) == [HERE]
    assert await source.listing("a/b", "c") == Missing("c")
    assert await source.read("a/b", "c", "x.md", 10) == Found(b"x.md")
    assert await source.read_range("a/b", "c", "x.md", 2, 2) == Found(b"md")
    assert (source.host, source.late(1)) == ("hub.example", Unknown("timeout", "hub.example"))


@pytest.mark.parametrize("because", ["unreachable", "timeout"])
async def test_a_host_that_is_down_answers_at_once_until_its_back_off_is_over(because: str) -> None:
    moody, source = guarded(Unknown(because, "hub.example"))

    answers = await ask(source, 50)
    moody.now = 4.9
    before = (await ask(source, 5), moody.asked)[1]
    moody.now = 5.0
    await ask(source, 5)

    assert set(answers) == {Unknown(because, "hub.example")}
    assert (before, moody.asked) == (3, 4)


async def test_back_off_doubles_up_to_a_minute_and_ends_with_the_first_answer() -> None:
    moody, source = guarded(*[DOWN] * 8, HERE, DOWN)
    asked_at = []
    for second in range(198):
        moody.now = float(second)
        before = moody.asked
        last = await ask(source, 1)
        if moody.asked > before:
            asked_at.append(second)

    assert asked_at == [0, 1, 2, 7, 17, 37, 77, 137, 197]
    assert last == [HERE]


async def test_one_question_alone_tries_a_host_again() -> None:
    moody, source = guarded(DOWN, DOWN, DOWN, HERE, seconds=0.01)
    await ask(source, 3)
    moody.now = 5.0

    answers = await asyncio.gather(*(source.resolve("a/b", None) for _ in range(10)))

    assert moody.asked == 4
    assert answers.count(HERE) == 1
    assert await ask(source, 2) == [HERE, HERE]


@pytest.mark.parametrize(
    ("limited", "seconds"),
    [
        (Unknown("rate_limited", "hub.example", again_in=42.0), 42),
        (Unknown("rate_limited", "hub.example", again_in=1e6), 600),
        (Unknown("rate_limited", "hub.example"), 5),
        (Unknown("server_error", "hub.example", again_in=7.0), 7),
    ],
)
async def test_a_host_that_says_when_to_ask_again_is_left_alone_until_then(limited: Unknown, seconds: int) -> None:
    moody, source = guarded(limited, HERE)

    await ask(source, 3)
    moody.now = seconds - 0.1
    early = await ask(source, 1)
    moody.now = seconds

    assert (early, moody.asked) == ([limited], 1)
    assert await ask(source, 1) == [HERE]


@pytest.mark.parametrize("because", ["server_error", "host_not_listed", "offline"])
async def test_what_one_repository_may_be_guilty_of_takes_the_host_from_nobody(because: str) -> None:
    moody, source = guarded(Unknown(because, "hub.example"))

    await ask(source, 20)

    assert moody.asked == 20


async def test_answers_in_between_keep_a_host_up() -> None:
    private = Unknown("private_or_absent", "hub.example")
    moody, source = guarded(DOWN, DOWN, private, DOWN, DOWN, Missing("x"), DOWN, DOWN, HERE)

    assert (await ask(source, 9))[-1] == HERE
    assert moody.asked == 9


async def test_a_clock_that_is_set_back_leaves_nobody_alone_for_longer() -> None:
    moody, source = guarded(DOWN, DOWN, DOWN, HERE)
    moody.now = 10_000.0
    await ask(source, 3)
    moody.now = 0.0

    assert await ask(source, 1) == [HERE]


async def test_a_host_gets_few_questions_at_once() -> None:
    moody, source = guarded(HERE, seconds=0.002)

    await asyncio.gather(*(source.resolve("a/b", None) for _ in range(100)))

    assert moody.most_at_once == AT_ONCE


async def test_questions_that_wait_while_a_host_goes_down_are_not_asked() -> None:
    moody, source = guarded(DOWN, seconds=0.002)

    answers = await asyncio.gather(*(source.resolve("a/b", None) for _ in range(100)))

    assert answers == [DOWN] * 100
    assert moody.asked == AT_ONCE


async def test_a_host_that_is_too_far_behind_is_not_asked_more() -> None:
    _, source = guarded(HERE, seconds=0.001)

    answers = await asyncio.gather(*(source.resolve("a/b", None) for _ in range(MOST_WAITING + 5)))

    why = f"hub.example is not asked: {MOST_WAITING} questions wait for it"
    assert answers[-5:] == [Unknown("too_many_questions", "hub.example", None, why)] * 5
    assert answers[:-5] == [HERE] * MOST_WAITING


async def test_a_question_that_breaks_leaves_its_place() -> None:
    class Broken(Moody):
        async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
            if self.now == 5.0:
                raise RuntimeError("a bug of ours")
            return await super().resolve(repository, revision)

    moody = Broken([DOWN, DOWN, DOWN, HERE])
    source = Guarded(moody, lambda: moody.now)
    await ask(source, 3)
    moody.now = 5.0
    with pytest.raises(RuntimeError):
        await ask(source, 1)
    moody.now = 6.0

    assert await ask(source, 1) == [HERE]


async def test_a_slow_host_delays_no_model_on_another() -> None:
    async with Hub() as slow, Hub() as quick, HubSource(slow.endpoint) as far, HubSource(quick.endpoint) as near:
        slow.publish("acme/model", {"README.md": b"# Model"})
        quick.publish("acme/model", {"README.md": b"# Model"})
        slow.stall(5)
        gatherer = Gatherer({"hf": far, "mirror": near}, shipped())
        slow_refs = [ModelRef("hf", f"acme/m{number}") for number in range(200)]
        crowd = asyncio.ensure_future(gatherer.gather(slow_refs, 1.5))
        await asyncio.sleep(0.1)
        begun = asyncio.get_running_loop().time()

        (found,) = await gatherer.gather([ModelRef("mirror", "acme/model")], 1.0)
        took = asyncio.get_running_loop().time() - begun
        crowded = await crowd

    assert isinstance(found.card, Found)
    assert took < 0.5
    assert {one.card.because for one in crowded} == {"timeout"}
