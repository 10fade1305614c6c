"""
How one proves to a registry who one is (distribution-spec, token authentication; Docker's config.json).

A registry says what it wants to see when it is first asked: name and password, or a token that somebody hands out for
them. What is ours goes to the registry and to whom it names for tokens, and there only to hosts that an operator listed.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from yarl import URL

from weighbridge.sources.answers import Refused
from weighbridge.sources.http import Http
from weighbridge.sources.network import is_listed
from weighbridge.sources.oci_tables import place_of

LARGEST_CONFIG = 1024 * 1024
LARGEST_TOKEN = 64 * 1024

_CHALLENGE = re.compile(r"([A-Za-z]+)\s+(.*)", re.DOTALL)
_PARAMETER = re.compile(r'([A-Za-z_]{1,40})\s*=\s*(?:"([^"\\]{0,2000})"|([^\s,"]{1,2000}))')


@dataclass(frozen=True, slots=True)
class Login:
    """What a configuration holds for a registry."""

    username: str
    password: str
    identity_token: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a registry wants to see."""

    scheme: str
    """`bearer` or `basic`."""
    parameters: Mapping[str, str]


def read_challenge(header: str) -> Challenge | None:
    """Read `WWW-Authenticate`; `None` for anything we cannot answer."""
    match = _CHALLENGE.fullmatch(header.strip())
    if match is None or match[1].lower() not in ("bearer", "basic"):
        return None
    pairs = {one[1].lower(): one[2] if one[2] is not None else one[3] for one in _PARAMETER.finditer(match[2])}
    return Challenge(match[1].lower(), pairs)


def read_logins(content: bytes) -> Mapping[str, Login]:
    """
    Read Docker's config.json, the form of an image pull secret, by registry; raises `ValueError` for anything else.

    Credential helpers are programs, which are not started here.
    """
    values = json.loads(content)
    entries = values.get("auths") if isinstance(values, Mapping) else None
    if not isinstance(entries, Mapping):
        raise ValueError("has no auths")  # noqa: TRY004  (what a file says, not what a caller passes)
    return {_registry(str(key)): _login(entry) for key, entry in entries.items() if isinstance(entry, Mapping)}


def _registry(key: str) -> str:
    """Return the host of `https://index.docker.io/v1/` and of `ghcr.io`."""
    return place_of(key.removeprefix("https://").removeprefix("http://").partition("/")[0] + "/any").host


def _login(entry: Mapping[str, object]) -> Login:
    username, password, token = (_text(entry.get(key)) for key in ("username", "password", "identitytoken"))
    try:
        decoded = base64.b64decode(_text(entry.get("auth")), validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise ValueError("has an auth that is no base64 of NAME:PASSWORD") from error
    if decoded and not username:
        username, _, password = decoded.rstrip("\0").partition(":")
    return Login(username, password, token)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


class Tokens:
    """Answers the challenges of one registry."""

    def __init__(self, registry: Http, file: Path | None, seconds: float, hosts: frozenset[str]) -> None:
        """
        Take what we know about `registry` from `file` at every use, so that it can be rotated.

        Tokens are fetched from the registry itself or from `hosts`, each question for at most `seconds`.
        """
        self._registry = registry
        self._file = file
        self._seconds = seconds
        self._hosts = hosts
        self._issuers: dict[str, Http] = {}
        self._known: dict[str, str] = {}

    async def close(self) -> None:
        """Close all connections."""
        for issuer in self._issuers.values():
            await issuer.close()
        self._issuers.clear()

    def known(self, repository: str) -> str | None:
        """Return the authorization that the registry accepted last for a repository."""
        return self._known.get(repository)

    async def answer(self, header: str, repository: str) -> str | None:
        """Return the authorization a challenge asks for; `None` when we have nothing to show. Raises `Refused`."""
        challenge = read_challenge(header)
        login = await self._login()
        if challenge is None or (challenge.scheme == "basic" and login is None):
            return None
        if challenge.scheme == "basic" and login is not None:
            found: str | None = _basic(login)
        else:
            token = await self._token(challenge, login, repository)
            found = f"Bearer {token}" if token is not None else None
        if found is not None:
            if len(self._known) >= 1_000:
                self._known.clear()
            self._known[repository] = found
        return found

    async def _token(self, challenge: Challenge, login: Login | None, repository: str) -> str | None:
        issuer, path = self._issuer(challenge.parameters.get("realm", ""))
        # Only what we need, whatever the registry says: reading this repository.
        asked = {"scope": f"repository:{repository}:pull"}
        if "service" in challenge.parameters:
            asked["service"] = challenge.parameters["service"]
        if login is not None and login.identity_token:
            form = {
                **asked,
                "grant_type": "refresh_token",
                "client_id": "weighbridge",
                "refresh_token": login.identity_token,
            }
            answered = await issuer.post(path, form, LARGEST_TOKEN)
        else:
            headers = {"Authorization": _basic(login)} if login is not None and login.username else {}
            joined = f"{path}{'&' if '?' in path else '?'}{urlencode(asked)}"
            answered = await issuer.get(joined, LARGEST_TOKEN, None, headers=headers)
        if answered.status in (400, 401, 403, 404):
            return None
        if answered.status != 200 or answered.content is None:
            raise Refused("server_error", f"names {issuer.host} for tokens, which answers {answered.status}")
        return _token_in(answered.content, issuer.host)

    def _issuer(self, realm: str) -> tuple[Http, str]:
        """Return whom to ask for a token; only listed hosts are."""
        try:
            url = URL(realm)
            host, origin = url.host, url.origin()
        except ValueError:
            host, origin = None, URL()
        if host is None:
            raise Refused("server_error", "asks for a token and does not say where one is")
        if origin == self._registry.origin:
            return self._registry, url.raw_path_qs
        if url.scheme != "https" and self._registry.origin.scheme == "https":
            raise Refused("host_not_listed", f"sends us to {host} for a token, without encryption")
        if not is_listed(url, self._hosts):
            raise Refused(
                "host_not_listed", f"sends us to {host} for a token, which is not listed. Fix: --registry {host}"
            )
        key = str(origin)
        if key not in self._issuers:
            self._issuers[key] = Http(
                key, token_file=None, seconds=self._seconds, redirect_hosts=frozenset(), option="--registry"
            )
        return self._issuers[key], url.raw_path_qs

    async def _login(self) -> Login | None:
        if self._file is None:
            return None
        try:
            content = await asyncio.to_thread(_bounded, self._file)
            logins = read_logins(content)
        except OSError as error:
            raise Refused("unreachable", f"was not asked: the file {self._file} cannot be read") from error
        except (ValueError, RecursionError) as error:
            why = "is no JSON" if isinstance(error, json.JSONDecodeError) else str(error)
            raise Refused("unreachable", f"was not asked: the file {self._file} {why}") from error
        return logins.get(self._registry.host)


def _bounded(file: Path) -> bytes:
    with file.open("rb") as stream:
        content = stream.read(LARGEST_CONFIG + 1)
    if len(content) > LARGEST_CONFIG:
        raise ValueError(f"is larger than {LARGEST_CONFIG // 1024 // 1024} MiB")
    return content


def _basic(login: Login) -> str:
    return "Basic " + base64.b64encode(f"{login.username}:{login.password}".encode()).decode("ascii")


def _token_in(content: bytes, host: str) -> str:
    try:
        values = json.loads(content)
    except (ValueError, RecursionError):
        values = None
    found = (values.get("token") or values.get("access_token")) if isinstance(values, Mapping) else None
    if not isinstance(found, str) or not found.isascii() or not found.isprintable():
        raise Refused("server_error", f"names {host} for tokens, which answers with none")
    return found
