from __future__ import annotations

from pathlib import Path

import pytest
from tests.certificates import make_pair
from tests.unit.cluster.api_server import ApiServer
from tests.unit.webhook.reviews import DOWN, Scripted

from weighbridge.cluster.namespaces import Namespaces
from weighbridge.errors import ClusterError, EngineError
from weighbridge.telemetry import Metrics
from weighbridge.webhook.reach import Cluster, Reaching
from weighbridge.workloads import Intercepted


def cluster(ca_file: Path) -> Cluster:
    return Cluster(
        kubeconfig=None,
        configuration="weighbridge",
        ca_file=ca_file,
        own_namespace="weighbridge-system",
        service="weighbridge",
        service_port=443,
        url=None,
        excluded=frozenset({"legacy"}),
        intercepted=(Intercepted("", ("v1",), "pods", ("CREATE",)),),
    )


def names(entry: object) -> object:
    assert isinstance(entry, dict)
    return entry["namespaceSelector"]["matchExpressions"][0]["values"]


async def always() -> None:
    return


async def survives() -> str | None:
    return None


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    (tmp_path / "ca.crt").write_bytes(make_pair().ca)
    return tmp_path / "ca.crt"


async def test_namespaces_whose_stage_is_enforce_are_named(ca_file: Path) -> None:
    metrics = Metrics()
    async with ApiServer("prod", "dev", "legacy").connected() as api:
        namespaces = Namespaces(api)
        await namespaces.read_all()
        reviews = Scripted(stages={"prod": "enforce", "dev": "warn", "legacy": "enforce"})
        enforce, observe = await Reaching(reviews, namespaces, cluster(ca_file), always, metrics, survives).entries()

    assert names(enforce) == ["prod"]
    assert names(observe) == ["kube-system", "legacy", "prod", "weighbridge-system"]
    assert b"weighbridge_enforcing_namespaces 1.0" in metrics.text()


async def test_no_namespace_is_named_while_what_is_known_would_not_survive(ca_file: Path) -> None:
    metrics = Metrics()

    async def forgetful() -> str | None:
        return "evidence is kept in memory only"

    async with ApiServer("prod", "dev").connected() as api:
        namespaces = Namespaces(api)
        await namespaces.read_all()
        reviews = Scripted(stages={"prod": "enforce", "dev": "enforce"})
        (observe,) = await Reaching(reviews, namespaces, cluster(ca_file), always, metrics, forgetful).entries()
        held = metrics.text()
        await Reaching(reviews, namespaces, cluster(ca_file), always, metrics, survives).entries()

    assert names(observe) == ["kube-system", "legacy", "weighbridge-system"]
    assert b"weighbridge_held_back_namespaces 2.0" in held
    assert b"weighbridge_store_survives 0.0" in held
    assert b"weighbridge_enforcing_namespaces 0.0" in held
    assert b"weighbridge_held_back_namespaces 0.0" in metrics.text()
    assert b"weighbridge_store_survives 1.0" in metrics.text()


async def test_nothing_is_said_while_the_policies_cannot_be_asked(ca_file: Path) -> None:
    async def down() -> None:
        raise DOWN

    async with ApiServer("prod").connected() as api:
        namespaces = Namespaces(api)
        await namespaces.read_all()
        for reaching in (
            Reaching(Scripted(), namespaces, cluster(ca_file), down, Metrics(), survives),
            Reaching(Scripted(fails=DOWN), namespaces, cluster(ca_file), always, Metrics(), survives),
        ):
            with pytest.raises(EngineError):
                await reaching.entries()


@pytest.mark.parametrize(("content", "why"), [(None, "cannot be read"), (b"nothing", "no PEM certificate")])
async def test_nothing_is_said_without_an_authority(tmp_path: Path, content: bytes | None, why: str) -> None:
    file = tmp_path / "ca.crt"
    if content is not None:
        file.write_bytes(content)
    async with ApiServer().connected() as api:
        reaching = Reaching(Scripted(), Namespaces(api), cluster(file), always, Metrics(), survives)

        with pytest.raises(ClusterError, match=why):
            await reaching.entries()
