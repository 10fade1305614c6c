from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from tests.unit.cluster.api_server import ApiServer

from weighbridge.cluster.companions import (
    ABSENT_SECONDS,
    DISCOVERED_SECONDS,
    MAX_BYTES,
    MAX_DEPTH,
    MOST,
    THERE_IS_NONE,
    CompanionObjects,
)
from weighbridge.model.companions import Unread, Wanted
from weighbridge.model.requests import Fetched
from weighbridge.workloads import COMPANIONS, find_models

KSERVE = "serving.kserve.io"
RUNTIMES = f"/apis/{KSERVE}/v1alpha1/namespaces/team/servingruntimes"
CLUSTER_RUNTIMES = f"/apis/{KSERVE}/v1alpha1/clusterservingruntimes"
CONFIG_MAPS = "/api/v1/namespaces/team/configmaps"
HOUSE = Wanted("ServingRuntime", "house", "team", KSERVE, Wanted("ClusterServingRuntime", "house", "", KSERVE))


def config_map(name: str, **data: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "team", "managedFields": [{"manager": "x" * 1000}]}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def wanted(name: str) -> Wanted:
    return Wanted("ConfigMap", name, "team")


async def read(
    objects: Mapping[str, Any], *asked: Wanted, seconds: float = 5.0, server: ApiServer | None = None
) -> Fetched:
    server = server or ApiServer()
    server.objects.update(objects)
    async with server.connected() as api:
        return await CompanionObjects(api, COMPANIONS).read(asked, "team", seconds)


def names(fetched: Fetched) -> list[object]:
    return [one["metadata"]["name"] for one in fetched.objects if isinstance(one["metadata"], dict)]


async def test_what_is_wanted_is_read_by_name_without_what_managers_note() -> None:
    server = ApiServer()
    found = await read({f"{CONFIG_MAPS}/chat": config_map("chat", MODEL="acme/a")}, wanted("chat"), server=server)

    assert [one["data"] for one in found.objects] == [{"MODEL": "acme/a"}]
    assert found.unread == ()
    assert [path for _, path, _ in server.asked] == [f"{CONFIG_MAPS}/chat"]
    assert "managedFields" not in str(found.objects)


async def test_an_object_without_metadata_is_handed_on_as_it_is() -> None:
    found = await read({f"{CONFIG_MAPS}/chat": {"data": {"M": "acme/a"}}}, wanted("chat"))

    assert found == Fetched(({"data": {"M": "acme/a"}},))


async def test_a_runtime_of_the_cluster_is_read_where_the_namespace_has_none() -> None:
    server = ApiServer()
    server.serve(KSERVE, "v1alpha1", "servingruntimes", "clusterservingruntimes")
    found = await read({f"{CLUSTER_RUNTIMES}/house": {"metadata": {"name": "house"}}}, HOUSE, server=server)

    assert names(found) == ["house"]
    assert ("GET", f"{RUNTIMES}/house", {}) in server.asked


async def test_what_may_not_be_read_hides_what_the_cluster_has() -> None:
    server = ApiServer()
    server.serve(KSERVE, "v1alpha1", "servingruntimes", "clusterservingruntimes")
    found = await read({f"{RUNTIMES}/house": 403, f"{CLUSTER_RUNTIMES}/house": {"metadata": {}}}, HOUSE, server=server)

    assert found == Fetched((), (Unread(HOUSE, "the API server forbids it"),))


@pytest.mark.parametrize(
    ("answer", "because"),
    [
        (404, THERE_IS_NONE),
        (401, "the API server forbids it"),
        (500, "the API server answered 500: no way"),
        (b"[]", "the API server's answer is no object"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, f"it is nested deeper than {MAX_DEPTH} levels"),
        (b'{"a":' * 150 + b"1" + b"}" * 150, f"it is nested deeper than {MAX_DEPTH} levels"),
        (b'{"a":' * 200_000, f"it is nested deeper than {MAX_DEPTH} levels"),
        (config_map("chat", a="x" * MAX_BYTES), "what the workload names is larger than 1 MiB"),
        (config_map("chat", a="x" * (MAX_BYTES * 5)), "the API server's answer is larger than 4194304 bytes"),
    ],
)
async def test_what_cannot_be_had_says_why(answer: Any, because: str) -> None:
    found = await read({f"{CONFIG_MAPS}/chat": answer}, wanted("chat"))

    assert found == Fetched((), (Unread(wanted("chat"), because),))


async def test_a_kind_that_is_not_installed_has_no_objects_and_is_asked_about_again_soon() -> None:
    now = [100.0]
    server = ApiServer()
    async with server.connected() as api:
        reader = CompanionObjects(api, COMPANIONS, now=lambda: now[0])
        first = await reader.read((HOUSE,), "team", 5)
        again = await reader.read((HOUSE,), "team", 5)
        server.serve(KSERVE, "v1alpha1", "servingruntimes")
        server.objects[f"{RUNTIMES}/house"] = {"metadata": {"name": "house"}}
        now[0] += ABSENT_SECONDS + 1
        installed = await reader.read((HOUSE,), "team", 5)
        asked = len(server.asked)
        now[0] += DISCOVERED_SECONDS / 2
        await reader.read((HOUSE,), "team", 5)

    assert first == again == Fetched((), (Unread(HOUSE, THERE_IS_NONE),))
    assert names(installed) == ["house"]
    assert len(server.asked) == asked + 1


async def test_a_slow_api_server_takes_no_more_than_its_share() -> None:
    server = ApiServer()
    server.slow = asyncio.Event()
    found = await read({f"{CONFIG_MAPS}/chat": config_map("chat")}, wanted("chat"), seconds=0.05, server=server)
    server.slow.set()

    assert [one.because for one in found.unread] == ["the API server did not answer in time"]


async def test_no_more_than_a_few_are_read_and_the_rest_says_so() -> None:
    asked = [wanted(f"c{number}") for number in range(MOST + 2)]
    found = await read({f"{CONFIG_MAPS}/{one.name}": config_map(one.name) for one in asked}, *asked)

    assert len(found.objects) == MOST
    assert [(one.wanted.name, one.because) for one in found.unread] == [
        (f"c{MOST}", f"more than {MOST} objects are named"),
        (f"c{MOST + 1}", f"more than {MOST} objects are named"),
    ]


@pytest.mark.parametrize(
    ("one", "because"),
    [
        (Wanted("Secret", "token", "team"), "objects of this kind are not read"),
        (Wanted("ConfigMap", "../secrets/token", "team"), "its name is none that an object can have"),
        (Wanted("ConfigMap", "..", "team"), "its name is none that an object can have"),
        (Wanted("ConfigMap", "", "team"), "its name is none that an object can have"),
    ],
)
async def test_neither_a_kind_nor_a_name_leads_to_something_else(one: Wanted, because: str) -> None:
    server = ApiServer()
    found = await read({"/api/v1/namespaces/team/secrets/token": config_map("token")}, one, server=server)

    assert found == Fetched((), (Unread(one, because),))
    assert server.asked == []


async def test_it_is_read_beside_the_object_whatever_that_says_about_its_namespace() -> None:
    server = ApiServer()
    await read({}, Wanted("ConfigMap", "chat", "another"), server=server)

    assert [path for _, path, _ in server.asked] == [f"{CONFIG_MAPS}/chat"]


async def test_what_is_read_for_a_service_makes_its_model_known() -> None:
    server = ApiServer()
    server.serve(KSERVE, "v1alpha2", "llminferenceserviceconfigs")
    base = {
        "apiVersion": f"{KSERVE}/v1alpha2",
        "kind": "LLMInferenceServiceConfig",
        "metadata": {"name": "house", "namespace": "kserve"},
        "spec": {"model": {"uri": "hf://acme/house"}},
    }
    server.objects[f"/apis/{KSERVE}/v1alpha2/namespaces/kserve/llminferenceserviceconfigs/house"] = base
    service = {
        "apiVersion": f"{KSERVE}/v1alpha2",
        "kind": "LLMInferenceService",
        "metadata": {"name": "l", "namespace": "team"},
        "spec": {"baseRefs": [{"name": "house"}]},
    }
    fetched = await read({}, *find_models(service).wanted, server=server)
    found = find_models(service, fetched.objects, fetched.unread)

    assert [str(ref) for ref in found.references] == ["hf://acme/house"]
