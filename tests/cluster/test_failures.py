from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest
from tests.cluster.gate import Gate, pod
from tests.cluster.kubectl import Kubectl, Told, until

pytestmark = pytest.mark.cluster
NEVER_SEEN = itertools.count()


@pytest.fixture(scope="module")
def guarded(gate: Gate) -> str:
    return gate.namespace("guarded", "enforce")


@pytest.fixture(scope="module")
def watched(gate: Gate) -> str:
    return gate.namespace("watched", "warn")


def bad(namespace: str) -> dict[str, object]:
    """Return a Pod whose verdict nobody has yet, of a model that is known, so that no budget of new models is spent."""
    number = next(NEVER_SEEN)
    made = pod(namespace, f"bad-{number}", "acme/bare")
    made["spec"]["containers"][0]["args"].append(f"--max-model-len={1000 + number}")
    return made


def cached_bad(namespace: str) -> dict[str, object]:
    return pod(namespace, f"cached-{next(NEVER_SEEN)}", "acme/bare")


@pytest.fixture
def stopped(gate: Gate, guarded: str, watched: str) -> Iterator[int]:
    code = gate.stop()
    yield code
    gate.start()


def test_while_the_webhook_is_down_enforce_refuses_and_observe_admits(
    admin: Kubectl, guarded: str, watched: str, stopped: int
) -> None:
    refused = admin.create(pod(guarded, "down", "acme/good"))
    admitted = admin.create(pod(watched, "down", "acme/bare"))

    assert stopped == 0
    assert refused.status == 500
    assert 'failed calling webhook "enforce.weighbridge.dev"' in refused.message
    assert admitted.ok


def test_after_a_restart_reviews_are_decided_again(gate: Gate, admin: Kubectl, guarded: str) -> None:
    assert admin.create(pod(guarded, "again", "acme/good"), dry_run=True).ok
    assert admin.create(pod(guarded, "again", "acme/bare"), dry_run=True).status == 403


def test_after_a_restart_what_was_known_is_known_though_the_hub_is_gone(
    gate: Gate, admin: Kubectl, guarded: str
) -> None:
    assert admin.create(pod(guarded, "known", "acme/good"), dry_run=True).ok
    gate.stop()
    (gate.folder / "hub").rename(gate.folder / "hub-away")
    gate.start()
    known = admin.create(pod(guarded, "known", "acme/good"), dry_run=True)
    unknown = admin.create(pod(guarded, "unknown", "acme/other"), dry_run=True)
    (gate.folder / "hub-away").rename(gate.folder / "hub")

    assert known.ok, known.message
    assert unknown.status == 503
    assert "weighbridge_store_events_total" in gate.metrics()


def test_a_namespace_leaves_the_enforce_list_while_what_is_known_would_not_survive(
    gate: Gate, admin: Kubectl, guarded: str
) -> None:
    gate.stop()
    gate.lasting = False
    gate.start()
    until(lambda: not gate.enforcing(), what="an empty enforce list")
    held = gate.metric("held_back_namespaces"), gate.metric("store_survives")
    denied = admin.create(cached_bad(guarded))
    gate.stop()
    gate.lasting = True
    gate.start()
    until(lambda: guarded in gate.enforcing(), what=f"{guarded} on the enforce list")

    assert held[0] >= 1
    assert held[1] == 0
    assert denied.status == 403


def test_when_opa_is_killed_mid_flight_nothing_bad_is_admitted_and_it_recovers(
    gate: Gate, admin: Kubectl, guarded: str
) -> None:
    assert admin.create(bad(guarded)).status == 403
    told: list[Told] = []
    stop = threading.Event()

    def keep_asking() -> None:
        while not stop.is_set():
            told.append(admin.create(bad(guarded)))

    asking = [threading.Thread(target=keep_asking) for _ in range(3)]
    for one in asking:
        one.start()
    time.sleep(0.3)
    pids: list[int] = []
    while len(pids) < 5 and not any(one.status == 503 for one in told):
        pids.append(gate.kill_opa())
        time.sleep(1)
    answered = len(told)
    until(lambda: any(one.status == 403 for one in told[answered:]), what="decisions after OPA came back")
    stop.set()
    for one in asking:
        one.join()

    assert {one.status for one in told} == {403, 503}
    refused = [one.message for one in told if one.status == 503]
    assert all("denied the request: not decided: " in one for one in refused)
    assert until(gate.opa) not in pids
    until(gate.ready)


def test_an_opa_that_hangs_is_not_decided_within_the_time_of_the_api_server(
    gate: Gate, admin: Kubectl, guarded: str, watched: str
) -> None:
    pid = until(gate.opa)
    os.kill(pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        observed = admin.create(bad(watched))
        observed_after = time.monotonic() - begun
        refused = admin.create(bad(guarded))
        unready = gate.ready()
        known = admin.create(cached_bad(guarded))
    finally:
        os.kill(pid, signal.SIGCONT)

    assert observed.ok
    assert observed.warnings[0].startswith("weighbridge: not decided: ")
    assert observed_after < 3
    assert refused.status == 503
    assert "not decided: " in refused.message
    assert not unready
    assert known.status in (403, 503)
    until(gate.ready)
    assert admin.create(bad(guarded)).status == 403


def test_one_event_is_logged_for_each_review_that_was_not_decided(gate: Gate) -> None:
    events = gate.events(event="review", outcome="not_decided")

    assert events
    assert all(one["because"] and one["decision"] is None for one in events)
    assert {one["allowed"] for one in events if one["door"] == "enforce"} == {False}


def test_no_traceback_was_logged(gate: Gate) -> None:
    assert gate.events(event="review failed") == []
    assert not [line for line in gate.log() if "Traceback" in line]
