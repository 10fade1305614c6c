from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import boto3
import pytest
from botocore.config import Config
from tests.simulators.objects import Misbehavior, ObjectStore

from weighbridge.errors import UserError
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.sources.interface import Listing
from weighbridge.sources.object_stores import store_address
from weighbridge.sources.objects import ObjectSource
from weighbridge.weights import ListedFile

NOW = datetime(2026, 11, 25, 12, 0, 31, tzinfo=UTC)
MODEL = "models/acme/llama"


@pytest.fixture
async def store() -> AsyncIterator[ObjectStore]:
    async with ObjectStore() as store:
        store.put("models", "acme/llama/README.md", b"# Llama")
        store.put("models", "acme/llama/config.json", b'{"model_type": "llama"}')
        store.put("models", "acme/llama/model.safetensors", b"0123456789" * 10)
        store.put("models", "acme/llama-2/README.md", b"# Another")
        yield store


@asynccontextmanager
async def opened(store: ObjectStore, options: str = "&anonymous=true", **more: object) -> AsyncIterator[ObjectSource]:
    address = store_address(f"s3://models?endpoint={store.endpoint}{options}")
    async with ObjectSource([address], lambda: NOW, **more) as source:  # type: ignore[arg-type]
        yield source


@pytest.fixture
async def source(store: ObjectStore) -> AsyncIterator[ObjectSource]:
    async with opened(store, seconds=5) as source:
        yield source


async def digest(source: ObjectSource, repository: str = MODEL) -> str:
    resolved = await source.resolve(repository, None)
    assert isinstance(resolved, Found)
    assert resolved.value.commit is None
    return resolved.value.digest or ""


def because(outcome: Outcome[object]) -> str:
    assert isinstance(outcome, Unknown), outcome
    return outcome.because


def test_the_simulator_is_what_the_vendors_own_client_takes_for_a_store() -> None:
    import asyncio

    def drive(endpoint: str) -> tuple[list[str], bytes, bytes, str]:
        client = boto3.client(
            "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="x",
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, request_checksum_calculation="when_required"),
        )  # fmt: skip
        client.create_bucket(Bucket="made")
        for number in range(3):
            client.put_object(Bucket="made", Key=f"a/{number}", Body=b"0123456789")
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket="made", Prefix="a/", PaginationConfig={"PageSize": 2}
        )
        keys = [one["Key"] for page in pages for one in page["Contents"]]
        whole = client.get_object(Bucket="made", Key="a/1")["Body"].read()
        piece = client.get_object(Bucket="made", Key="a/1", Range="bytes=2-4")["Body"].read()
        try:
            client.head_object(Bucket="made", Key="none")
        except client.exceptions.ClientError as error:
            return keys, whole, piece, error.response["Error"]["Code"]
        raise AssertionError("an object that is not there was found")

    async def run() -> tuple[list[str], bytes, bytes, str]:
        async with ObjectStore(key="key") as store:
            return await asyncio.to_thread(drive, store.endpoint)

    assert asyncio.run(run()) == (["a/0", "a/1", "a/2"], b"0123456789", b"234", "404")


async def test_a_prefix_is_a_folder_and_its_digest_a_listing(source: ObjectSource) -> None:
    found = await digest(source)

    listing = await source.listing(MODEL, found)

    assert found.startswith("listing:")
    assert listing == Found(
        Listing(
            (
                ListedFile("README.md", 7, None),
                ListedFile("config.json", 23, None),
                ListedFile("model.safetensors", 100, None),
            )
        )
    )
    assert await digest(source, f"{MODEL}/") == found
    assert await digest(source, f"{MODEL}/*") == found


async def test_objects_are_read_whole_and_in_pieces(source: ObjectSource) -> None:
    at = await digest(source)

    assert await source.read(MODEL, at, "README.md", 100) == Found(b"# Llama")
    assert await source.read_range(MODEL, at, "model.safetensors", 8, 4) == Found(b"8901")
    assert await source.read_range(MODEL, at, "model.safetensors", 98, 50) == Found(b"89")
    assert await source.read_range(MODEL, at, "model.safetensors", 100, 5) == Found(b"")
    assert await source.read(MODEL, at, "LICENSE", 100) == Missing(f"LICENSE of s3://{MODEL}")


async def test_an_object_larger_than_the_limit_is_not_fetched(store: ObjectStore, source: ObjectSource) -> None:
    at = await digest(source)
    asked = len(store.requests)

    read = await source.read(MODEL, at, "model.safetensors", 99)

    assert isinstance(read, Found)
    assert isinstance(read.value, Unreadable)
    assert len(store.requests) == asked


async def test_two_look_ups_never_mix(store: ObjectStore, source: ObjectSource) -> None:
    at = await digest(source)
    store.put("models", "acme/llama/README.md", b"# Other")

    read = await source.read(MODEL, at, "README.md", 100)

    assert because(read) == "server_error"
    assert "has changed since it was listed" in read.detail  # type: ignore[union-attr]
    assert await digest(source) != at
    assert await source.read(MODEL, at, "config.json", 100) == Found(b'{"model_type": "llama"}')


async def test_an_object_that_goes_away_has_changed(store: ObjectStore, source: ObjectSource) -> None:
    at = await digest(source)
    store.delete("models", "acme/llama/README.md")

    assert because(await source.read(MODEL, at, "README.md", 100)) == "server_error"


async def test_an_object_that_changes_between_listing_and_reading_is_noticed(
    store: ObjectStore, source: ObjectSource
) -> None:
    at = await digest(source)
    store.before_read = lambda key: store.put("models", key, b"# Evil!")

    assert because(await source.read(MODEL, at, "README.md", 100)) == "server_error"


async def test_a_digest_nobody_kept_is_looked_up_and_compared(store: ObjectStore, source: ObjectSource) -> None:
    at = await digest(source)
    async with opened(store) as restarted:
        assert isinstance(await restarted.listing(MODEL, at), Found)

    store.put("models", "acme/llama/new.json", b"{}")
    async with opened(store) as restarted:
        assert because(await restarted.listing(MODEL, at)) == "server_error"
        assert because(await restarted.read(MODEL, at, "README.md", 10)) == "server_error"
        assert because(await restarted.read_range(MODEL, at, "README.md", 0, 10)) == "server_error"


async def test_one_object_is_a_model_of_one_file(store: ObjectStore, source: ObjectSource) -> None:
    store.put("models", "gguf/chat.gguf", b"GGUF")
    repository = "models/gguf/chat.gguf"

    at = await digest(source, repository)

    assert await source.listing(repository, at) == Found(Listing((ListedFile("chat.gguf", 4, None),)))
    assert await source.read(repository, at, "chat.gguf", 10) == Found(b"GGUF")


@pytest.mark.parametrize("form", ["?versionId=0", "?generation=0", "%230"])
async def test_an_object_named_with_its_version_is_immutable(
    store: ObjectStore, source: ObjectSource, form: str
) -> None:
    store.put("models", "gguf/chat.gguf", b"old")
    store.put("models", "gguf/chat.gguf", b"new!")
    pinned = f"models/gguf/chat.gguf{form}"

    resolved = await source.resolve(pinned, None)

    assert isinstance(resolved, Found)
    assert resolved.value.immutable
    assert await source.read(pinned, resolved.value.digest or "", "chat.gguf", 10) == Found(b"old")
    moving = await source.resolve("models/gguf/chat.gguf", None)
    assert isinstance(moving, Found)
    assert not moving.value.immutable
    assert isinstance(await source.resolve("models/gguf/chat.gguf?versionId=9", None), Missing)


@pytest.mark.parametrize("repository", ["models/none", "models/acme/../secret", "models/acme//llama", "models/a?x=1"])
async def test_what_is_not_there_is_missing_or_unknown_and_never_found(source: ObjectSource, repository: str) -> None:
    assert not isinstance(await source.resolve(repository, None), Found)


async def test_a_revision_is_the_digest_of_a_listing(source: ObjectSource) -> None:
    at = await digest(source)

    pinned = await source.resolve(MODEL, at)

    assert isinstance(pinned, Found)
    assert pinned.value.immutable
    assert isinstance(await source.resolve(MODEL, "main"), Missing)


async def test_an_unlisted_bucket_is_never_asked(store: ObjectStore, source: ObjectSource) -> None:
    asked = len(store.requests)

    for repository in ("other/acme/llama", "models-2/x", "169.254.169.254/latest/meta-data"):
        outcome = await source.resolve(repository, None)

        assert because(outcome) == "host_not_listed"
        assert "--object-store s3://" in outcome.detail  # type: ignore[union-attr]
    assert len(store.requests) == asked


async def test_offline_asks_nobody(store: ObjectStore) -> None:
    async with opened(store, offline=True) as source:
        assert because(await source.resolve(MODEL, None)) == "offline"
    assert store.requests == []


async def test_a_redirect_to_another_host_is_not_followed(store: ObjectStore, source: ObjectSource) -> None:
    at = await digest(source)
    async with ObjectStore() as elsewhere:
        elsewhere.put("models", "acme/llama/README.md", b"# Llama")
        store.misbehave(Misbehavior(location=f"{elsewhere.endpoint}/models/acme/llama/README.md"))
        read, resolved = await source.read(MODEL, at, "README.md", 100), await source.resolve(MODEL, None)

        assert because(read) == because(resolved) == "host_not_listed"
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Misbehavior(status=429), "rate_limited"),
        (Misbehavior(status=503, code="SlowDown"), "rate_limited"),
        (Misbehavior(status=503, code="Down"), "server_error"),
        (Misbehavior(status=500, code="InternalError"), "server_error"),
        (Misbehavior(status=403, code="AccessDenied"), "private_or_absent"),
        (Misbehavior(status=401, code="AccessDenied"), "private_or_absent"),
        (Misbehavior(cut=True), "unreachable"),
        (Misbehavior(seconds=9), "timeout"),
    ],
)
async def test_a_store_that_fails_is_unknown(store: ObjectStore, fault: Misbehavior, reason: str) -> None:
    async with opened(store, seconds=1) as source:
        at = await digest(source)
        store.misbehave(fault)

        assert because(await source.resolve(MODEL, None)) == reason
        assert because(await source.read(MODEL, at, "README.md", 100)) == reason


async def test_a_store_that_hangs_up_in_the_middle_is_unreachable(store: ObjectStore, source: ObjectSource) -> None:
    at = await digest(source)
    store.misbehave(Misbehavior(short=True))

    assert because(await source.read(MODEL, at, "config.json", 100)) == "unreachable"


async def test_a_store_that_lies_about_a_size_is_not_believed(store: ObjectStore, source: ObjectSource) -> None:
    store.misbehave(Misbehavior(lying=5))
    at = await digest(source)
    store.behave()

    assert not isinstance(await source.read(MODEL, at, "config.json", 100), Found)


async def test_a_store_that_is_away_is_unreachable(store: ObjectStore) -> None:
    async with opened(store) as source:
        await store.go_dark()

        assert because(await source.resolve(MODEL, None)) == "unreachable"


async def test_a_million_objects_are_cut_off_and_cannot_be_used(store: ObjectStore) -> None:
    store.endless = 1_000_000
    async with opened(store, seconds=60) as source:
        at = await digest(source)
        listing = await source.listing(MODEL, at)

    assert isinstance(listing, Found)
    assert isinstance(listing.value, Unreadable)
    assert len(store.requests) < 25


async def test_credentials_are_those_of_the_environment_and_never_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with ObjectStore(key="AKIDGOOD") as locked:
        locked.put("models", "acme/llama/README.md", b"# Llama")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDGOOD")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "topsecret")
        async with opened(locked, "") as source:
            assert isinstance(await source.resolve(MODEL, None), Found)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDBAD")
        async with opened(locked, "") as source:
            refused = await source.resolve(MODEL, None)

    assert because(refused) == "private_or_absent"
    assert "topsecret" not in str(refused)
    assert "AKIDBAD" not in str(refused)


async def test_a_file_on_a_listed_web_server_is_a_model(store: ObjectStore) -> None:
    host = store.endpoint.partition("://")[2]
    repository = f"{host}/models/acme/llama/README.md"
    async with ObjectSource([store_address(f"{store.endpoint}/models")], lambda: NOW) as source:
        at = await digest(source, repository)

        assert await source.read(repository, at, "README.md", 100) == Found(b"# Llama")
        assert isinstance(await source.resolve(f"{host}/models/none", None), Missing)
        assert isinstance(await source.resolve(f"{host}/models", None), Missing)
        assert because(await source.resolve(f"{host}/private/x", None)) == "host_not_listed"
        assert because(await source.resolve("evil.example/models/x", None)) == "host_not_listed"


async def test_what_is_late_says_whom_was_asked(source: ObjectSource) -> None:
    assert source.late(4) == Unknown("timeout", "s3://models", 1795608000, "no answer from s3://models in 4 s")


async def test_snapshots_beyond_what_is_kept_are_looked_up_again(store: ObjectStore, source: ObjectSource) -> None:
    first = await digest(source)
    for number in range(70):
        store.put("models", f"m{number}/a.json", b"{}")
        await digest(source, f"models/m{number}")

    assert isinstance(await source.listing(MODEL, first), Found)


async def test_two_stores_of_one_scheme_are_told_apart(store: ObjectStore) -> None:
    store.put("staging", "x/a.json", b"{}")
    addresses = [
        store_address(f"s3://{name}?endpoint={store.endpoint}&anonymous=true") for name in ("models", "staging")
    ]
    async with ObjectSource(addresses, lambda: NOW) as source:
        assert source.host == "s3://"
        assert await digest(source, "staging/x") != await digest(source)


@pytest.mark.parametrize(
    ("text", "name", "hosts"),
    [
        ("s3://models?region=eu-1&anonymous=true", "s3://models", {("s3.eu-1.amazonaws.com", 443), ("models.s3.eu-1.amazonaws.com", 443)}),
        ("s3://models?endpoint=https://minio.example:9000&anonymous=true", "s3://models", {("minio.example", 9000)}),
        ("gs://models?anonymous=true", "gs://models", {("storage.googleapis.com", 443)}),
        ("https://acct.blob.core.windows.net/c?anonymous=true", "https://acct.blob.core.windows.net/c", {("acct.blob.core.windows.net", 443)}),
        ("https://files.example/models/", "https://files.example/models", {("files.example", 443)}),
        ("http://127.0.0.1:80", "http://127.0.0.1:80", {("127.0.0.1", 80)}),
    ],
)  # fmt: skip
def test_an_address_says_whom_its_client_may_ask(text: str, name: str, hosts: set[tuple[str, int]]) -> None:
    address = store_address(text)

    assert (address.name, set(address.hosts)) == (name, hosts)


def test_credential_services_are_asked_only_where_credentials_are_wanted() -> None:
    signed = {host for host, _ in store_address("s3://models?region=eu-1").hosts}
    machine = {host for host, _ in store_address("s3://models?instance-credentials=true").hosts}

    assert "sts.eu-1.amazonaws.com" in signed
    assert "169.254.169.254" not in signed
    assert "169.254.169.254" in machine


@pytest.mark.parametrize(
    "text",
    [
        "models", "s3://", "s3://models/prefix", "s3://UPPER", "ftp://host/x", "s3://models?endpoint=minio", "s3://models?colour=red",
        "s3://models?anonymous=maybe", "s3://models?region", "https://acct.blob.core.windows.net", "https://user:pw@files.example/x",
        "https://files.example/x?endpoint=https://other.example", "s3://models?endpoint=https://h.example/path", "https://[::1", "s3://models?endpoint=file:///etc",
    ],
)  # fmt: skip
def test_what_is_no_object_store_is_one_sentence(text: str) -> None:
    with pytest.raises(UserError, match="--object-store") as error:
        store_address(text)

    assert "pw" not in str(error.value) or "user:pw" not in str(error.value)


@pytest.mark.parametrize(
    "text",
    ["gs://models?anonymous=true", "gs://models?anonymous=true&endpoint=https://gcs.example",
     "https://acct.blob.core.windows.net/c?anonymous=true", "https://files.example/models"],
)  # fmt: skip
async def test_a_client_of_every_kind_is_let_out_to_its_own_hosts_only(text: str) -> None:
    address = store_address(text)
    async with ObjectSource([address], lambda: NOW, seconds=5) as source:
        # No such host answers here: what matters is that it was the one that was tried.
        outcome = await source.resolve(f"{address.root}/acme/model", None)

    assert isinstance(outcome, Unknown)
    assert outcome.because in ("unreachable", "timeout", "server_error")


async def test_a_client_that_is_not_open_asks_nobody() -> None:
    with pytest.raises(RuntimeError, match="not open"):
        await ObjectSource([store_address("s3://models?anonymous=true")]).resolve("models/x", None)


async def test_an_answer_that_is_no_listing_is_a_server_error(store: ObjectStore, source: ObjectSource) -> None:
    store.misbehave(Misbehavior(status=200, body=b"no listing"))

    assert because(await source.resolve(MODEL, None)) == "server_error"


async def test_what_is_not_a_revision_of_a_prefix_is_unknown_to_its_readers(source: ObjectSource) -> None:
    assert because(await source.read(MODEL, "listing:00", "README.md", 5)) == "server_error"
    assert isinstance(await source.read("models/none", "listing:00", "README.md", 5), Missing)
