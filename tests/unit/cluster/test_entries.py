from __future__ import annotations

import base64
from typing import Any

from weighbridge.cluster.entries import CLUSTER, CONDITIONS, ENFORCE, OBSERVE, Address, Entry, Reach, entries
from weighbridge.workloads import INTERCEPTED, Intercepted

SERVICE = Address(b"CA", namespace="weighbridge-system")
PODS = (Intercepted("", ("v1",), "pods", ("CREATE", "UPDATE")),)


def made(*enforcing: str, excluded: tuple[str, ...] = (), address: Address = SERVICE) -> dict[str, Any]:
    found: list[Entry] = entries(address, Reach(frozenset(enforcing), frozenset(excluded)), PODS)
    return {str(one["name"]): one for one in found}


def names(entry: dict[str, Any]) -> tuple[str, list[str]]:
    (expression,) = entry["namespaceSelector"]["matchExpressions"]
    assert expression["key"] == "kubernetes.io/metadata.name"
    return expression["operator"], expression["values"]


def test_enforce_holds_for_named_namespaces_and_observe_for_all_others() -> None:
    found = made("prod", "pay")

    assert names(found["enforce.weighbridge.dev"]) == ("In", ["pay", "prod"])
    assert names(found["observe.weighbridge.dev"]) == ("NotIn", ["kube-system", "pay", "prod", "weighbridge-system"])


def test_while_none_enforces_there_is_no_enforce_entry_and_observe_is_never_empty() -> None:
    found = made()

    assert list(found) == ["observe.weighbridge.dev"]
    assert names(found["observe.weighbridge.dev"]) == ("NotIn", ["kube-system", "weighbridge-system"])


def test_our_own_namespace_and_kube_system_cannot_enforce() -> None:
    assert list(made("weighbridge-system", "kube-system", "legacy", excluded=("legacy",))) == [
        "observe.weighbridge.dev"
    ]


def test_only_enforce_fails_closed() -> None:
    found = made("prod")
    by_entry = {name: (one["failurePolicy"], one["timeoutSeconds"]) for name, one in found.items()}

    assert by_entry == {"enforce.weighbridge.dev": ("Fail", 10), "observe.weighbridge.dev": ("Ignore", 3)}
    for one in found.values():
        assert (one["matchPolicy"], one["sideEffects"]) == ("Equivalent", "NoneOnDryRun")


def test_the_service_or_a_url_is_asked() -> None:
    by_service = made("prod")["enforce.weighbridge.dev"]["clientConfig"]
    by_url = made(address=Address(b"CA", url="https://127.0.0.1:9443/"))["observe.weighbridge.dev"]["clientConfig"]

    assert by_service == {
        "service": {
            "name": "weighbridge",
            "namespace": "weighbridge-system",
            "path": "/validate/enforce",
            "port": 443,
        },
        "caBundle": base64.b64encode(b"CA").decode(),
    }
    assert by_url["url"] == "https://127.0.0.1:9443/validate/observe"


def test_every_intercepted_kind_is_asked_about_once() -> None:
    found: list[Any] = list(entries(SERVICE, Reach(frozenset()), INTERCEPTED))
    asked = sorted(
        (group, version, resource, operation, rule["scope"])
        for entry in found
        for rule in entry["rules"]
        for group in rule["apiGroups"]
        for version in rule["apiVersions"]
        for resource in rule["resources"]
        for operation in rule["operations"]
    )

    assert asked == sorted(
        (one.group, version, one.resource, operation, one.scope)
        for one in INTERCEPTED
        for version in one.versions
        for operation in one.operations
    )
    scopes = {one["name"]: {rule["scope"] for rule in one["rules"]} for one in found}
    assert scopes == {"observe.weighbridge.dev": {"Namespaced"}, "cluster.weighbridge.dev": {"Cluster"}}


def test_what_stands_in_no_namespace_has_an_entry_of_its_own_that_never_blocks_on_failure() -> None:
    caches = Intercepted("serving.kserve.io", ("*",), "localmodelcaches", ("CREATE",), "Cluster")
    found: list[Any] = list(entries(SERVICE, Reach(frozenset({"prod"})), (*PODS, caches)))

    assert [one["name"] for one in found] == [ENFORCE, OBSERVE, CLUSTER]
    assert [one["resources"] for entry in found for one in entry["rules"]] == [["pods"], ["pods"], ["localmodelcaches"]]
    assert (found[2]["failurePolicy"], found[2]["namespaceSelector"]) == ("Ignore", {})
    assert found[2]["clientConfig"]["service"]["path"] == "/validate/cluster"


def test_no_removal_is_asked_about() -> None:
    assert not {"DELETE", "CONNECT", "*"} & {operation for one in INTERCEPTED for operation in one.operations}


def test_no_condition_decides_by_the_value_of_an_image_a_command_or_a_label() -> None:
    for _, expression in CONDITIONS:
        for word in ("labels", "command", "args", "startsWith", "contains(", "matches("):
            assert word not in expression
