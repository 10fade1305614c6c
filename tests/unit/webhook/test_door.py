from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.unit.webhook.reviews import DOWN, Scripted, body, decision, finding

from weighbridge.errors import BadManifest, ClusterError
from weighbridge.model.requests import Namespace
from weighbridge.telemetry import Metrics
from weighbridge.webhook.door import DoorName, Doors, Limits


def doors(reviews: Scripted, limits: Limits | None = None, metrics: Metrics | None = None) -> Doors:
    async def namespace(name: str) -> Namespace:
        if name == "lost":
            raise ClusterError("namespaces/lost: the API server did not answer in time")
        return Namespace(name, {"env": "prod"})

    return Doors(
        reviews, namespace, lambda _: "https://ask.example/{decision}", metrics or Metrics(), limits or Limits()
    )


async def response(
    door: Doors, name: DoorName, *, timeout: str | None = "10s", content: bytes | None = None
) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(await door.answer(name, content or body(), timeout))["response"]
    return told


@pytest.mark.parametrize("name", ["enforce", "observe", "cluster"])
async def test_the_verdict_is_the_same_at_all_doors(name: DoorName) -> None:
    told = await response(doors(Scripted(decision(finding("deny")))), name)

    assert told["allowed"] is False
    assert told["status"]["code"] == 403
    assert "hf://acme/x@main: has no card [card.present]" in told["status"]["message"]
    assert "https://ask.example/0123456789ab" in told["status"]["message"]
    assert told["auditAnnotations"]["denied-by"] == "card.present"


async def test_namespace_labels_and_time_reach_the_corridor() -> None:
    reviews = Scripted()
    await response(doors(reviews), "enforce", timeout="5s")

    request, seconds = reviews.seen[0]
    assert (request.namespace, seconds) == (Namespace("team", {"env": "prod"}), 3.0)


async def test_a_cluster_scoped_object_has_no_namespace() -> None:
    reviews = Scripted()
    await response(doors(reviews), "enforce", content=body(namespace=""))

    assert reviews.seen[0][0].namespace == Namespace("")


@pytest.mark.parametrize(
    ("reviews", "content", "why"),
    [
        (Scripted(fails=DOWN), body(), "opa: no answer"),
        (Scripted(fails=ZeroDivisionError("secret")), body("u7"), "its log has review u7"),
        (Scripted(fails=RecursionError()), body("u7"), "its log has review u7"),
        (Scripted(), body(namespace="lost"), "did not answer in time"),
        (Scripted(waits=asyncio.Event()), body(), "no decision in 0.05 s"),
    ],
)
async def test_without_a_decision_enforce_refuses_and_the_others_admit(
    reviews: Scripted, content: bytes, why: str
) -> None:
    refused = await response(doors(reviews), "enforce", timeout="100ms", content=content)
    others: tuple[DoorName, ...] = ("observe", "cluster")
    admitted = [await response(doors(reviews), name, timeout="100ms", content=content) for name in others]

    assert (refused["allowed"], refused["status"]["code"]) == (False, 503)
    assert refused["status"]["message"].startswith("not decided: ")
    assert why in refused["status"]["message"]
    assert "secret" not in refused["status"]["message"]
    assert [one["allowed"] for one in admitted] == [True, True]
    assert all(one["warnings"][0].startswith("weighbridge: not decided: ") for one in admitted)


async def test_more_reviews_than_fit_are_not_decided() -> None:
    gate = asyncio.Event()
    door = doors(Scripted(waits=gate), Limits(at_once=2))
    waiting = [asyncio.create_task(response(door, "enforce")) for _ in range(2)]
    await asyncio.sleep(0)

    third = await response(door, "enforce")
    gate.set()
    first, second = await asyncio.gather(*waiting)

    assert "answering 2 reviews already" in third["status"]["message"]
    assert first["allowed"]
    assert second["allowed"]
    assert (await response(door, "enforce"))["allowed"]


async def test_what_is_no_review_is_the_callers_to_refuse() -> None:
    with pytest.raises(BadManifest):
        await doors(Scripted()).answer("observe", b"nothing", None)


async def test_a_review_leaves_one_event() -> None:
    with capture_logs() as logs:
        await response(doors(Scripted(decision(finding("deny"), finding("audit")))), "enforce")

    assert len(logs) == 1
    event = logs[0]
    assert {key: event[key] for key in ("uid", "namespace", "kind", "name", "operation", "allowed", "stage")} == {
        "uid": "u1",
        "namespace": "team",
        "kind": "Pod",
        "name": "chat",
        "operation": "CREATE",
        "allowed": False,
        "stage": "enforce",
    }
    assert (event["rules"], event["decision"], event["dry_run"]) == (["card.present"], "0123456789ab", False)
    assert set(event["ms"]) == {"read", "namespace", "review", "total"}


async def test_names_of_others_cannot_flood_the_log() -> None:
    content = body(namespace="n" * 5000)
    with capture_logs() as logs:
        await response(doors(Scripted()), "enforce", content=content)

    assert len(logs[0]["namespace"]) == 253


async def test_an_error_of_ours_is_logged_with_its_traceback() -> None:
    with capture_logs() as logs:
        await response(doors(Scripted(fails=ZeroDivisionError("why"))), "enforce")

    assert [one["event"] for one in logs] == ["review failed", "review"]
    assert logs[0]["exc_info"] is True


@pytest.mark.parametrize(
    ("reviews", "outcome"),
    [
        (Scripted(), "not_of_interest"),
        (Scripted(decision()), "allowed"),
        (Scripted(decision(finding("audit"))), "allowed"),
        (Scripted(decision(finding("warn"))), "warned"),
        (Scripted(decision(finding("deny"))), "denied"),
        (Scripted(decision(finding("deny", unknown=True))), "undecided"),
        (Scripted(fails=DOWN), "not_decided"),
    ],
)
async def test_outcomes_are_counted_apart(reviews: Scripted, outcome: str) -> None:
    metrics = Metrics()
    await response(doors(reviews, metrics=metrics), "enforce")

    assert f'weighbridge_reviews_total{{door="enforce",outcome="{outcome}"}} 1.0' in metrics.text().decode()


async def test_findings_are_counted_by_rule_and_effect() -> None:
    metrics = Metrics()
    await response(doors(Scripted(decision(finding("deny"), finding("deny"))), metrics=metrics), "observe")

    assert 'weighbridge_findings_total{effect="deny",rule="card.present"} 2.0' in metrics.text().decode()
