from __future__ import annotations

import time

import pytest
from tests.cluster.gate import CONFIGURATION, Gate, pod
from tests.cluster.kubectl import Kubectl, path, until

pytestmark = pytest.mark.cluster
WHERE = path("ValidatingWebhookConfiguration", name=CONFIGURATION)
ENFORCE, OBSERVE, CLUSTER = "enforce.weighbridge.dev", "observe.weighbridge.dev", "cluster.weighbridge.dev"


@pytest.fixture(scope="module")
def shop(gate: Gate) -> str:
    return gate.namespace("shop", "enforce")


def managers(admin: Kubectl) -> set[tuple[str, str]]:
    fields = admin.get(WHERE).body["metadata"]["managedFields"]
    return {(one["manager"], one["operation"]) for one in fields}


def broken(gate: Gate, name: str, **changes: object) -> list[dict[str, object]]:
    return [{**one, **(changes if one["name"] == name else {})} for one in gate.entries().values()]


def test_the_configuration_is_filled_by_one_field_manager_of_least_rights(
    gate: Gate, admin: Kubectl, shop: str
) -> None:
    entries = gate.entries()

    assert {name: one["failurePolicy"] for name, one in entries.items()} == {
        ENFORCE: "Fail",
        OBSERVE: "Ignore",
        CLUSTER: "Ignore",
    }
    assert ("weighbridge", "Apply") in managers(admin)


def test_while_it_runs_undisturbed_nothing_is_written(gate: Gate, admin: Kubectl, shop: str) -> None:
    before = admin.get(WHERE).body["metadata"]["generation"]
    time.sleep(1.5)

    assert admin.get(WHERE).body["metadata"]["generation"] == before


def test_namespaces_come_onto_the_enforce_list_and_leave_it(gate: Gate, admin: Kubectl, shop: str) -> None:
    moving = gate.namespace("moving", "enforce")
    assert moving in gate.enforcing()
    assert moving in gate.entries()[OBSERVE]["namespaceSelector"]["matchExpressions"][0]["values"]
    gate.namespace(moving, "warn")

    until(lambda: moving not in gate.enforcing(), 5)
    assert shop in gate.enforcing()


def test_a_namespace_that_enforces_but_is_not_on_the_list_yet_is_denied_through_observe(
    gate: Gate, admin: Kubectl, shop: str
) -> None:
    fresh = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "fresh", "labels": {"acme.example/gate": "enforce"}},
    }
    assert admin.create(fresh).ok
    told = admin.create(pod("fresh", "bare", "acme/bare"))

    assert told.status == 403
    assert "has no model card" in told.message
    until(lambda: "fresh" in gate.enforcing())


@pytest.mark.parametrize(
    "changes",
    [
        {"failurePolicy": "Ignore"},
        {"namespaceSelector": {"matchLabels": {"nothing": "here"}}},
        {"matchConditions": [{"name": "never", "expression": "false"}]},
        {"objectSelector": {"matchLabels": {"nothing": "here"}}},
        {"rules": []},
        {"timeoutSeconds": 1},
    ],
)
def test_an_edit_from_outside_is_healed_within_seconds(
    gate: Gate, admin: Kubectl, shop: str, changes: dict[str, object]
) -> None:
    wanted, healed = gate.entries(), gate.metric("webhook_configuration_healed_total")
    told = admin.patch(WHERE, {"webhooks": broken(gate, ENFORCE, **changes)})

    assert told.ok, told.message
    until(lambda: gate.entries() == wanted, 5)
    until(lambda: gate.metric("webhook_configuration_healed_total") == healed + 1, 5)


def test_a_condition_or_an_entry_that_another_adds_is_removed(gate: Gate, admin: Kubectl, shop: str) -> None:
    wanted = gate.entries()
    foreign = {**wanted[OBSERVE], "name": "else.weighbridge.dev"}
    more = [*wanted[ENFORCE]["matchConditions"], {"name": "never", "expression": "false"}]
    added = [{**wanted[ENFORCE], "matchConditions": more}, wanted[OBSERVE], foreign]
    body = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": CONFIGURATION},
        "webhooks": added,
    }
    assert admin.apply(body).ok

    until(lambda: gate.entries() == wanted, 5)


def test_a_list_that_is_emptied_is_filled_again(gate: Gate, admin: Kubectl, shop: str) -> None:
    wanted = gate.entries()
    assert admin.patch(WHERE, {"webhooks": None}).ok

    until(lambda: gate.entries() == wanted, 5)


def test_an_object_that_is_deleted_is_not_created_again_and_filled_when_it_returns(
    gate: Gate, admin: Kubectl, shop: str
) -> None:
    wanted = gate.entries()
    assert admin.delete(WHERE).ok
    time.sleep(1.5)
    gone = admin.get(WHERE).status
    obj = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": CONFIGURATION},
    }
    assert admin.create(obj).ok

    assert gone == 404
    until(lambda: gate.entries() == wanted, 5)


def test_while_nothing_enforces_there_is_no_enforce_entry(gate: Gate, admin: Kubectl, shop: str) -> None:
    labels = {
        one["metadata"]["name"]: one["metadata"]["labels"].get("acme.example/gate")
        for one in admin.get(path("Namespace")).body["items"]
    }
    enforcing = [name for name, value in labels.items() if value in ("enforce", "restricted")]
    for name in enforcing:
        admin.patch(path("Namespace", name=name), {"metadata": {"labels": {"acme.example/gate": None}}})
    until(lambda: list(gate.entries()) == [OBSERVE, CLUSTER], 5)
    without = gate.entries()
    for name in enforcing:
        admin.patch(path("Namespace", name=name), {"metadata": {"labels": {"acme.example/gate": labels[name]}}})

    assert without[OBSERVE]["namespaceSelector"]["matchExpressions"][0]["values"] == [
        "kube-system",
        "left-alone",
        "weighbridge-system",
    ]
    until(lambda: shop in gate.enforcing(), 5)
