from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulators.registry import Registry

from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Found, Outcome, Unknown
from weighbridge.sources.answers import Refused
from weighbridge.sources.http import Http
from weighbridge.sources.oci import Registries, RegistrySource
from weighbridge.sources.registry_tokens import LARGEST_CONFIG, Challenge, Login, Tokens, read_challenge, read_logins

NOW = datetime(2026, 11, 25, 12, 0, 31, tzinfo=UTC)
LAYER = ("application/vnd.cncf.model.doc.v1.raw", b"#", {"org.cncf.model.filepath": "README.md"})


def write(folder: Path, host: str, **entry: str) -> Path:
    file = folder / "config.json"
    file.write_text(json.dumps({"auths": {host: entry}}))
    return file


def encoded(login: str) -> str:
    return base64.b64encode(login.encode()).decode()


async def resolve(registry: Registry, file: Path | None, *others: str) -> Outcome[Resolved]:
    registry.push("acme/chat", "v1", [LAYER])
    async with Registries((registry.endpoint, *others), lambda: NOW, config_file=file, seconds=2.0) as registries:
        source = registries.at(f"{registry.host}/acme/chat")
        assert isinstance(source, RegistrySource)
        first = await source.resolve(f"{registry.host}/acme/chat", "v1")
        registry.forget_tokens()
        second = await source.resolve(f"{registry.host}/acme/chat", "v1")

        assert second == first
        return first


async def test_a_public_registry_hands_out_tokens_to_anybody() -> None:
    async with Registry() as registry:
        registry.asks_for_tokens = True

        assert isinstance(await resolve(registry, None), Found)
        assert registry.forms[0] == {"scope": "repository:acme/chat:pull", "service": "simulated"}


@pytest.mark.parametrize("entry", [{"auth": encoded("robot:se:cret")}, {"username": "robot", "password": "se:cret"}])
async def test_a_login_is_shown_for_a_token(tmp_path: Path, entry: dict[str, str]) -> None:
    async with Registry(login=("robot", "se:cret")) as registry:
        assert isinstance(await resolve(registry, write(tmp_path, registry.host, **entry)), Found)


async def test_a_login_is_shown_itself_where_the_registry_asks_for_that(tmp_path: Path) -> None:
    async with Registry(login=("robot", "secret"), basic=True) as registry:
        assert isinstance(await resolve(registry, write(tmp_path, registry.host, auth=encoded("robot:secret"))), Found)
        assert isinstance(await resolve(registry, None), Unknown)


async def test_an_identity_token_is_sent_in_a_form_and_nowhere_else(tmp_path: Path) -> None:
    async with Registry(login=("robot", "secret")) as registry:
        registry.refresh_token = "long-lived"
        file = write(tmp_path, registry.host, auth=encoded("0000:"), identitytoken="long-lived")

        assert isinstance(await resolve(registry, file), Found)
        assert registry.forms[0]["grant_type"] == "refresh_token"
        assert not any("long-lived" in path for path in registry.requests)


async def test_an_identity_token_that_has_expired_leaves_it_private(tmp_path: Path) -> None:
    async with Registry(login=("robot", "secret")) as registry:
        resolved = await resolve(registry, write(tmp_path, registry.host, identitytoken="old"))

        assert isinstance(resolved, Unknown)
        assert resolved.because == "private_or_absent"


async def test_without_a_login_what_is_private_may_be_absent(tmp_path: Path) -> None:
    async with Registry(login=("robot", "secret")) as registry:
        for file in (None, write(tmp_path, "other.example", auth=encoded("robot:secret"))):
            resolved = await resolve(registry, file)

            assert isinstance(resolved, Unknown)
            assert resolved.because == "private_or_absent"


async def test_a_challenge_nobody_can_answer_leaves_it_private() -> None:
    async with Registry() as registry:
        registry.answer(401, {"WWW-Authenticate": "Negotiate abc"})

        resolved = await resolve(registry, None)

        assert isinstance(resolved, Unknown)
        assert resolved.because == "private_or_absent"


async def test_tokens_may_be_had_at_a_listed_host(tmp_path: Path) -> None:
    async with Registry(login=("robot", "secret")) as issuer, Registry() as registry:
        registry.asks_for_tokens, registry.realm = True, f"{issuer.endpoint}/token?for=us"
        registry.accept_tokens_of(issuer)

        resolved = await resolve(
            registry, write(tmp_path, registry.host, auth=encoded("robot:secret")), issuer.endpoint
        )

        assert isinstance(resolved, Found)
        assert "/token" in issuer.requests


@pytest.mark.parametrize(
    ("realm", "because"),
    [
        ("http://169.254.169.254/latest", "host_not_listed"),
        ("https://attacker.example/token", "host_not_listed"),
        ("/token", "server_error"),
        ("http://[", "server_error"),
    ],
)
async def test_a_login_is_sent_to_no_host_nobody_listed(tmp_path: Path, realm: str, because: str) -> None:
    async with Registry(login=("robot", "secret")) as registry:
        registry.realm = realm

        resolved = await resolve(registry, write(tmp_path, registry.host, auth=encoded("robot:secret")))

        assert isinstance(resolved, Unknown)
        assert resolved.because == because


async def test_a_registry_with_encryption_sends_nobody_to_a_token_without(tmp_path: Path) -> None:
    registry = Http("https://r.example", token_file=None, seconds=1.0, redirect_hosts=frozenset())
    tokens = Tokens(registry, tmp_path / "none", 1.0, frozenset({"a.example"}))
    write(tmp_path, "r.example", auth=encoded("robot:secret")).rename(tmp_path / "none")

    with pytest.raises(Refused, match="without encryption"):
        await tokens.answer('Bearer realm="http://a.example/t"', "acme/chat")


async def test_a_redirect_of_those_who_send_a_secret_is_not_followed(tmp_path: Path) -> None:
    async with Registry(login=("robot", "secret")) as registry:
        registry.redirect("/token", f"{registry.endpoint}/elsewhere")
        file = write(tmp_path, registry.host, identitytoken="long-lived")

        resolved = await resolve(registry, file)

        assert isinstance(resolved, Unknown)
        assert resolved.because == "host_not_listed"


@pytest.mark.parametrize("body", [b"{}", b"[]", b"{", b'{"token": "a\\nb"}', b'{"token": 1}'])
async def test_an_answer_without_a_token_is_no_answer(body: bytes) -> None:
    async with Registry() as registry:
        registry.asks_for_tokens = True
        registry.answer(200, {}, body, pattern="/token")

        resolved = await resolve(registry, None)

        assert isinstance(resolved, Unknown)
        assert resolved.because == "server_error"
        assert "which answers with none" in resolved.detail


async def test_a_token_host_that_fails_is_named() -> None:
    async with Registry() as registry:
        registry.asks_for_tokens = True
        registry.answer(500, pattern="/token")

        resolved = await resolve(registry, None)

        assert isinstance(resolved, Unknown)
        assert "for tokens, which answers 500" in resolved.detail


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "is no JSON"),
        (b"[]", "has no auths"),
        (b'{"auths": {"127.0.0.1": {"auth": "%"}}}', "has an auth that is no base64"),
        (b" " * (LARGEST_CONFIG + 1), "is larger than 1 MiB"),
        (None, "cannot be read"),
    ],
)
async def test_a_file_of_logins_that_cannot_be_read_is_no_reason_to_ask_without(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "config.json"
    if content is not None:
        file.write_bytes(content)
    async with Registry() as registry:
        registry.asks_for_tokens = True

        resolved = await resolve(registry, file)

        assert isinstance(resolved, Unknown)
        assert (resolved.because, "/token" in registry.requests) == ("unreachable", False)
        assert why in resolved.detail


def test_docker_writes_docker_hub_as_an_address() -> None:
    content = json.dumps(
        {"auths": {"https://index.docker.io/v1/": {"auth": encoded("me:pw")}, "x.example": 1}}
    ).encode()

    assert read_logins(content) == {"registry-1.docker.io": Login("me", "pw", "")}


def test_challenges_are_read_however_they_are_written() -> None:
    expected = Challenge("bearer", {"realm": "https://a/b?c=d,e", "service": "s"})

    assert read_challenge('Bearer realm="https://a/b?c=d,e",service=s') == expected
    assert read_challenge('bearer  realm = "https://a/b?c=d,e" , Service="s"') == expected
    assert read_challenge("") is None


@given(st.text(max_size=300))
def test_no_challenge_crashes_the_reader(text: str) -> None:
    found = read_challenge(text)

    assert found is None or found.scheme in ("bearer", "basic")
