from __future__ import annotations

import asyncio
from dataclasses import replace

from tests.evidence_values import evidence

from weighbridge.gathering.asking import Deadline, Horizon
from weighbridge.gathering.budgets import Budgets, Payment
from weighbridge.gathering.keeping import MOST_AHEAD, MOST_AT_HAND, Ahead, EvidenceMemory
from weighbridge.model.evidence import Evidence, Place
from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import NOBODY, Asker


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def deadline(until: float, observed: float = 5.5, asker: Asker = NOBODY) -> Deadline:
    return Deadline(1.0, 0.0, Payment(Budgets(Watch()), asker), Horizon(until, observed))


def test_evidence_is_kept_while_all_of_it_holds_and_says_when_it_was_learnt() -> None:
    watch = Watch()
    memory = EvidenceMemory(watch)
    told = memory.keep(evidence(), deadline(10.0))
    watch.now = 9.9
    kept = memory.get(told.ref, NOBODY)
    watch.now = 10.0

    assert told == kept == replace(evidence(), observed_at=5)
    assert memory.get(told.ref, NOBODY) is None
    assert memory.size == 0


def test_what_never_changes_has_no_time() -> None:
    memory = EvidenceMemory(Watch())

    assert memory.keep(evidence(), deadline(float("inf"), float("inf"))).observed_at is None


def test_what_was_late_or_cannot_be_written_is_not_kept() -> None:
    memory = EvidenceMemory(Watch())
    memory.keep(evidence(), deadline(float("-inf")))
    memory.keep(evidence(places={"card": Place("\ud800")}), deadline(10.0))

    assert memory.get(evidence().ref, NOBODY) is None


def test_who_names_a_model_does_not_matter_and_what_is_named_does() -> None:
    memory = EvidenceMemory(Watch())
    memory.keep(evidence(), deadline(10.0))
    same = memory.get(ModelRef("hf", "org/model", role="draft"), NOBODY)
    others = [
        memory.get(ModelRef("hf", "org/model", ""), NOBODY),
        memory.get(ModelRef("hf", "org/model", file=""), NOBODY),
        memory.get(ModelRef("oci", "org/model"), NOBODY),
        memory.get(ModelRef("hf", "org/model"), Asker(max_evidence_age=60.0)),
        memory.get(ModelRef("hf", "org/model"), NOBODY, "other roots"),
    ]

    assert same is not None
    assert same.ref.role == "draft"
    assert others == [None] * 5


def test_what_is_asked_about_often_is_at_hand_and_never_older_than_what_is_kept() -> None:
    watch = Watch()
    memory = EvidenceMemory(watch)
    names = [f"hf://org/m{number}" for number in range(MOST_AT_HAND + 10)]
    for name in names:
        memory.keep(evidence(name), deadline(10.0))
    first = [memory.get(evidence(name).ref, NOBODY) for name in names]
    again = [memory.get(evidence(name).ref, NOBODY) for name in names[-3:]]
    memory.keep(evidence(names[-1], places={"card": Place("new")}), deadline(20.0))
    renewed = memory.get(evidence(names[-1]).ref, NOBODY)
    watch.now = 15.0

    assert [one and one.ref for one in first] == [evidence(name).ref for name in names]
    assert all(one is other for one, other in zip(again, first[-3:], strict=True))
    assert renewed is not None
    assert renewed.places == {"card": Place("new")}
    assert memory.get(evidence(names[-2]).ref, NOBODY) is None
    assert memory.get(evidence(names[-1]).ref, NOBODY) == renewed


async def test_each_thing_is_found_out_once_and_not_everything_at_once() -> None:
    gate, begun = asyncio.Event(), list[str]()
    ahead = Ahead()

    async def find_out(name: str) -> Evidence:
        begun.append(name)
        await gate.wait()
        return evidence()

    for number in range(MOST_AHEAD + 10):
        for _ in range(2):
            ahead.start(f"m{number}", lambda number=number: find_out(f"m{number}"))  # type: ignore[misc]
    await asyncio.sleep(0.01)
    gate.set()
    await asyncio.sleep(0.01)
    ahead.start("late", lambda: find_out("late"))
    await asyncio.sleep(0.01)

    assert begun == [*(f"m{number}" for number in range(MOST_AHEAD)), "late"]
