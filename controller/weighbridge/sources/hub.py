"""
A model hub that speaks the API of the Hugging Face Hub, at any endpoint.

A branch is turned into a commit first; everything else is asked at that commit, so that a branch that moves meanwhile
never mixes two revisions.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import aiohttp
from yarl import URL

from weighbridge.errors import UserError
from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.sources.answers import Refused, listed, refusal, repository_answer
from weighbridge.sources.interface import LISTING_BYTES, Clock, Listing, Outage, utc_now
from weighbridge.sources.network import Addresses, NotAllowed, next_hop

DEFAULT_BRANCH = "main"

_REPOSITORY = re.compile(r"(?:[\w.-]{1,96}/)?[\w.-]{1,96}", re.ASCII)
_MOST_REDIRECTS = 5
_KEPT_LISTINGS = 32
_CHUNK = 64 * 1024
_MISSING_CODES = ("RepoNotFound", "RevisionNotFound", "EntryNotFound")


class HubSource:
    """A hub over HTTP."""

    def __init__(
        self,
        endpoint: str,
        clock: Clock = utc_now,
        *,
        token_file: Path | None = None,
        seconds: float = 10.0,
        redirect_hosts: frozenset[str] = frozenset(),
        offline: bool = False,
    ) -> None:
        """
        Ask the hub at `endpoint` (`https://huggingface.co`), each question for at most `seconds`.

        The token is read from `token_file` at every use, so that it can be rotated, and is sent to this host only.
        With `offline` nothing is asked. Redirects are followed on the same host and to `redirect_hosts`, never to a private address unless the endpoint is one.
        """
        self._endpoint = _endpoint(endpoint)
        self._outage = Outage(_shown(self._endpoint), clock)
        self._clock = clock
        self._token_file = token_file
        self._seconds = seconds
        self._redirect_hosts = redirect_hosts
        self._offline = offline
        self._addresses = Addresses(self._endpoint.host or "")
        self._session: aiohttp.ClientSession | None = None
        self._listings: OrderedDict[tuple[str, str], Listing | Unreadable] = OrderedDict()

    @property
    def host(self) -> str:
        """The endpoint's host, with its port where it is unusual."""
        return self._outage.host

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def late(self, seconds: float) -> Unknown:
        """Say that the hub has not answered in time."""
        return self._outage.unknown("timeout", f"no answer from {self.host} in {seconds:.3g} s")

    async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
        """Ask which commit a revision is; the answer holds the listing too, which is kept for `listing`."""
        if _not_a_name(repository):
            return Missing(f"{repository} at {self.host}")
        asked = await self._repository(repository, revision or DEFAULT_BRANCH)
        match asked:
            case Found(value=(commit, listing)):
                self._keep(repository, commit, listing)
                return Found(Resolved(commit, None, revision, immutable=revision == commit))
            case Missing() | Unknown():
                return asked

    async def listing(self, repository: str, commit: str) -> Outcome[Listing | Unreadable]:
        """Return the files at a commit."""
        known = self._listings.get((repository, commit))
        if known is not None:
            return Found(known)
        asked = await self._repository(repository, commit)
        match asked:
            case Found(value=(answered, listing)) if answered == commit:
                self._keep(repository, commit, listing)
                return Found(listing)
            case Found(value=(answered, _)):
                return self._outage.unknown(
                    "server_error", f"{self.host} answered {answered[:7]} when asked for {commit[:7]}"
                )
            case Missing() | Unknown():
                return asked

    async def read(self, repository: str, commit: str, path: str, limit: int) -> Outcome[bytes | Unreadable]:
        """Return the content of a file at a commit."""
        url = (
            self._endpoint.raw_path.rstrip("/") + f"/{quote(repository)}/resolve/{quote(commit, safe='')}/{quote(path)}"
        )
        return await self._get(url, limit, f"{path} of {repository}@{commit[:7]}", path, commit)

    async def _repository(self, repository: str, revision: str) -> Outcome[tuple[str, Listing | Unreadable]]:
        path = f"/api/models/{quote(repository)}/revision/{quote(revision, safe='')}?blobs=true"
        about = (
            f"{repository} at {self.host}" if revision == DEFAULT_BRANCH else f"{repository}@{revision} at {self.host}"
        )
        got = await self._get(self._endpoint.raw_path.rstrip("/") + path, LISTING_BYTES, about, "the listing", None)
        match got:
            case Found(value=body):
                if isinstance(body, Unreadable):
                    # Without the commit nothing can be asked: a listing no client could read is a hub that does not answer.
                    return self._outage.unknown("server_error", f"{self.host}: {body.unreadable}")
                answer = repository_answer(body)
                if answer is None:
                    return self._outage.unknown(
                        "server_error", f"{self.host} gave an answer that does not describe {about}"
                    )
                return Found((answer.commit, listed(answer)))
            case Missing() | Unknown():
                return got

    def _keep(self, repository: str, commit: str, listing: Listing | Unreadable) -> None:
        self._listings[repository, commit] = listing
        self._listings.move_to_end((repository, commit))
        if len(self._listings) > _KEPT_LISTINGS:
            self._listings.popitem(last=False)

    async def _get(
        self, path: str, limit: int, about: str, name: str, commit: str | None
    ) -> Outcome[bytes | Unreadable]:
        if self._offline:
            return Unknown("offline", self.host, None, f"{self.host} is not asked: --offline")
        try:
            async with self._response(path) as response:
                if response.status != 200:
                    return self._refused(response, about)
                content = await _content(response, limit, commit)
        except Refused as error:
            return self._outage.unknown(error.because, f"{self.host} {error}")
        self._outage.over()
        return Found(content if content is not None else Unreadable(f"{name} is larger than {_size(limit)}"))

    def _refused(self, response: aiohttp.ClientResponse, about: str) -> Missing | Unknown:
        code = response.headers.get("X-Error-Code", "")
        if response.status == 404 and code in ("", *_MISSING_CODES):
            self._outage.over()
            return Missing(about)
        if response.status in (401, 403):
            # The hub answers, and says the same of what is private and what does not exist.
            self._outage.over()
            reason = "is gated" if code == "GatedRepo" else "is private or does not exist"
            return Unknown(
                "private_or_absent", self.host, None, f"{about} {reason}: {self.host} answers {response.status}"
            )
        refused = refusal(response.status, response.headers, self._clock())
        return self._outage.unknown(refused.because, f"{self.host} {refused}")

    @asynccontextmanager
    async def _response(self, path: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask, follow redirects, and translate the client's errors: the only place that knows them."""
        url = self._endpoint.origin().join(URL(path, encoded=True))
        try:
            async with asyncio.timeout(self._seconds):
                for _ in range(_MOST_REDIRECTS):
                    headers = await self._headers(url)
                    async with self._client().get(url, headers=headers, allow_redirects=False) as response:
                        if response.status not in (301, 302, 303, 307, 308):
                            yield response
                            return
                        url = next_hop(
                            url, response.headers.get("Location"), self._endpoint, self._redirect_hosts, self._addresses
                        )
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

    async def _headers(self, url: URL) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity", "User-Agent": "weighbridge"}
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
            connector = aiohttp.TCPConnector(resolver=self._addresses, limit_per_host=16)
            self._session = aiohttp.ClientSession(
                connector=connector, auto_decompress=False, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


async def _content(response: aiohttp.ClientResponse, limit: int, commit: str | None) -> bytes | None:
    """Return the body, or `None` when it is larger than `limit`; raises `Refused` for an answer to another question."""
    answered = response.headers.get("X-Repo-Commit")
    if commit is not None and answered is not None and answered != commit:
        raise Refused("server_error", f"answered for {answered[:7]} when asked for {commit[:7]}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Refused("server_error", "answered compressed when asked not to")
    if response.content_length is not None and response.content_length > limit:
        return None
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


def _endpoint(text: str) -> URL:
    try:
        endpoint = URL(text.rstrip("/"))
    except ValueError:
        endpoint = URL()
    if endpoint.scheme not in ("http", "https") or not endpoint.host:
        raise UserError(f"--hub {text!r}: not the address of a hub, expected https://HOST or a folder")
    return endpoint


def _not_a_name(repository: str) -> bool:
    return _REPOSITORY.fullmatch(repository) is None or any(part in (".", "..") for part in repository.split("/"))


def _shown(endpoint: URL) -> str:
    host = endpoint.host or ""
    return host if endpoint.is_default_port() else f"{host}:{endpoint.port}"


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


def _size(limit: int) -> str:
    return f"{limit // 1024 // 1024} MiB" if limit >= 1024 * 1024 else f"{limit // 1024} KiB"
