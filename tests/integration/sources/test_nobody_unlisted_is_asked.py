"""Whatever a manifest or a card says, only hosts that settings list are connected to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.simulators.hub import Hub
from tests.simulators.objects import ObjectStore
from tests.simulators.tables import shipped

from weighbridge.gathering import Gatherer
from weighbridge.model.outcomes import Found
from weighbridge.model.refs import ModelRef
from weighbridge.sources.hub import HubSource
from weighbridge.sources.object_stores import store_address
from weighbridge.sources.objects import ObjectSource
from weighbridge.workloads import find_models

HOSTILE = [
    "hf://{evil}/model",
    "hf://acme/../../{evil}",
    "hf://acme/model@../../../{evil}",
    "hf://acme/model@//{evil}/x",
    "hf://acme/model#//{evil}/model.gguf",
    "hf://acme/model#../../../{evil}",
    "hf://acme%2f..%2f{evil}/model",
    "hf://user@{evil}/model",
    "hf://acme/model@http://{evil}/",
    "hf://acme/mo\r\nHost: {evil}\r\n\r\ndel",
    "hf://acme/model?x=http://{evil}",
    "s3://{evil}/models",
    "s3://models@{evil}/x",
    "s3://models/../{evil}",
    "s3://models/%2e%2e/{evil}",
    "https://{evil}/model.gguf",
    "http://{evil}/model.gguf",
    "http://169.254.169.254/latest/meta-data/",
    "oci://{evil}/model:v1",
    "modelscope://{evil}/x",
]


@pytest.fixture
async def evil() -> AsyncIterator[tuple[str, list[object]]]:
    """Anybody's server: counts connections, whatever they speak."""
    connections: list[object] = []

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer.get_extra_info("peername"))
        writer.close()

    server = await asyncio.start_server(accepted, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", connections


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with Hub() as hub:
        hub.publish("acme/model", {"README.md": b"# Model"})
        yield hub


@pytest.fixture
async def gatherer(hub: Hub) -> AsyncIterator[Gatherer]:
    async with ObjectStore() as store:
        address = store_address(f"s3://models?endpoint={store.endpoint}&anonymous=true")
        async with HubSource(hub.endpoint, seconds=2) as source, ObjectSource([address], seconds=2) as objects:
            yield Gatherer({"hf": source, "s3": objects}, shipped())


@pytest.mark.parametrize("text", HOSTILE)
async def test_no_name_of_a_model_leads_to_another_host(
    gatherer: Gatherer, evil: tuple[str, list[object]], text: str
) -> None:
    host, connections = evil
    scheme, _, rest = text.format(evil=host).partition("://")
    whole, _, file = rest.partition("#")
    name, at, revision = whole.rpartition("@")
    ref = ModelRef(scheme, name if at else whole, revision if at else None, file or None)

    await gatherer.gather([ref], 10)

    assert connections == []


@pytest.mark.parametrize("base", ["http://{evil}/x", "{evil}/x", "//{evil}/x", "acme/x@http://{evil}", "../../{evil}"])
async def test_no_card_leads_the_lineage_to_another_host(
    hub: Hub, gatherer: Gatherer, evil: tuple[str, list[object]], base: str
) -> None:
    host, connections = evil
    name = base.format(evil=host)
    hub.publish("acme/model", {
        "README.md": f"---\nbase_model: ['{name}']\n---\n# Model\n".encode(),
        "adapter_config.json": f'{{"base_model_name_or_path": "{name}"}}'.encode(),
        "config.json": f'{{"_name_or_path": "{name}", "auto_map": {{"A": "{name}--m.A"}}}}'.encode(),
    })  # fmt: skip

    await gatherer.gather([ModelRef("hf", "acme/model")], 10)

    assert connections == []


@pytest.mark.parametrize("how", ["/api/", "/resolve/"])
async def test_no_redirect_leads_to_another_host(
    hub: Hub, gatherer: Gatherer, evil: tuple[str, list[object]], how: str
) -> None:
    host, connections = evil
    # By another name of this machine, so that it is another host and not only another port.
    hub.redirect(how, f"http://localhost:{host.rpartition(':')[2]}/x")

    (evidence,) = await gatherer.gather([ModelRef("hf", "acme/model")], 10)

    assert connections == []
    assert not isinstance(evidence.card, Found)


async def test_an_endpoint_that_a_pod_names_is_a_claim_and_no_order(
    hub: Hub, gatherer: Gatherer, evil: tuple[str, list[object]]
) -> None:
    host, connections = evil
    container = {
        "name": "server", "image": "vllm/vllm-openai:v0.10.2", "args": ["--model=acme/model"],
        "env": [{"name": "HF_ENDPOINT", "value": f"http://{host}"}, {"name": "AWS_ENDPOINT_URL", "value": f"http://{host}"}],
    }  # fmt: skip
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [container]}}
    found = find_models(pod, ())

    evidence = await gatherer.gather(list(found.references), 10)

    assert evidence
    assert connections == []
    assert not any(isinstance(one.card, Found) for one in evidence)
