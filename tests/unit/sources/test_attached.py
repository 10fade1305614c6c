from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime

import pytest
from tests.simulators.registry import INDEX, MANIFEST, Registry, digest_of

from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.sources import attached
from weighbridge.sources.interface import Attaching, Attachment
from weighbridge.sources.oci import Registries

NOW = datetime(2026, 11, 25, 12, 0, 31, tzinfo=UTC)
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json"
SLSA = "https://slsa.dev/provenance/v1"


@pytest.fixture
async def registry() -> AsyncIterator[Registry]:
    async with Registry() as registry:
        yield registry


@pytest.fixture
def subject(registry: Registry) -> str:
    return registry.push("acme/chat", "v1", [])


def attach(registry: Registry, subject: str, content: bytes, annotations: Mapping[str, str] | None = None) -> str:
    more = {
        "artifactType": BUNDLE, "subject": {"mediaType": MANIFEST, "digest": subject, "size": 1},
        "annotations": {"dev.sigstore.bundle.predicateType": SLSA},
    }  # fmt: skip
    return registry.push("acme/chat", None, [(BUNDLE, content, annotations or {})], more=more)


async def ask(registry: Registry, digest: str) -> Outcome[tuple[Attachment, ...] | Unreadable]:
    async with Registries((registry.endpoint,), lambda: NOW, seconds=2.0) as registries:
        source = registries.at(f"{registry.host}/acme/chat")
        assert isinstance(source, Attaching)
        return await source.attachments(f"{registry.host}/acme/chat", digest)


async def test_nothing_attached_is_nothing_found(registry: Registry, subject: str) -> None:
    assert await ask(registry, subject) == Found(())


async def test_referrers_come_with_their_bytes_and_what_they_are_about(registry: Registry, subject: str) -> None:
    own = attach(registry, subject, b'{"bundle": 1}')

    found = await ask(registry, subject)

    annotations = {"dev.sigstore.bundle.predicateType": SLSA}
    assert found == Found((Attachment(f"referrer {own}", BUNDLE, SLSA, annotations, Found(b'{"bundle": 1}')),))


async def test_all_pages_of_referrers_are_read(registry: Registry, subject: str) -> None:
    registry.page_size = 2
    for number in range(5):
        attach(registry, subject, b"%d" % number)

    found = await ask(registry, subject)

    assert isinstance(found, Found)
    assert isinstance(found.value, tuple)
    assert [one.content for one in found.value] == [Found(b"%d" % number) for number in range(5)]


@pytest.mark.parametrize("status", [404, 400, 405])
async def test_a_registry_without_the_api_is_asked_for_the_digests_tag(
    registry: Registry, subject: str, status: int
) -> None:
    own = attach(registry, subject, b"bundle")
    entry = {"mediaType": MANIFEST, "digest": own, "size": 9}
    tag = subject.replace(":", "-")
    registry.manifest("acme/chat", {"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}, tag)
    registry.answer(status, pattern="/referrers/")

    found = await ask(registry, subject)

    assert isinstance(found, Found)
    assert isinstance(found.value, tuple)
    assert [one.place for one in found.value] == [f"referrer {own}"]


async def test_without_api_and_tag_nothing_is_attached(registry: Registry, subject: str) -> None:
    registry.referrers_api = False

    assert await ask(registry, subject) == Found(())


async def test_cosigns_own_tags_are_read(registry: Registry, subject: str) -> None:
    tag = f"{subject.replace(':', '-')}.sig"
    registry.push("acme/chat", tag, [(SIMPLE, b"{}", {"dev.cosignproject.cosign/signature": "MEUC"})])

    found = await ask(registry, subject)

    annotations = {"dev.cosignproject.cosign/signature": "MEUC"}
    assert found == Found((Attachment(f"tag {tag}", SIMPLE, None, annotations, Found(b"{}")),))


async def test_one_place_that_does_not_answer_leaves_all_unknown(registry: Registry, subject: str) -> None:
    attach(registry, subject, b"bundle")
    registry.answer(503, pattern=".sig")

    found = await ask(registry, subject)

    assert isinstance(found, Unknown)
    assert found.because == "server_error"


@pytest.mark.parametrize("pattern", ["/referrers/", "/manifests/sha256-"])
async def test_a_registry_that_fails_is_not_one_without_signatures(
    registry: Registry, subject: str, pattern: str
) -> None:
    registry.referrers_api = pattern == "/referrers/"
    registry.answer(503, pattern=pattern)

    assert isinstance(await ask(registry, subject), Unknown)


async def test_other_bytes_than_those_of_the_digest_are_not_handed_on(registry: Registry, subject: str) -> None:
    attach(registry, subject, b"bundle")
    registry.alter(pattern="/blobs/")

    found = await ask(registry, subject)

    assert isinstance(found, Found)
    assert isinstance(found.value, tuple)
    assert isinstance(found.value[0].content, Unknown)


async def test_an_attachment_that_is_too_large_is_named(registry: Registry, subject: str) -> None:
    attach(registry, subject, b"x" * (attached.LARGEST_ATTACHMENT + 1))

    found = await ask(registry, subject)

    assert isinstance(found, Found)
    assert isinstance(found.value, tuple)
    assert isinstance(found.value[0].content, Found)
    assert isinstance(found.value[0].content.value, Unreadable)


async def test_behind_too_many_bytes_nothing_is_read(registry: Registry, subject: str) -> None:
    layers = [(BUNDLE, b"%d" % number * 7_000_000, {}) for number in range(5)]
    subject_of = {"subject": {"mediaType": MANIFEST, "digest": subject, "size": 1}}
    registry.push("acme/chat", None, layers, more=subject_of)

    found = await ask(registry, subject)

    assert isinstance(found, Found)
    assert isinstance(found.value, tuple)
    contents = [one.content for one in found.value]
    assert [isinstance(one.value, bytes) for one in contents if isinstance(one, Found)] == [True] * 4 + [False]


@pytest.mark.parametrize("count", [attached.MOST_ATTACHED + 1, 600])
async def test_more_referrers_than_anybody_looks_at_are_unreadable(
    registry: Registry, subject: str, count: int
) -> None:
    for number in range(count):
        attach(registry, subject, b"%d" % number)

    found = await ask(registry, subject)

    assert isinstance(found, Found)
    assert isinstance(found.value, Unreadable)


async def test_more_attachments_in_one_manifest_than_anybody_looks_at_are_unreadable(
    registry: Registry, subject: str
) -> None:
    subject_of = {"subject": {"mediaType": MANIFEST, "digest": subject, "size": 1}}
    registry.push("acme/chat", None, [(BUNDLE, b"%d" % number, {}) for number in range(40)], more=subject_of)

    found = await ask(registry, subject)

    assert isinstance(found, Found)
    assert isinstance(found.value, Unreadable)


@pytest.mark.parametrize("body", [b"{", json.dumps({"schemaVersion": 2, "config": {}, "layers": []}).encode()])
async def test_a_list_of_referrers_that_is_none_is_unreadable(registry: Registry, subject: str, body: bytes) -> None:
    registry.answer(200, {}, body, pattern="/referrers/")

    found = await ask(registry, subject)

    assert isinstance(found, Found)
    assert isinstance(found.value, Unreadable)


async def test_a_manifest_in_place_of_the_list_is_unreadable(registry: Registry, subject: str) -> None:
    config = {"mediaType": "x", "digest": digest_of(b"{}"), "size": 2}
    body = json.dumps({"schemaVersion": 2, "config": config, "layers": []}).encode()
    registry.answer(200, {}, body, pattern="/referrers/")

    assert await ask(registry, subject) == Found(Unreadable("the list of referrers is none"))


async def test_a_manifest_in_place_of_the_tags_index_lists_nothing(registry: Registry, subject: str) -> None:
    registry.referrers_api = False
    registry.push("acme/chat", subject.replace(":", "-"), [])

    assert await ask(registry, subject) == Found(())


async def test_an_index_among_the_referrers_attests_nothing(registry: Registry, subject: str) -> None:
    nested = {
        "schemaVersion": 2, "mediaType": INDEX, "manifests": [], "artifactType": "x",
        "subject": {"mediaType": MANIFEST, "digest": subject, "size": 1},
    }  # fmt: skip
    registry.manifest("acme/chat", nested)

    assert await ask(registry, subject) == Found(())


async def test_only_digests_have_attachments(registry: Registry) -> None:
    assert isinstance(await ask(registry, "v1"), Missing)


async def test_a_page_elsewhere_is_not_asked_for(registry: Registry, subject: str) -> None:
    body = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": []}).encode()
    registry.answer(200, {"Link": '<http://169.254.169.254/next>; rel="next"'}, body, pattern="/referrers/")

    assert await ask(registry, subject) == Found(())
    assert not any(path.endswith("/next") for path in registry.requests)
