from __future__ import annotations

from weighbridge.gathering.budgets import MOST_PURSES, PER_HOST, PER_NAMESPACE, Budgets, Payment
from weighbridge.model.outcomes import Unknown
from weighbridge.model.requests import NOBODY, Asker

HUB = "hub.example"


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_namespace_has_thirty_new_models_a_minute_and_no_other_pays_for_it() -> None:
    watch = Watch()
    budgets = Budgets(watch)
    paid = [budgets.pay("team", HUB) for _ in range(PER_NAMESPACE)]
    refused = budgets.pay("team", HUB)
    other = budgets.pay("other", HUB)
    watch.now = 1.9
    still = budgets.pay("team", HUB)
    watch.now = 2.0
    again = budgets.pay("team", HUB)

    assert (set(paid), other, again) == ({None}, None, None)
    why = f"{HUB} is not asked: 30 new models a minute for namespace team are spent"
    assert refused == Unknown("too_many_questions", HUB, None, why, 2.0)
    assert still is not None
    assert PER_NAMESPACE == 30


def test_a_host_has_a_budget_of_all_namespaces_together() -> None:
    budgets = Budgets(Watch())
    paid = [budgets.pay(f"ns{number}", HUB) for number in range(PER_HOST)]
    refused, elsewhere = budgets.pay("late", HUB), budgets.pay("late", "mirror.example")

    assert (set(paid), elsewhere) == ({None}, None)
    assert refused is not None
    assert refused.detail == f"{HUB} is not asked: {PER_HOST} new models a minute for host {HUB} are spent"


def test_a_minute_that_was_not_used_is_not_saved_up() -> None:
    watch = Watch()
    budgets = Budgets(watch)
    budgets.pay("team", HUB)
    watch.now = 36_000.0

    assert [budgets.pay("team", HUB) for _ in range(PER_NAMESPACE + 1)].count(None) == PER_NAMESPACE


def test_a_clock_that_is_set_back_takes_nothing_away() -> None:
    watch = Watch()
    watch.now = 100.0
    budgets = Budgets(watch, per_namespace=2)
    budgets.pay("team", HUB)
    watch.now = 0.0

    assert budgets.pay("team", HUB) is None


def test_more_namespaces_than_any_cluster_has_take_no_more_memory() -> None:
    budgets = Budgets(Watch(), per_host=10**9)
    for number in range(2 * MOST_PURSES):
        budgets.pay(f"ns{number}", HUB)

    assert len(budgets) <= MOST_PURSES


def test_a_model_is_paid_for_once_however_many_questions_it_takes() -> None:
    budgets = Budgets(Watch(), per_namespace=2)
    first, second, third = (Payment(budgets, Asker("team")) for _ in range(3))
    paid = [first.refused(HUB), first.refused(HUB), second.refused(HUB), first.refused("other.example")]

    assert set(paid) == {None}
    assert third.refused(HUB) is not None


def test_nobody_pays_on_the_command_line() -> None:
    budgets = Budgets(Watch(), per_namespace=0)

    assert Payment(budgets, NOBODY).refused(HUB) is None
