from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.certificates import make_pair
from tests.simulators.hub import Hub

from weighbridge.errors import UserError
from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.sources.hub import HubSource
from weighbridge.sources.interface import Listing
from weighbridge.weights import ListedFile

NOW = datetime(2026, 11, 25, 12, 0, 31, tzinfo=UTC)
NOON = int(datetime(2026, 11, 25, 12, 0, tzinfo=UTC).timestamp())
MIB = 1024 * 1024


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with Hub() as hub:
        yield hub


@pytest.fixture
async def source(hub: Hub) -> AsyncIterator[HubSource]:
    async with HubSource(hub.endpoint, lambda: NOW, seconds=2.0) as source:
        yield source


async def test_a_branch_is_turned_into_its_commit(hub: Hub, source: HubSource) -> None:
    commit = hub.publish("acme/llama", {"README.md": b"# Llama"})

    resolved = await source.resolve("acme/llama", None)

    assert isinstance(resolved, Found)
    assert (resolved.value.commit, resolved.value.asked, resolved.value.immutable) == (commit, None, False)


async def test_a_commit_is_immutable_and_a_branch_is_not(hub: Hub, source: HubSource) -> None:
    commit = hub.publish("acme/llama", {"README.md": b"# Llama"})

    pinned, branch = await source.resolve("acme/llama", commit), await source.resolve("acme/llama", "main")

    assert isinstance(pinned, Found)
    assert isinstance(branch, Found)
    assert pinned.value.immutable
    assert not branch.value.immutable


async def test_a_revision_with_a_slash_is_one_revision(hub: Hub, source: HubSource) -> None:
    commit = hub.publish("acme/llama", {"README.md": b"x"}, branch="refs/pr/1")

    resolved = await source.resolve("acme/llama", "refs/pr/1")

    assert isinstance(resolved, Found)
    assert resolved.value.commit == commit


async def test_the_listing_has_sizes_and_digests_and_costs_no_second_request(hub: Hub, source: HubSource) -> None:
    commit = hub.publish(
        "acme/llama", {"README.md": b"12345"}, {"model.safetensors": 7}, digests={"model.safetensors": "a" * 64}
    )
    await source.resolve("acme/llama", None)

    listing = await source.listing("acme/llama", commit)

    assert listing == Found(Listing((ListedFile("README.md", 5, None), ListedFile("model.safetensors", 7, "a" * 64))))
    assert len(hub.requests) == 1


async def test_a_listing_that_was_forgotten_is_asked_for_again(hub: Hub, source: HubSource) -> None:
    first = hub.publish("acme/m0", {"README.md": b"0"})
    await source.resolve("acme/m0", None)
    for number in range(1, 40):
        hub.publish(f"acme/m{number}", {"README.md": b"x"})
        await source.resolve(f"acme/m{number}", None)

    listing = await source.listing("acme/m0", first)

    assert isinstance(listing, Found)
    assert hub.requests[-1] == f"/api/models/acme/m0/revision/{first}"


async def test_a_file_is_read_at_its_commit(hub: Hub, source: HubSource) -> None:
    commit = hub.publish("acme/llama", {"dir/a b#c.txt": b"content"})

    content = await source.read("acme/llama", commit, "dir/a b#c.txt", MIB)

    assert content == Found(b"content")


async def test_a_moved_branch_never_mixes_two_revisions(hub: Hub, source: HubSource) -> None:
    old = hub.publish("acme/llama", {"README.md": b"old"})
    await source.resolve("acme/llama", "main")
    hub.publish("acme/llama", {"README.md": b"new", "evil.py": b""})

    listing, content = await source.listing("acme/llama", old), await source.read("acme/llama", old, "README.md", MIB)

    assert listing == Found(Listing((ListedFile("README.md", 3, None),)))
    assert content == Found(b"old")


async def test_an_answer_for_another_commit_is_no_answer(hub: Hub, source: HubSource) -> None:
    commit = hub.publish("acme/llama", {"README.md": b"old"})
    hub.answer(200, {"X-Repo-Commit": "b" * 40}, b"other")

    content = await source.read("acme/llama", commit, "README.md", MIB)

    assert content == Unknown(
        "server_error", hub.host, NOON, f"{hub.host} answered for bbbbbbb when asked for {commit[:7]}"
    )


async def test_a_listing_of_another_commit_is_no_answer(hub: Hub, source: HubSource) -> None:
    hub.answer(200, {}, json.dumps({"sha": "b" * 40, "siblings": []}).encode())

    listing = await source.listing("acme/llama", "a" * 40)

    assert isinstance(listing, Unknown)
    assert listing.because == "server_error"


async def test_a_repository_that_does_not_exist_is_missing_to_those_with_a_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hf_secret\n")
    async with (
        Hub(token="hf_secret") as hub,
        HubSource(hub.endpoint, lambda: NOW, token_file=tmp_path / "token") as source,
    ):
        resolved = await source.resolve("acme/nothing", None)

        assert resolved == Missing(f"acme/nothing at {hub.host}")
        assert hub.authorizations == ["Bearer hf_secret"]


async def test_without_a_token_private_and_absent_are_the_same(hub: Hub, source: HubSource) -> None:
    hub.publish("acme/secret", {"README.md": b"x"})
    hub.private("acme/secret")

    private, absent = await source.resolve("acme/secret", None), await source.resolve("acme/nothing", None)

    assert isinstance(private, Unknown)
    assert isinstance(absent, Unknown)
    assert private.because == absent.because == "private_or_absent"
    assert private.since is None
    assert "acme/secret" in private.detail
    assert "is private or does not exist" in private.detail


async def test_a_gated_repository_is_told_from_a_private_one(hub: Hub, source: HubSource) -> None:
    hub.answer(403, {"X-Error-Code": "GatedRepo"})

    content = await source.read("acme/llama", "a" * 40, "config.json", MIB)

    assert isinstance(content, Unknown)
    assert content.because == "private_or_absent"
    assert "is gated" in content.detail


async def test_a_token_opens_a_private_repository(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t")
    async with Hub(token="t") as hub, HubSource(hub.endpoint, token_file=tmp_path / "token") as source:
        commit = hub.publish("acme/secret", {"README.md": b"x"})
        hub.private("acme/secret")

        assert await source.read("acme/secret", commit, "README.md", MIB) == Found(b"x")


async def test_a_token_file_that_cannot_be_read_is_said_and_nothing_is_asked(hub: Hub, tmp_path: Path) -> None:
    async with HubSource(hub.endpoint, lambda: NOW, token_file=tmp_path / "gone") as source:
        resolved = await source.resolve("acme/llama", None)

    assert isinstance(resolved, Unknown)
    assert "token file" in resolved.detail
    assert hub.requests == []


async def test_a_revision_or_file_that_does_not_exist_is_missing(hub: Hub, source: HubSource) -> None:
    commit = hub.publish("acme/llama", {"README.md": b"x"})

    revision = await source.resolve("acme/llama", "v9")
    file = await source.read("acme/llama", commit, "config.json", MIB)

    assert revision == Missing(f"acme/llama@v9 at {hub.host}")
    assert file == Missing(f"config.json of acme/llama@{commit[:7]}")


@pytest.mark.parametrize("name", ["a/b/c", "../x", "./x", "acme/..", "a b/c", "acme/x?y", "", "acme/" + "x" * 100])
async def test_a_name_that_no_hub_allows_is_missing_without_a_question(hub: Hub, source: HubSource, name: str) -> None:
    resolved = await source.resolve(name, None)

    assert resolved == Missing(f"{name} at {hub.host}")
    assert hub.requests == []


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({"Retry-After": "120"}, ", next at 2026-11-25T12:02:31Z"),
        ({"Retry-After": "Wed, 25 Nov 2026 12:05:10 GMT"}, ", next at 2026-11-25T12:05:10Z"),
        ({"RateLimit": '"api";r=0;t=55'}, ", next at 2026-11-25T12:01:26Z"),
        ({"RateLimit-Reset": "9"}, ", next at 2026-11-25T12:00:40Z"),
        ({"Retry-After": "soon"}, ""),
        ({"Retry-After": "999999999"}, ""),
        ({"Retry-After": "Wed, 25 Nov 2020 12:05:10 GMT"}, ""),
        ({"RateLimit-Reset": "-1"}, ""),
        ({}, ""),
    ],
)
async def test_a_rate_limit_says_when_it_ends(hub: Hub, source: HubSource, headers: dict[str, str], until: str) -> None:
    hub.answer(429, headers)

    resolved = await source.resolve("acme/llama", None)

    assert resolved == Unknown("rate_limited", hub.host, NOON, f"{hub.host} limits how often it may be asked{until}")


@pytest.mark.parametrize("status", [400, 418, 500, 502, 503])
async def test_a_server_that_fails_is_not_a_missing_repository(hub: Hub, source: HubSource, status: int) -> None:
    hub.answer(status)

    resolved = await source.resolve("acme/llama", None)

    assert resolved == Unknown("server_error", hub.host, NOON, f"{hub.host} answered {status}")


async def test_a_404_of_an_unknown_kind_is_not_a_missing_repository(hub: Hub, source: HubSource) -> None:
    hub.answer(404, {"X-Error-Code": "SomethingNew"})

    resolved = await source.resolve("acme/llama", None)

    assert isinstance(resolved, Unknown)
    assert resolved.because == "server_error"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"sha": "main", "siblings": []}', b'{"sha": 5}', b"[" * 100_000,
     b'{"sha": "' + b"a" * 40 + b'", "siblings": {}}'],
)  # fmt: skip
async def test_an_answer_that_describes_nothing_is_no_answer(hub: Hub, source: HubSource, body: bytes) -> None:
    hub.answer(200, {}, body)

    resolved = await source.resolve("acme/llama", None)

    assert isinstance(resolved, Unknown)
    assert resolved.because == "server_error"


async def test_odd_entries_of_a_listing_are_left_out(hub: Hub, source: HubSource) -> None:
    siblings = [
        5,
        {"rfilename": 5},
        {"rfilename": "a", "size": -1, "lfs": {"sha256": "short"}},
        {"rfilename": "b", "size": True},
    ]
    hub.answer(200, {}, json.dumps({"sha": "a" * 40, "siblings": siblings}).encode())

    listing = await source.listing("acme/llama", "a" * 40)

    assert listing == Found(Listing((ListedFile("a", None, None), ListedFile("b", None, None))))


async def test_a_listing_of_too_many_files_is_unreadable_content(hub: Hub, source: HubSource) -> None:
    body = b'{"sha": "' + b"a" * 40 + b'", "siblings": [' + b",".join([b"1"] * 100_001) + b"]}"
    hub.answer(200, {}, body)

    listing = await source.listing("acme/llama", "a" * 40)

    assert listing == Found(Unreadable("the repository lists 100001 files, at most 100000 are read"))


async def test_a_listing_beyond_all_measure_is_no_answer(hub: Hub, source: HubSource) -> None:
    hub.answer(200, {}, b" " * (16 * MIB + 1))

    resolved = await source.resolve("acme/llama", None)

    assert isinstance(resolved, Unknown)
    assert resolved.detail == f"{hub.host}: the listing is larger than 16 MiB"


async def test_a_stalled_hub_has_not_answered_in_time(hub: Hub) -> None:
    hub.stall(5)
    async with HubSource(hub.endpoint, lambda: NOW, seconds=0.1) as source:
        resolved = await source.resolve("acme/llama", None)

    assert resolved == Unknown("timeout", hub.host, NOON, f"{hub.host} gave no answer in 0.1 s")


async def test_a_cut_connection_is_unreachable(hub: Hub, source: HubSource) -> None:
    hub.cut()

    resolved = await source.resolve("acme/llama", None)

    assert resolved == Unknown(
        "unreachable", hub.host, NOON, f"{hub.host} cut the connection before the answer was whole"
    )


async def test_half_a_body_is_unreachable_and_never_half_a_card(hub: Hub, source: HubSource) -> None:
    commit = hub.publish("acme/llama", {"README.md": b"license: apache-2.0\n" * 100})
    hub.cut_short(pattern="/resolve/")

    content = await source.read("acme/llama", commit, "README.md", MIB)

    assert isinstance(content, Unknown)
    assert content.because == "unreachable"


async def test_a_dark_hub_is_unreachable_and_known_again_when_it_is_back(hub: Hub, source: HubSource) -> None:
    commit = hub.publish("acme/llama", {"README.md": b"x"})
    await hub.go_dark()
    dark = await source.resolve("acme/llama", None)
    await hub.come_back()

    back = await source.resolve("acme/llama", None)

    assert isinstance(dark, Unknown)
    assert dark.because == "unreachable"
    assert isinstance(back, Found)
    assert back.value.commit == commit


async def test_a_host_whose_name_does_not_resolve_is_unreachable() -> None:
    async with HubSource("http://hub.invalid", lambda: NOW) as source:
        resolved = await source.resolve("acme/llama", None)

    assert isinstance(resolved, Unknown)
    assert (resolved.because, resolved.host) == ("unreachable", "hub.invalid")


async def test_something_that_speaks_no_http_gives_no_answer() -> None:
    async def speak(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, HubSource(f"http://127.0.0.1:{port}", lambda: NOW) as source:
        resolved = await source.resolve("acme/llama", None)

    assert isinstance(resolved, Unknown)
    assert resolved.because == "server_error"


async def test_a_certificate_nobody_vouches_for_is_unreachable(tmp_path: Path) -> None:
    folder = make_pair().write(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with server, HubSource(f"https://127.0.0.1:{port}", lambda: NOW) as source:
        resolved = await source.resolve("acme/llama", None)

    assert isinstance(resolved, Unknown)
    assert resolved.detail == f"127.0.0.1:{port} cannot be reached: its certificate is not trusted"


async def test_a_listing_of_a_repository_that_went_away_is_missing(hub: Hub, source: HubSource) -> None:
    hub.publish("acme/llama", {"README.md": b"x"})

    listing = await source.listing("acme/llama", "a" * 40)

    assert listing == Missing(f"acme/llama@{'a' * 40} at {hub.host}")


async def test_an_outage_begins_once_and_ends_with_the_next_answer(hub: Hub) -> None:
    times = iter([datetime(2026, 11, 25, 14, minute, 9, tzinfo=UTC) for minute in range(10)])
    hub.publish("acme/llama", {"README.md": b"x"})
    hub.answer(500)
    async with HubSource(hub.endpoint, lambda: next(times)) as source:
        first, second = await source.resolve("acme/llama", None), await source.resolve("acme/llama", None)
        hub.behave()
        await source.resolve("acme/llama", None)
        hub.answer(500)
        third = await source.resolve("acme/llama", None)

    assert isinstance(first, Unknown)
    assert isinstance(second, Unknown)
    assert isinstance(third, Unknown)
    assert first.since == second.since
    assert first.since is not None
    assert third.since is not None
    assert first.since % 60 == 0
    assert third.since > first.since


async def test_a_late_hub_is_named_with_the_time_it_had(hub: Hub, source: HubSource) -> None:
    late = source.late(4.0)

    assert late == Unknown("timeout", hub.host, NOON, f"no answer from {hub.host} in 4 s")


@pytest.mark.parametrize(
    ("limit", "why"), [(MIB, "README.md is larger than 1 MiB"), (2048, "README.md is larger than 2 KiB")]
)
async def test_a_file_above_the_limit_is_unreadable_content(hub: Hub, source: HubSource, limit: int, why: str) -> None:
    commit = hub.publish("acme/llama", {"README.md": b"x" * (limit + 1)})

    content = await source.read("acme/llama", commit, "README.md", limit)

    assert content == Found(Unreadable(why))


async def test_a_body_without_length_is_cut_at_the_limit_too(hub: Hub, source: HubSource) -> None:
    commit = hub.publish("acme/llama", {"README.md": b"x" * 200_000})
    hub.chunk = True

    content = await source.read("acme/llama", commit, "README.md", 100_000)

    assert content == Found(Unreadable("README.md is larger than 97 KiB"))


async def test_compressed_answers_are_neither_asked_for_nor_taken(hub: Hub, source: HubSource) -> None:
    hub.answer(200, {"Content-Encoding": "gzip"}, b"\x1f\x8b bomb")

    content = await source.read("acme/llama", "a" * 40, "README.md", MIB)

    assert isinstance(content, Unknown)
    assert content.because == "server_error"
    assert hub.accepted_encodings == ["identity"]


async def test_a_redirect_on_the_same_host_is_followed(hub: Hub, source: HubSource) -> None:
    commit = hub.publish("acme/new-name", {"README.md": b"x"})
    hub.redirect("/acme/old-name/", f"/acme/new-name/resolve/{commit}/README.md")

    content = await source.read("acme/old-name", commit, "README.md", MIB)

    assert content == Found(b"x")


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://127.0.0.1:1/secret", "not among the hosts"),
        ("https://elsewhere.example/file", "not among the hosts"),
        ("ftp://127.0.0.1/file", "redirects to a ftp address"),
        ("http://[::1", "redirects to something that is no address"),
        ("", "redirects to nowhere"),
    ],
)
async def test_a_redirect_to_a_host_that_is_not_listed_is_not_followed(
    hub: Hub, source: HubSource, location: str, why: str
) -> None:
    hub.redirect("README.md", location)

    content = await source.read("acme/llama", "a" * 40, "README.md", MIB)

    assert isinstance(content, Unknown)
    assert content.because == "host_not_listed"
    assert why in content.detail


async def test_a_redirect_to_a_listed_host_is_followed_without_the_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t")
    async with Hub() as hub, Hub() as store:
        commit = store.publish("acme/llama", {"README.md": b"from the store"})
        hub.redirect(
            "README.md", f"{store.endpoint.replace('127.0.0.1', 'localhost')}/acme/llama/resolve/{commit}/README.md"
        )
        async with HubSource(
            hub.endpoint, token_file=tmp_path / "token", redirect_hosts=frozenset({"localhost"})
        ) as source:
            content = await source.read("acme/llama", commit, "README.md", MIB)

        assert content == Found(b"from the store")
        assert hub.authorizations == ["Bearer t"]
        assert store.authorizations == [None]


async def test_a_circle_of_redirects_ends(hub: Hub, source: HubSource) -> None:
    hub.redirect("/acme/", "/acme/llama/resolve/main/README.md")

    content = await source.read("acme/llama", "a" * 40, "README.md", MIB)

    assert isinstance(content, Unknown)
    assert "redirects more than 5 times" in content.detail
    assert len(hub.requests) == 5


async def test_offline_asks_nobody(hub: Hub) -> None:
    async with HubSource(hub.endpoint, lambda: NOW, offline=True) as source:
        resolved = await source.resolve("acme/llama", None)

    assert resolved == Unknown("offline", hub.host, None, f"{hub.host} is not asked: --offline")
    assert hub.requests == []


async def test_an_endpoint_below_a_path_is_asked_below_it(hub: Hub) -> None:
    async with HubSource(f"{hub.endpoint}/mirror/") as source:
        await source.resolve("acme/llama", None)
        await source.read("acme/llama", "a" * 40, "README.md", MIB)

    assert hub.requests == [
        "/mirror/api/models/acme/llama/revision/main",
        f"/mirror/acme/llama/resolve/{'a' * 40}/README.md",
    ]


@pytest.mark.parametrize(
    "text", ["hub.example", "ftp://hub.example", "http://", "http://[", "https://hub.example:port"]
)
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="not the address of a hub"):
        HubSource(text)


def test_the_host_is_named_as_people_do() -> None:
    named = [HubSource(one).host for one in ("https://huggingface.co", "http://hub.example:8080/x")]

    assert named == ["huggingface.co", "hub.example:8080"]


@pytest.mark.parametrize("ranges", [True, False])
async def test_a_piece_of_a_file_is_the_same_from_a_hub_that_knows_no_ranges(
    hub: Hub, source: HubSource, *, ranges: bool
) -> None:
    commit = hub.publish("acme/llama", {}, {"a.bin": 300_000}, heads={"a.bin": b"0123456789"})
    hub.ranges = ranges

    found = await source.read_range("acme/llama", commit, "a.bin", 2, 3)

    assert found == Found(b"234")


async def test_a_piece_beyond_the_end_is_empty(hub: Hub, source: HubSource) -> None:
    commit = hub.publish("acme/llama", {"a.bin": b"0123456789"})

    across = await source.read_range("acme/llama", commit, "a.bin", 8, 100)
    beyond = await source.read_range("acme/llama", commit, "a.bin", 10, 100)

    assert (across, beyond) == (Found(b"89"), Found(b""))


async def test_a_piece_of_a_file_that_is_not_there_is_missing(hub: Hub, source: HubSource) -> None:
    commit = hub.publish("acme/llama", {}, {"a.bin": 5})

    assert await source.read_range("acme/llama", commit, "a.bin", 0, 3) == Missing(f"a.bin of acme/llama@{commit[:7]}")


@pytest.mark.parametrize("told", ["bytes 5-7/10", "bytes */10", ""])
async def test_another_piece_than_the_one_asked_for_is_refused(hub: Hub, source: HubSource, told: str) -> None:
    commit = hub.publish("acme/llama", {"a.bin": b"0123456789"})
    hub.answer(206, {"Content-Range": told}, b"567")

    found = await source.read_range("acme/llama", commit, "a.bin", 2, 3)

    assert isinstance(found, Unknown)
    assert found.because == "server_error"


async def test_a_piece_is_no_whole_file(hub: Hub, source: HubSource) -> None:
    commit = hub.publish("acme/llama", {"README.md": b"0123456789"})
    hub.answer(206, {"Content-Range": "bytes 0-2/10"}, b"012")

    found = await source.read("acme/llama", commit, "README.md", 100)

    assert isinstance(found, Unknown)
    assert found.because == "server_error"


async def test_a_mirror_that_names_no_commit_serves_what_is_pinned(hub: Hub) -> None:
    commit = hub.publish("acme/llama", {"README.md": b"# Llama"}, {"model.safetensors": 9})
    hub.commits = False
    async with HubSource(hub.endpoint, plain=True) as source:
        resolved, listing = await source.resolve("acme/llama", commit), await source.listing("acme/llama", commit)

        assert isinstance(resolved, Found)
        assert (resolved.value.commit, resolved.value.immutable) == (commit, True)
        assert isinstance(listing, Found)
        assert isinstance(listing.value, Listing)
        assert {one.path for one in listing.value.files} == {"README.md", "model.safetensors"}
        assert await source.read("acme/llama", commit, "README.md", 100) == Found(b"# Llama")


async def test_a_mirror_that_names_no_commit_cannot_say_what_a_branch_is(hub: Hub) -> None:
    hub.publish("acme/llama", {"README.md": b"# Llama"})
    hub.commits = False
    async with HubSource(hub.endpoint, plain=True) as source:
        resolved = await source.resolve("acme/llama", None)

    assert isinstance(resolved, Unknown)
    assert resolved.because == "server_error"


async def test_only_a_listed_mirror_may_leave_out_the_commit(hub: Hub, source: HubSource) -> None:
    commit = hub.publish("acme/llama", {"README.md": b"# Llama"})
    hub.commits = False

    assert isinstance(await source.resolve("acme/llama", commit), Unknown)


async def test_a_mirror_that_knows_no_parameters_is_asked_without(hub: Hub) -> None:
    commit = hub.publish("acme/llama", {"README.md": b"# Llama"}, {"model.safetensors": 9})
    hub.parameters = False
    async with HubSource(hub.endpoint, plain=True) as source:
        listing = await source.listing("acme/llama", commit)
        absent = await source.resolve("acme/nothing", commit)

    assert isinstance(listing, Found)
    assert listing.value == Listing((ListedFile("README.md", None, None), ListedFile("model.safetensors", None, None)))
    assert not isinstance(absent, Found)


async def test_a_mirror_that_answers_for_another_commit_is_not_believed(hub: Hub) -> None:
    commit = hub.publish("acme/llama", {"README.md": b"# Llama"})
    async with HubSource(hub.endpoint, plain=True) as source:
        for body in (b'{"sha": "' + b"0" * 40 + b'", "siblings": []}', b"[]", b"no json"):
            hub.answer(200, body=body)

            assert isinstance(await source.resolve("acme/llama", commit), Unknown)


async def test_a_silent_hub_says_nothing_of_scans(hub: Hub, source: HubSource) -> None:
    hub.answer(503)

    assert isinstance(await source.scan("acme/llama", "0" * 40), Unknown)


async def test_a_scan_status_of_many_megabytes_is_unreadable(hub: Hub, source: HubSource) -> None:
    hub.answer(200, body=b" " * (16 * MIB + 1))

    scan = await source.scan("acme/llama", "0" * 40)

    assert isinstance(scan, Found)
    assert isinstance(scan.value, Unreadable)
