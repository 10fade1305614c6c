from __future__ import annotations

import json
import struct
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime

import pytest
from tests.archives import packed, tar
from tests.simulators.registry import INDEX, MANIFEST, Registry, digest_of

from weighbridge.errors import UserError
from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.sources.interface import Listing
from weighbridge.sources.layers import Limits
from weighbridge.sources.oci import Registries, RegistrySource
from weighbridge.weights import ListedFile

NOW = datetime(2026, 11, 25, 12, 0, 31, tzinfo=UTC)
NOON = int(datetime(2026, 11, 25, 12, 0, tzinfo=UTC).timestamp())
MIB = 1024 * 1024

IMAGE = "application/vnd.oci.image.config.v1+json"
TAR = "application/vnd.oci.image.layer.v1.tar"
MODELPACK = "application/vnd.cncf.model.config.v1+json"
KITOPS = "application/vnd.kitops.modelkit.config.v1+json"


@pytest.fixture
async def registry() -> AsyncIterator[Registry]:
    async with Registry() as registry:
        yield registry


@pytest.fixture
async def registries(registry: Registry) -> AsyncIterator[Registries]:
    async with Registries((registry.endpoint,), lambda: NOW, seconds=2.0) as registries:
        yield registries


@pytest.fixture
def name(registry: Registry) -> str:
    return f"{registry.host}/acme/chat"


@pytest.fixture
def source(registries: Registries, name: str) -> RegistrySource:
    found = registries.at(name)
    assert isinstance(found, RegistrySource)
    return found


def safetensors(size: int = 100) -> bytes:
    header = json.dumps({"w": {"dtype": "BF16", "shape": [size], "data_offsets": [0, 2 * size]}}).encode()
    return struct.pack("<Q", len(header)) + header + b"\0" * (2 * size)


def raw(path: str, content: bytes, kind: str = "doc") -> tuple[str, bytes, Mapping[str, str]]:
    return f"application/vnd.cncf.model.{kind}.v1.raw", content, {"org.cncf.model.filepath": path}


def push_image(
    registry: Registry, *contents: bytes, labels: Mapping[str, str] | None = None, media_type: str = TAR
) -> str:
    config = json.dumps({"config": {"Labels": dict(labels or {})}}).encode()
    return registry.push("acme/chat", "v1", [(media_type, one, {}) for one in contents], config=(IMAGE, config))


async def test_a_tag_is_turned_into_its_digest(registry: Registry, source: RegistrySource, name: str) -> None:
    digest = registry.push("acme/chat", "v1", [raw("README.md", b"#")])

    resolved, pinned = await source.resolve(name, "v1"), await source.resolve(name, digest)

    assert isinstance(resolved, Found)
    assert isinstance(pinned, Found)
    assert (resolved.value.digest, resolved.value.commit, resolved.value.immutable) == (digest, None, False)
    assert (pinned.value.digest, pinned.value.immutable) == (digest, True)


async def test_without_a_tag_the_latest_is_meant(registry: Registry, source: RegistrySource, name: str) -> None:
    digest = registry.push("acme/chat", "latest", [raw("README.md", b"#")])

    resolved = await source.resolve(name, None)

    assert isinstance(resolved, Found)
    assert (resolved.value.digest, resolved.value.asked) == (digest, None)


async def test_a_registry_that_does_not_say_the_digest_is_believed_by_the_bytes(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    registry.content_digest = False
    digest = registry.push("acme/chat", "v1", [raw("README.md", b"#")])

    resolved = await source.resolve(name, "v1")

    assert isinstance(resolved, Found)
    assert resolved.value.digest == digest


async def test_a_moved_tag_never_mixes_two_artifacts(registry: Registry, source: RegistrySource, name: str) -> None:
    old = registry.push("acme/chat", "v1", [raw("README.md", b"old")])
    await source.resolve(name, "v1")
    registry.push("acme/chat", "v1", [raw("README.md", b"new"), raw("evil.py", b"x", "code")])

    listing, content = await source.listing(name, old), await source.read(name, old, "README.md", MIB)

    assert listing == Found(Listing((ListedFile("README.md", 3, digest_of(b"old")[7:]),)))
    assert content == Found(b"old")


@pytest.mark.parametrize("repository", ["acme/nothing", "Acme/Chat", "../../v2"])
async def test_what_does_not_exist_or_cannot_is_missing(
    registry: Registry, source: RegistrySource, repository: str
) -> None:
    whole = f"{registry.host}/{repository}"

    assert isinstance(await source.resolve(whole, "v1"), Missing)
    assert isinstance(await source.listing(whole, digest_of(b"")), Missing)


@pytest.mark.parametrize("tag", ["v2", "../manifests", "sha512:12", "a b", "x" * 200])
async def test_a_tag_that_does_not_exist_or_cannot_is_missing(
    registry: Registry, source: RegistrySource, name: str, tag: str
) -> None:
    registry.push("acme/chat", "v1", [raw("README.md", b"#")])

    assert isinstance(await source.resolve(name, tag), Missing)


async def test_a_model_pack_lists_sizes_and_digests_and_reads_small_files(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    weights = safetensors()
    config = json.dumps({"descriptor": {"licenses": ["Apache-2.0"]}, "config": {}}).encode()
    digest = registry.push(
        "acme/chat", "v1",
        [
            raw("README.md", b"# Chat"), raw("model.safetensors", weights, "weight"),
            ("application/vnd.cncf.model.code.v1.tar", tar({"code/run.py": b"1"}), {}),
            ("application/vnd.cncf.model.dataset.v1.tar+gzip", packed({"data/a.json": b"{}"}), {}),
        ],
        config=(MODELPACK, config), more={"artifactType": "application/vnd.cncf.model.manifest.v1+json"},
    )  # fmt: skip

    listing, card = await source.listing(name, digest), await source.read(name, digest, "README.md", MIB)
    head = await source.read_range(name, digest, "model.safetensors", 0, 64)

    assert listing == Found(
        Listing(
            (
                ListedFile("README.md", 6, digest_of(b"# Chat")[7:]),
                ListedFile("code/run.py", 1, None),
                ListedFile("data/a.json", 2, None),
                ListedFile("model.safetensors", len(weights), digest_of(weights)[7:]),
            )
        )
    )
    assert card == Found(b"# Chat")
    assert head == Found(weights[:64])
    assert await source.stated_licenses(name, digest) == Found(("Apache-2.0",))


async def test_a_model_kit_shows_its_kitfile_and_license(registry: Registry, source: RegistrySource, name: str) -> None:
    kitfile = json.dumps({"package": {"license": "MIT"}, "model": {"license": "Apache-2.0", "path": "m.gguf"}}).encode()
    kit = "application/vnd.kitops.modelkit"
    digest = registry.push(
        "acme/chat", "v1",
        [(f"{kit}.model.v1.tar", tar({"m.gguf": b"GGUF"}), {}), (f"{kit}.docs.v1.tar+gzip", packed({"./README.md": b"#"}), {})],
        config=(KITOPS, kitfile),
    )  # fmt: skip

    listing = await source.listing(name, digest)

    assert isinstance(listing, Found)
    assert isinstance(listing.value, Listing)
    assert [one.path for one in listing.value.files] == ["Kitfile.json", "README.md", "m.gguf"]
    assert await source.read(name, digest, "Kitfile.json", MIB) == Found(kitfile)
    assert await source.read(name, digest, "README.md", MIB) == Found(b"#")
    assert await source.stated_licenses(name, digest) == Found(("MIT", "Apache-2.0"))


async def test_ollama_layers_have_the_names_of_their_kinds(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    kind = "application/vnd.ollama.image"
    digest = registry.push(
        "acme/chat", "v1", [(f"{kind}.model", b"GGUF", {}), (f"{kind}.license", b"MIT License", {}), (f"{kind}.params", b"{}", {})],
        config=("application/vnd.docker.container.image.v1+json", b"{}"),
        more={"mediaType": "application/vnd.docker.distribution.manifest.v2+json"},
    )  # fmt: skip

    listing = await source.listing(name, digest)

    assert isinstance(listing, Found)
    assert isinstance(listing.value, Listing)
    assert [one.path for one in listing.value.files] == ["LICENSE", "model.gguf", "ollama/params"]


async def test_a_model_car_is_its_models_folder(registry: Registry, source: RegistrySource, name: str) -> None:
    digest = push_image(
        registry,
        tar({"bin/sh": b"x", "usr/lib/x.py": b"1"}),
        packed({"models/README.md": b"# Old", "models/gone.bin": b"1"}),
        packed({"models/README.md": b"# New", "models/.wh.gone.bin": b"", "models/config.json": b"{}"}),
        labels={"org.opencontainers.image.licenses": "Apache-2.0"},
    )

    listing, card = await source.listing(name, digest), await source.read(name, digest, "README.md", MIB)

    assert listing == Found(Listing((ListedFile("README.md", 5, None), ListedFile("config.json", 2, None))))
    assert card == Found(b"# New")
    assert await source.stated_licenses(name, digest) == Found(("Apache-2.0",))


@pytest.mark.parametrize("config", [b"{", b"[]", b'{"descriptor": 1}', b'{"descriptor": {"licenses": [1, " "]}}'])
async def test_a_configuration_nobody_can_read_states_nothing(
    registry: Registry, source: RegistrySource, name: str, config: bytes
) -> None:
    digest = registry.push("acme/chat", "v1", [raw("README.md", b"#")], config=(MODELPACK, config))

    assert await source.stated_licenses(name, digest) == Found(())
    assert await source.read(name, digest, "README.md", MIB) == Found(b"#")


async def test_annotations_of_a_manifest_state_a_license(registry: Registry, source: RegistrySource, name: str) -> None:
    digest = registry.push(
        "acme/chat", "v1", [raw("README.md", b"#")], more={"annotations": {"org.opencontainers.image.licenses": "MIT"}}
    )

    assert await source.stated_licenses(name, digest) == Found(("MIT",))


async def test_weights_in_a_small_plain_layer_are_read_by_range_and_in_a_compressed_one_from_their_beginning(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    weights = safetensors(200_000)
    plain = push_image(registry, tar({"models/a.safetensors": weights}))
    compressed = push_image(registry, packed({"models/a.safetensors": weights}))

    assert await source.read_range(name, plain, "a.safetensors", 300_000, 5) == Found(weights[300_000:300_005])
    assert await source.read_range(name, compressed, "a.safetensors", 0, 64) == Found(weights[:64])
    assert await source.read_range(name, compressed, "a.safetensors", 300_000, 5) == Found(
        Unreadable("a.safetensors lies in a compressed layer, of which no piece can be read")
    )
    assert await source.read_range(name, plain, "a.safetensors", len(weights) + 5, 5) == Found(b"")


async def test_of_a_large_plain_layer_only_headers_are_read(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    weights = b"\0" * (Limits().whole + 1)
    digest = push_image(
        registry, tar({"models/README.md": b"#", "models/w.safetensors": weights, "models/z.json": b"{}"})
    )

    listing = await source.listing(name, digest)

    assert listing == Found(
        Listing(
            (
                ListedFile("README.md", 1, None),
                ListedFile("w.safetensors", len(weights), None),
                ListedFile("z.json", 2, None),
            )
        )
    )
    assert await source.read(name, digest, "z.json", MIB) == Found(b"{}")


async def test_of_a_large_compressed_layer_the_beginning_is_read_and_the_listing_is_not_usable(
    registry: Registry, name: str
) -> None:
    noise = b"".join(digest_of(b"%d" % number).encode() for number in range(40_000))
    large = packed({"models/README.md": b"# Large", "models/w.safetensors": noise, "models/z.json": b"{}"})
    digest = push_image(registry, tar({"models/below.py": b"1"}), large)
    limits = Limits(whole=len(large) - 1, beginning=100_000)
    async with Registries((registry.endpoint,), limits=limits) as registries:
        source = registries.at(name)
        assert isinstance(source, RegistrySource)

        listing, card = await source.listing(name, digest), await source.read(name, digest, "README.md", MIB)
        below = await source.read(name, digest, "below.py", MIB)

    assert isinstance(listing, Found)
    assert isinstance(listing.value, Unreadable)
    assert (
        "Fix: publish it with one layer for each file (ModelPack), or without compression" in listing.value.unreadable
    )
    assert card == Found(b"# Large")
    assert isinstance(below, Found)
    assert isinstance(below.value, Unreadable)


async def test_an_index_stands_for_its_manifest_for_linux_on_amd64(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    def entry(text: bytes, system: str, architecture: str) -> dict[str, object]:
        digest = registry.push("acme/chat", None, [raw("README.md", text)])
        platform = {"os": system, "architecture": architecture}
        return {"mediaType": MANIFEST, "digest": digest, "size": 100, "platform": platform}

    arm, amd = entry(b"arm", "linux", "arm64"), entry(b"amd", "linux", "amd64")
    odd = entry(b"odd", "unknown", "unknown")
    both = registry.manifest("acme/chat", {"schemaVersion": 2, "mediaType": INDEX, "manifests": [odd, arm, amd]}, "v1")
    only = registry.manifest("acme/chat", {"schemaVersion": 2, "manifests": [odd, arm]}, "v2")

    resolved = await source.resolve(name, "v1")

    assert isinstance(resolved, Found)
    assert resolved.value.digest == both
    assert await source.read(name, both, "README.md", MIB) == Found(b"amd")
    assert await source.read(name, only, "README.md", MIB) == Found(b"arm")


async def test_an_index_that_leads_nowhere_is_unreadable(registry: Registry, source: RegistrySource, name: str) -> None:
    empty = registry.manifest("acme/chat", {"schemaVersion": 2, "mediaType": INDEX, "manifests": []}, "v1")
    entry = {"mediaType": INDEX, "digest": empty, "size": 10}
    nested = registry.manifest("acme/chat", {"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}, "v2")

    assert await source.listing(name, empty) == Found(Unreadable(f"the index {empty[:19]} lists no manifest"))
    assert await source.listing(name, nested) == Found(Unreadable(f"the index {nested[:19]} lists another index"))


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"[]", "the manifest is none of version 2"),
        (b"{", "the manifest is not JSON"),
        (b"[" * 100_000, "the manifest is not JSON"),
        ({"schemaVersion": 2, "mediaType": "text/x"}, "the manifest is of type text/x, which nothing here reads"),
        ({"schemaVersion": 2, "layers": []}, "the manifest has no config"),
        ({"schemaVersion": 2, "layers": {}}, "the manifest lists nothing"),
        ({"schemaVersion": 2, "manifests": [1]}, "the manifest lists something without size or digest"),
        ({"schemaVersion": 2, "manifests": [{}] * 1001}, "the manifest lists 1001 parts, at most 1000 are read"),
    ],
)
async def test_a_manifest_nobody_can_read_is_unreadable_and_not_unknown(
    registry: Registry, source: RegistrySource, name: str, document: dict[str, object] | bytes, why: str
) -> None:
    digest = registry.manifest("acme/chat", document, "v1")

    resolved = await source.resolve(name, "v1")

    assert isinstance(resolved, Found)
    assert await source.listing(name, digest) == Found(Unreadable(why))
    assert await source.read(name, digest, "README.md", MIB) == Found(Unreadable(why))


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ([("application/x", b"1", {})], "a layer of application/x has no name, so nobody can tell what is in it"),
        ([raw("../evil", b"1")], "a layer has the path ../evil, which leads out of the model"),
        ([raw("a", b"1"), raw("a", b"2")], "two layers have one name"),
        ([("application/vnd.cncf.model.code.v1.tar", tar({"../evil": b"1"}), {})], "holds ../evil, which leads out of it"),
        ([("application/vnd.cncf.model.code.v1.tar+zstd", b"\x28\xb5\x2f\xfd" + b"x" * 99, {})], "is compressed with zstd"),
        ([("application/vnd.cncf.model.code.v1.tar", tar({"a": b"1"})[:600], {})], "has no end"),
    ],
)  # fmt: skip
async def test_layers_nobody_can_read_leave_the_listing_unreadable(
    registry: Registry, source: RegistrySource, name: str, parts: list[tuple[str, bytes, Mapping[str, str]]], why: str
) -> None:
    digest = registry.push("acme/chat", "v1", parts, more={"annotations": {"org.opencontainers.image.licenses": "MIT"}})

    listing, other = await source.listing(name, digest), await source.read(name, digest, "config.json", MIB)

    assert isinstance(listing, Found)
    assert isinstance(listing.value, Unreadable)
    assert why in listing.value.unreadable
    assert isinstance(other, Found)
    assert isinstance(other.value, Unreadable)
    assert await source.stated_licenses(name, digest) == Found(("MIT",))


async def test_a_manifest_without_end_has_a_digest_and_cannot_be_read(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    digest = registry.manifest("acme/chat", b"[" + b" " * (4 * MIB), "v1")

    resolved = await source.resolve(name, "v1")

    assert isinstance(resolved, Found)
    assert resolved.value.digest == digest
    listing = await source.listing(name, digest)
    assert isinstance(listing, Found)
    assert isinstance(listing.value, Unreadable)
    registry.content_digest = False
    unknown = await source.resolve(name, "v1")
    assert isinstance(unknown, Unknown)
    assert unknown.because == "server_error"


@pytest.mark.parametrize("limits", [Limits(layers=5_000), Limits(layers=5_000, whole=4_000, beginning=8_000)])
async def test_more_layers_than_are_read_leave_the_listing_unreadable(
    registry: Registry, name: str, limits: Limits
) -> None:
    noise = b"".join(digest_of(b"%d" % number).encode() for number in range(400))
    digest = push_image(registry, packed({"models/a": noise}), tar({"models/b": b"2"}))
    async with Registries((registry.endpoint,), limits=limits) as registries:
        source = registries.at(name)
        assert isinstance(source, RegistrySource)

        listing = await source.listing(name, digest)

        assert isinstance(listing, Found)
        assert isinstance(listing.value, Unreadable)


@pytest.mark.parametrize("limits", [Limits(entries=5), Limits(whole=100, pieces=1)])
async def test_many_small_layers_are_no_way_around_the_limits(registry: Registry, name: str, limits: Limits) -> None:
    digest = push_image(registry, *(tar({f"models/{number}/{one}": b"" for one in range(3)}) for number in range(4)))
    async with Registries((registry.endpoint,), limits=limits) as registries:
        source = registries.at(name)
        assert isinstance(source, RegistrySource)

        listing = await source.listing(name, digest)

        assert isinstance(listing, Found)
        assert isinstance(listing.value, Unreadable)


async def test_more_content_than_is_kept_can_be_listed_and_not_read(registry: Registry, name: str) -> None:
    digest = push_image(registry, packed({"models/README.md": b"#" * 900, "models/config.json": b"{}" * 900}))
    async with Registries((registry.endpoint,), limits=Limits(kept=1_000)) as registries:
        source = registries.at(name)
        assert isinstance(source, RegistrySource)

        card, config = (
            await source.read(name, digest, "README.md", MIB),
            await source.read(name, digest, "config.json", MIB),
        )

        assert card == Found(b"#" * 900)
        assert isinstance(config, Found)
        assert isinstance(config.value, Unreadable)


async def test_a_registry_without_ranges_is_read_too(registry: Registry, source: RegistrySource, name: str) -> None:
    registry.ranges = False
    weights = safetensors()
    digest = registry.push("acme/chat", "v1", [raw("model.safetensors", weights, "weight")])

    assert await source.read_range(name, digest, "model.safetensors", 4, 9) == Found(weights[4:13])


async def test_a_link_is_not_followed(registry: Registry, source: RegistrySource, name: str) -> None:
    digest = push_image(registry, tar({"models/a.md": b"#"}, links={"models/README.md": "a.md"}))

    assert await source.read(name, digest, "README.md", MIB) == Found(
        Unreadable("README.md is a link, which is not followed")
    )


async def test_a_file_that_is_not_there_is_missing_and_a_large_one_unreadable(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    digest = registry.push("acme/chat", "v1", [raw("README.md", b"#" * 3000)])

    assert isinstance(await source.read(name, digest, "config.json", MIB), Missing)
    assert isinstance(await source.read_range(name, digest, "config.json", 0, 5), Missing)
    assert await source.read(name, digest, "README.md", 2048) == Found(Unreadable("README.md is larger than 2 KiB"))


async def test_other_bytes_than_those_of_the_digest_are_no_answer(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    digest = registry.push("acme/chat", "v1", [raw("README.md", b"# Chat")])
    await source.listing(name, digest)
    registry.alter(pattern="blobs")

    card = await source.read(name, digest, "README.md", MIB)

    assert isinstance(card, Unknown)
    assert (card.because, card.since) == ("server_error", NOON)
    assert "sent other bytes than those of blob" in card.detail


@pytest.mark.parametrize("pinned", [True, False])
async def test_a_manifest_with_another_digest_is_no_answer(
    registry: Registry, source: RegistrySource, name: str, pinned: bool
) -> None:
    digest = registry.push("acme/chat", "v1", [raw("README.md", b"# Chat")])
    if pinned:
        registry.alter(pattern="manifests")
    else:
        registry.lie(digest_of(b"other"))

    resolved = await source.resolve(name, digest if pinned else "v1")

    assert isinstance(resolved, Unknown)
    assert "sent other bytes" in resolved.detail


async def test_a_blob_that_a_manifest_names_and_the_registry_lacks_is_not_missing(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    digest = registry.push("acme/chat", "v1", [raw("README.md", b"# Chat"), raw("w.gguf", b"GGUF" * 9, "weight")])
    await source.listing(name, digest)
    registry.answer(404, pattern="blobs")

    for outcome in (
        await source.read(name, digest, "README.md", MIB),
        await source.read_range(name, digest, "w.gguf", 0, 5),
    ):
        assert isinstance(outcome, Unknown)
        assert "though it lists it" in outcome.detail


async def test_a_blob_that_is_shorter_than_listed_is_no_answer(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    layer = {"mediaType": "application/vnd.cncf.model.weight.v1.raw", "digest": registry.blob("acme/chat", b"GGUF"),
             "size": 5_000, "annotations": {"org.cncf.model.filepath": "w.gguf"}}  # fmt: skip
    config = registry.describe("acme/chat", MODELPACK, b"{}")
    digest = registry.manifest("acme/chat", {"schemaVersion": 2, "config": config, "layers": [layer]}, "v1")

    outcome = await source.read_range(name, digest, "w.gguf", 0, 1000)

    assert isinstance(outcome, Unknown)
    assert "before its manifest says it does" in outcome.detail


async def test_an_artifact_is_walked_once_and_after_a_failure_again(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    digest = push_image(registry, packed({"models/README.md": b"#"}))
    registry.answer(503, pattern="blobs")
    first = await source.listing(name, digest)
    registry.behave()
    second = await source.listing(name, digest)
    asked = len(registry.requests)

    await source.read(name, digest, "README.md", MIB)

    assert isinstance(first, Unknown)
    assert isinstance(second, Found)
    assert len(registry.requests) == asked


async def test_artifacts_that_were_forgotten_are_walked_again(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    digests = [registry.push("acme/chat", None, [raw("README.md", b"%d" % number)]) for number in range(12)]
    for digest in digests:
        await source.listing(name, digest)
    asked = len(registry.requests)

    await source.listing(name, digests[0])

    assert len(registry.requests) > asked


async def test_blobs_may_come_from_a_listed_host_that_is_sent_no_login(registry: Registry) -> None:
    async with Registry() as store, Registries((registry.endpoint, store.endpoint), lambda: NOW) as registries:
        digest = registry.push("acme/chat", "v1", [raw("README.md", b"# Chat")])
        blob = store.blob("x", b"# Chat")
        source = registries.at(f"{registry.host}/acme/chat")
        assert isinstance(source, RegistrySource)
        await source.listing(f"{registry.host}/acme/chat", digest)
        registry.redirect("/blobs/", f"{store.endpoint}/v2/x/blobs/{blob}")

        card = await source.read(f"{registry.host}/acme/chat", digest, "README.md", MIB)

        assert card == Found(b"# Chat")
        assert store.authorizations == [None]


async def test_a_redirect_to_a_host_nobody_listed_is_not_followed(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    digest = registry.push("acme/chat", "v1", [raw("README.md", b"# Chat")])
    registry.redirect("/blobs/", "http://metadata.internal.example/latest")

    card = await source.read(name, digest, "README.md", MIB)

    assert isinstance(card, Unknown)
    assert card.because == "host_not_listed"


@pytest.mark.parametrize(
    "repository", ["ghcr.io/acme/chat", "acme/chat", "169.254.169.254/latest", "localhost/x", "[::1]:80/x"]
)
async def test_a_registry_nobody_listed_is_not_asked(registries: Registries, repository: str) -> None:
    found = registries.at(repository)

    assert isinstance(found, Unknown)
    assert found.because == "host_not_listed"
    assert "Fix: --registry " in found.detail


async def test_ollama_and_docker_hub_are_named_by_how_operators_list_them() -> None:
    async with Registries(("docker.io", "registry.ollama.ai")) as registries:
        hub, ollama = registries.at("acme/chat"), registries.ollama("llama3.2")
        other = registries.ollama("ghcr.io/acme/chat")

        assert isinstance(hub, RegistrySource)
        assert isinstance(ollama, RegistrySource)
        assert (hub.host, ollama.host) == ("registry-1.docker.io", "registry.ollama.ai")
        assert isinstance(other, Unknown)
        assert registries.at("docker.io/acme/other") is hub


async def test_offline_asks_nobody() -> None:
    async with Registries(("ghcr.io",), offline=True) as registries:
        found = registries.at("ghcr.io/acme/chat")

        assert isinstance(found, Unknown)
        assert found.because == "offline"


@pytest.mark.parametrize("listed", ["", "ftp://ghcr.io", "ghcr.io/acme", "user@ghcr.io", "https://"])
def test_what_is_no_registry_cannot_be_listed(listed: str) -> None:
    with pytest.raises(UserError, match="--registry"):
        Registries((listed,))


async def test_a_late_registry_is_named(source: RegistrySource, registry: Registry) -> None:
    assert source.late(4.0) == Unknown("timeout", registry.host, NOON, f"no answer from {registry.host} in 4 s")


async def test_a_file_pushed_by_name_is_that_file_and_a_folder_is_unpacked(
    registry: Registry, source: RegistrySource, name: str
) -> None:
    title = "org.opencontainers.image.title"
    digest = registry.push(
        "acme/chat", "v1",
        [
            (TAR, b"# not an archive", {title: "README.md"}),
            ("application/x", packed({"code/a.py": b"1"}), {title: "code", "io.deis.oras.content.unpack": "true"}),
            (TAR, tar({"b.py": b"2"}), {}),
        ],
    )  # fmt: skip

    listing = await source.listing(name, digest)

    assert isinstance(listing, Found)
    assert isinstance(listing.value, Listing)
    assert [one.path for one in listing.value.files] == ["README.md", "b.py", "code/a.py"]
