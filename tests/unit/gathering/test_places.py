from __future__ import annotations

import time

from tests.simulators.hub import Hub
from tests.simulators.registry import Registry

from weighbridge.gathering.guarding import FAILURES, Guarded
from weighbridge.gathering.places import Places
from weighbridge.model.outcomes import Found, Missing, Unknown
from weighbridge.sources.hub import HubSource
from weighbridge.sources.interface import Hosts
from weighbridge.sources.oci import Registries

LAYER = ("application/vnd.cncf.model.doc.v1.raw", b"#", {"org.cncf.model.filepath": "README.md"})


async def test_a_registry_that_is_down_takes_no_other_with_it() -> None:
    async with (
        Registry() as up,
        Registry() as down,
        Registries((up.endpoint, down.endpoint), seconds=1.0) as registries,
    ):
        places = Places({"oci": Hosts(registries.at)}, time.monotonic)
        up.push("acme/chat", "v1", [LAYER])
        down.cut()
        for _ in range(FAILURES + 1):
            broken = places.source("oci", f"{down.host}/acme/chat")
            assert isinstance(broken, Guarded)
            await broken.resolve(f"{down.host}/acme/chat", "v1")
        asked = len(down.requests)

        await broken.resolve(f"{down.host}/acme/chat", "v1")
        whole = places.source("oci", f"{up.host}/acme/chat")
        assert isinstance(whole, Guarded)
        resolved = await whole.resolve(f"{up.host}/acme/chat", "v1")

        assert isinstance(resolved, Found)
        assert len(down.requests) == asked


async def test_attachments_are_asked_for_where_a_source_keeps_some() -> None:
    async with (
        Registry() as registry,
        Registries((registry.endpoint,)) as registries,
        Hub() as hub,
        HubSource(hub.endpoint) as source,
    ):
        places = Places({"oci": Hosts(registries.at), "hf": source}, time.monotonic)
        digest = registry.push("acme/chat", "v1", [LAYER])
        there, here = places.source("oci", f"{registry.host}/acme/chat"), places.hub
        assert isinstance(there, Guarded)
        assert isinstance(here, Guarded)

        assert await there.attachments(f"{registry.host}/acme/chat", digest) == Found(())
        assert await here.attachments("acme/chat", digest) == Missing(f"attachments at {hub.host}")
        assert await here.stated_licenses("acme/chat", digest) == Missing(f"statements of {hub.host}")


def test_a_scheme_without_source_and_a_missing_hub_are_said() -> None:
    places = Places({}, time.monotonic)

    assert places.source("ftp", "a/b") == Unknown("no_source", detail="no source reads ftp:// references")
    assert places.hub is None
