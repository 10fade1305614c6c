"""
A model hub that speaks the API of the Hugging Face Hub, at any endpoint.

A branch is turned into a commit first; everything else is asked at that commit, so that a branch that moves meanwhile
never mixes two revisions.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.scans import Scan
from weighbridge.sources.answers import Refused, listed, plain_answer, refusal, repository_answer, scan_answer
from weighbridge.sources.http import Answered, Http, Window
from weighbridge.sources.interface import LISTING_BYTES, Clock, Listing, Outage, utc_now

DEFAULT_BRANCH = "main"

_REPOSITORY = re.compile(r"(?:[\w.-]{1,96}/)?[\w.-]{1,96}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_KEPT_LISTINGS = 32
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
        plain: bool = False,
    ) -> None:
        """
        Ask the hub at `endpoint` (`https://huggingface.co`), each question for at most `seconds`.

        The token is read from `token_file` at every use, so that it can be rotated, and is sent to this host only.
        With `plain` the hub is a mirror that may not name commits and may not know parameters: a commit is then its own
        resolution, and a listing is asked for once more without parameters.
        With `offline` nothing is asked. Redirects are followed on the same host and to `redirect_hosts`, never to a private address unless the endpoint is one.
        """
        self._http = Http(endpoint, token_file=token_file, seconds=seconds, redirect_hosts=redirect_hosts)
        self._outage = Outage(self._http.host, clock)
        self._clock = clock
        self._offline = offline
        self._plain = plain
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
        await self._http.close()

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
        return await self._get(
            _file(repository, commit, path), limit, f"{path} of {repository}@{commit[:7]}", path, commit
        )

    async def read_range(
        self, repository: str, commit: str, path: str, start: int, length: int
    ) -> Outcome[bytes | Unreadable]:
        """Return a piece of a file at a commit, of at most `length` bytes."""
        about = f"{path} of {repository}@{commit[:7]}"
        return await self._get(_file(repository, commit, path), length, about, path, commit, Window(start, length))

    async def scan(self, repository: str, commit: str) -> Outcome[Scan | Unreadable]:
        """Return what the hub's scanners say now; a hub that says nothing of scans has none."""
        path = f"{_api(repository, commit)}?securityStatus=true"
        about = f"security scans of {repository}@{commit[:7]} at {self.host}"
        got = await self._get(path, LISTING_BYTES, about, "the scan status", None)
        match got:
            case Found(value=body):
                scan = scan_answer(body) if isinstance(body, bytes) else body
                return Missing(about) if scan is None else Found(scan)
            case Missing() | Unknown():
                return got

    async def _described(self, repository: str, revision: str, about: str) -> Outcome[bytes | Unreadable]:
        """Ask for the listing, and a mirror that knows no parameters once more without them."""
        got = await self._get(f"{_api(repository, revision)}?blobs=true", LISTING_BYTES, about, "the listing", None)
        if self._plain and isinstance(got, Missing):
            return await self._get(_api(repository, revision), LISTING_BYTES, about, "the listing", None)
        return got

    async def _repository(self, repository: str, revision: str) -> Outcome[tuple[str, Listing | Unreadable]]:
        about = (
            f"{repository} at {self.host}" if revision == DEFAULT_BRANCH else f"{repository}@{revision} at {self.host}"
        )
        got = await self._described(repository, revision, about)
        match got:
            case Found(value=body):
                if isinstance(body, Unreadable):
                    # Without the commit nothing can be asked: a listing no client could read is a hub that does not answer.
                    return self._outage.unknown("server_error", f"{self.host}: {body.unreadable}")
                itself = self._plain and _COMMIT.fullmatch(revision) is not None
                answer = plain_answer(body, revision) if itself else repository_answer(body)
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
        self, path: str, limit: int, about: str, name: str, commit: str | None, window: Window | None = None
    ) -> Outcome[bytes | Unreadable]:
        if self._offline:
            return Unknown("offline", self.host, None, f"{self.host} is not asked: --offline")
        try:
            answered = await self._http.get(path, limit, commit, window)
        except Refused as error:
            return self._outage.unknown(error.because, f"{self.host} {error}")
        if answered.status != 200:
            return self._refused(answered, about)
        self._outage.over()
        content = answered.content
        return Found(content if content is not None else Unreadable(f"{name} is larger than {_size(limit)}"))

    def _refused(self, response: Answered, about: str) -> Missing | Unknown:
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
        return self._outage.unknown(refused.because, f"{self.host} {refused}", refused.again_in)


def _not_a_name(repository: str) -> bool:
    return _REPOSITORY.fullmatch(repository) is None or any(part in (".", "..") for part in repository.split("/"))


def _api(repository: str, revision: str) -> str:
    return f"/api/models/{quote(repository)}/revision/{quote(revision, safe='')}"


def _file(repository: str, commit: str, path: str) -> str:
    return f"/{quote(repository)}/resolve/{quote(commit, safe='')}/{quote(path)}"


def _size(limit: int) -> str:
    return f"{limit // 1024 // 1024} MiB" if limit >= 1024 * 1024 else f"{limit // 1024} KiB"
