from __future__ import annotations

import asyncio
from pathlib import Path

import oras.client
import oras.oci
from tests.simulators.registry import MANIFEST, Registry

from weighbridge.model.outcomes import Found
from weighbridge.sources.interface import Listing
from weighbridge.sources.oci import Registries, RegistrySource

CARD = "# Pushed by another client"


def client_of(registry: Registry, folder: Path) -> oras.client.OrasClient:
    client = oras.client.OrasClient(hostname=registry.host, insecure=True, tls_verify=False, auth_backend="token")
    login = str(folder / "login.json")
    client.login(username="robot", password="secret", hostname=registry.host, tls_verify=False, config_path=login)
    return client


def push(registry: Registry, folder: Path) -> None:
    (folder / "README.md").write_text(CARD)
    (folder / "code").mkdir()
    (folder / "code" / "run.py").write_text("1")
    client_of(registry, folder).push(
        target=f"{registry.host}/acme/chat:v1",
        files=[f"{folder / 'README.md'}:text/markdown", str(folder / "code")],
        disable_path_validation=True,
    )


async def test_the_vendors_client_logs_in_pushes_and_pulls(tmp_path: Path) -> None:
    async with Registry(login=("robot", "secret")) as registry:
        await asyncio.to_thread(push, registry, tmp_path)

        def pull() -> list[str]:
            client = client_of(registry, tmp_path)
            client.pull(target=f"{registry.host}/acme/chat:v1", outdir=str(tmp_path / "pulled"))
            return list(client.get_tags(f"{registry.host}/acme/chat"))

        tags = await asyncio.to_thread(pull)

        assert tags == ["v1"]
        assert (tmp_path / "pulled" / "README.md").read_text() == CARD
        assert (tmp_path / "pulled" / "code" / "run.py").read_text() == "1"


async def test_what_the_vendors_client_pushed_is_read(tmp_path: Path) -> None:
    async with Registry() as registry, Registries((registry.endpoint,)) as registries:
        await asyncio.to_thread(push, registry, tmp_path)
        name = f"{registry.host}/acme/chat"
        source = registries.at(name)
        assert isinstance(source, RegistrySource)
        resolved = await source.resolve(name, "v1")
        assert isinstance(resolved, Found)
        digest = resolved.value.digest or ""

        listing, card = await source.listing(name, digest), await source.read(name, digest, "README.md", 1000)

        assert card == Found(CARD.encode())
        assert isinstance(listing, Found)
        assert isinstance(listing.value, Listing)
        assert [one.path for one in listing.value.files] == ["README.md", "code/run.py"]


async def test_what_the_vendors_client_attached_is_found(tmp_path: Path) -> None:
    async with Registry() as registry, Registries((registry.endpoint,)) as registries:
        name = f"{registry.host}/acme/chat"
        digest = registry.push("acme/chat", "v1", [])
        (tmp_path / "bundle.json").write_text("{}")

        def attach() -> None:
            subject = oras.oci.Subject(mediaType=MANIFEST, digest=digest, size=2)
            client_of(registry, tmp_path).push(
                target=f"{name}:attached", files=[f"{tmp_path / 'bundle.json'}:application/vnd.in-toto+json"],
                disable_path_validation=True, subject=subject,
            )  # fmt: skip

        await asyncio.to_thread(attach)
        source = registries.at(name)
        assert isinstance(source, RegistrySource)
        attached = await source.attachments(name, digest)

        assert isinstance(attached, Found)
        assert isinstance(attached.value, tuple)
        assert [(one.media_type, one.content) for one in attached.value] == [
            ("application/vnd.in-toto+json", Found(b"{}"))
        ]
