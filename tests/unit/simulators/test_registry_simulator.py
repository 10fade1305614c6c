from __future__ import annotations

import asyncio
from pathlib import Path

import oras.client
from tests.simulators.registry import Registry

from weighbridge.model.outcomes import Found
from weighbridge.sources.interface import Listing
from weighbridge.sources.oci import Registries, RegistrySource


def push_and_pull(registry: Registry, folder: Path) -> list[str]:
    (folder / "README.md").write_text("# Pushed by another client")
    (folder / "nested").mkdir()
    (folder / "nested" / "config.json").write_text("{}")
    client = oras.client.OrasClient(hostname=registry.host, insecure=True, tls_verify=False, auth_backend="token")
    client.login(
        username="robot", password="secret", hostname=registry.host, tls_verify=False, config_path=str(folder / "auth")
    )
    client.push(
        target=f"{registry.host}/acme/chat:v1",
        files=[f"{folder / 'README.md'}:text/markdown", f"{folder / 'nested'}"],
        disable_path_validation=True,
    )
    (folder / "pulled").mkdir()
    pulled = client.pull(target=f"{registry.host}/acme/chat:v1", outdir=str(folder / "pulled"))
    assert client.get_tags(f"{registry.host}/acme/chat") == ["v1"]
    return [Path(one).relative_to(folder / "pulled").as_posix() for one in pulled]


async def test_the_vendors_client_pushes_pulls_and_logs_in(tmp_path: Path) -> None:
    async with Registry(login=("robot", "secret")) as registry:
        pulled = await asyncio.to_thread(push_and_pull, registry, tmp_path)

        print(pulled, registry.requests)
        assert any(shown is not None and shown.startswith("Bearer ") for shown in registry.authorizations)


async def test_what_the_vendors_client_pushed_is_read(tmp_path: Path) -> None:
    async with Registry() as registry, Registries((registry.endpoint,)) as registries:
        await asyncio.to_thread(push_and_pull, registry, tmp_path)
        source = registries.at(f"{registry.host}/acme/chat")
        assert isinstance(source, RegistrySource)
        resolved = await source.resolve(f"{registry.host}/acme/chat", "v1")
        assert isinstance(resolved, Found)
        listing = await source.listing(f"{registry.host}/acme/chat", resolved.value.digest or "")

        print(listing)
        assert isinstance(listing, Found)
        assert isinstance(listing.value, Listing)
