"""
HTTP as sources speak it: one host, a token for it alone, redirects that are looked at, and limits on size and time.

All failures of the client end as `Refused`; this is the only place that knows them.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from yarl import URL

from weighbridge.errors import UserError
from weighbridge.sources.answers import Refused
from weighbridge.sources.network import Addresses, NotAllowed, next_hop

CONNECTIONS = 16
"""To one host at the same time."""

_MOST_REDIRECTS = 5
_CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes (\d{1,16})-(\d{1,16})/(?:\d{1,16}|\*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a file, in bytes; shorter where the file ends."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Answered:
    """What a host answered."""

    status: int
    headers: Mapping[str, str]
    content: bytes | None
    """`None` when it is larger than was asked for, or the answer is no success."""


@dataclass(frozen=True, slots=True)
class _Question:
    method: str
    path: str
    window: Window | None
    headers: Mapping[str, str]
    form: Mapping[str, str] | None = None


class Http:
    """Asks one host."""

    def __init__(
        self,
        endpoint: str,
        *,
        token_file: Path | None,
        seconds: float,
        redirect_hosts: frozenset[str],
        option: str = "--hub",
    ) -> None:
        """
        Ask the host at `endpoint`, each question for at most `seconds`; raises `UserError` for something that is no address.

        The token is read from `token_file` at every use, so that it can be rotated, and is sent to this host only.
        `option` is where the operator wrote the endpoint.
        """
        self._endpoint = _endpoint(endpoint, option)
        self._token_file = token_file
        self._seconds = seconds
        self._redirect_hosts = redirect_hosts
        self._addresses = Addresses(self._endpoint.host or "")
        self._session: aiohttp.ClientSession | None = None

    @property
    def host(self) -> str:
        """The endpoint's host, with its port where it is unusual."""
        host = self._endpoint.host or ""
        return host if self._endpoint.is_default_port() else f"{host}:{self._endpoint.port}"

    @property
    def origin(self) -> URL:
        """The endpoint without path."""
        return self._endpoint.origin()

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(
        self,
        path: str,
        limit: int,
        commit: str | None,
        window: Window | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """
        Ask for `path` below the endpoint, at most `limit` bytes or the `window`; raises `Refused`.

        An answer that says it is about another `commit` is refused. `headers` are sent to this host only.
        """
        question = _Question("GET", self._endpoint.raw_path.rstrip("/") + path, window, headers or {})
        async with self._response(question) as response:
            if response.status == 416 and window is not None:
                return Answered(200, response.headers, b"")  # the file ends before the window
            if response.status not in (200, 206):
                return Answered(response.status, response.headers, None)
            _is_about(response, commit)
            if window is None:
                return Answered(response.status, response.headers, await _content(response, limit))
            return Answered(200, response.headers, await _piece(response, window))

    async def post(self, path: str, form: Mapping[str, str], limit: int) -> Answered:
        """Send a form to `path` below the endpoint; it goes to this host only. Raises `Refused`."""
        question = _Question("POST", self._endpoint.raw_path.rstrip("/") + path, None, {}, form)
        async with self._response(question) as response:
            if response.status != 200:
                return Answered(response.status, response.headers, None)
            return Answered(200, response.headers, await _content(response, limit))

    @asynccontextmanager
    async def _response(self, question: _Question) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask, follow redirects, and translate the client's errors: the only place that knows them."""
        url = self._endpoint.origin().join(URL(question.path, encoded=True))
        try:
            async with asyncio.timeout(self._seconds):
                for _ in range(_MOST_REDIRECTS):
                    headers = await self._headers(url, question)
                    async with self._client().request(
                        question.method, url, headers=headers, data=question.form, allow_redirects=False
                    ) as response:
                        if response.status not in (301, 302, 303, 307, 308):
                            yield response
                            return
                        url = self._next(url, response, question)
                raise Refused("server_error", f"redirects more than {_MOST_REDIRECTS} times")
        except TimeoutError as error:
            raise Refused("timeout", f"gave no answer in {self._seconds:.3g} s") from error
        except NotAllowed as error:
            raise Refused("host_not_listed", str(error)) from error
        except (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError, ConnectionResetError) as error:
            raise Refused("unreachable", "cut the connection before the answer was whole") from error
        except (aiohttp.ClientConnectionError, OSError) as error:
            raise Refused("unreachable", f"cannot be reached: {_reason(error)}") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise Refused("server_error", f"gave an answer that is no HTTP: {_reason(error)}") from error

    def _next(self, url: URL, response: aiohttp.ClientResponse, question: _Question) -> URL:
        if question.form is not None:
            raise NotAllowed("redirects those who send it a secret")
        location = response.headers.get("Location")
        return next_hop(url, location, self._endpoint, self._redirect_hosts, self._addresses)

    async def _headers(self, url: URL, question: _Question) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity", "User-Agent": "weighbridge"}
        if question.window is not None:
            first = question.window.start
            headers["Range"] = f"bytes={first}-{first + question.window.length - 1}"
        if url.origin() == self._endpoint.origin():
            headers.update(question.headers)
        if self._token_file is not None and url.origin() == self._endpoint.origin():
            try:
                token = (await asyncio.to_thread(self._token_file.read_text, encoding="utf-8")).strip()
            except (OSError, UnicodeDecodeError) as error:
                raise Refused(
                    "unreachable", f"was not asked: the token file {self._token_file} cannot be read"
                ) from error
            headers["Authorization"] = f"Bearer {token}"
        return headers

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(resolver=self._addresses, limit_per_host=CONNECTIONS)
            self._session = aiohttp.ClientSession(
                connector=connector, auto_decompress=False, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


def _is_about(response: aiohttp.ClientResponse, commit: str | None) -> None:
    """Raise `Refused` for an answer to another question."""
    answered = response.headers.get("X-Repo-Commit")
    if commit is not None and answered is not None and answered != commit:
        raise Refused("server_error", f"answered for {answered[:7]} when asked for {commit[:7]}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Refused("server_error", "answered compressed when asked not to")


async def _content(response: aiohttp.ClientResponse, limit: int) -> bytes | None:
    """Return the body, or `None` when it is larger than `limit`."""
    if response.status != 200:
        raise Refused("server_error", f"answered {response.status} when asked for a whole file")
    if response.content_length is not None and response.content_length > limit:
        return None
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


async def _piece(response: aiohttp.ClientResponse, window: Window) -> bytes:
    """Return a piece of a file, also from a host that knows no ranges and sends all of it; the rest is never read."""
    begin = window.start
    if response.status == 206:
        told = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if told is None or int(told[1]) != window.start:
            raise Refused("server_error", "answered with another piece of the file than it was asked for")
        begin = 0
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) >= begin + window.length:
            break
    return bytes(body[begin : begin + window.length])


def _endpoint(text: str, option: str) -> URL:
    try:
        endpoint = URL(text.rstrip("/"))
    except ValueError:
        endpoint = URL()
    if endpoint.scheme not in ("http", "https") or not endpoint.host:
        kind, expected = (
            ("hub", "https://HOST or a folder") if option == "--hub" else ("registry", "HOST or https://HOST")
        )
        raise UserError(f"{option} {text!r}: not the address of a {kind}, expected {expected}")
    return endpoint


def _reason(error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "its name does not resolve"
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
            return "its certificate is not trusted"
        case OSError(strerror=str() as text):
            return text
        case _:
            return type(error).__name__
