"""
A registry as it speaks (OCI distribution-spec 1.1): manifests, blobs, pieces of blobs, referrers.

Whatever is read whole is compared with its digest. A piece of a blob cannot be, so pieces are used for sizes and headers
of weights only, and the transport vouches for them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from weighbridge.model.outcomes import Missing, Unknown, Unreadable
from weighbridge.sources.answers import Refused, refusal
from weighbridge.sources.artifacts import Descriptor, Index, Manifest, is_digest, matches, read_manifest
from weighbridge.sources.ended import Ended
from weighbridge.sources.http import Answered, Http, Window
from weighbridge.sources.interface import Clock, Outage
from weighbridge.sources.oci_tables import oci_table
from weighbridge.sources.registry_tokens import Tokens

MANIFEST_BYTES = 4 * 1024 * 1024
"""As the distribution-spec advises registries to accept."""
MOST_PAGES = 10
"""Of a list of referrers."""

_NO_REFERRERS = (404, 400, 405, 501)
"""What registries that do not know the API answer; the specification knows 404 only."""
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}", re.ASCII)
_NEXT = re.compile(r"<([^<>]{1,2000})>\s*;\s*rel=\"?next\"?")


@dataclass(frozen=True, slots=True)
class Delivered:
    """A manifest with the digest of its bytes."""

    digest: str
    content: bytes | None
    """`None` where it is larger than we read; its digest is then what the registry says."""


class Registry:
    """One registry."""

    def __init__(
        self, endpoint: str, clock: Clock, *, config_file: Path | None, seconds: float, hosts: frozenset[str]
    ) -> None:
        """
        Ask the registry at `endpoint`, each question for at most `seconds`; raises `UserError` for what is no address.

        `config_file` is Docker's config.json. Blobs and tokens may come from `hosts` too.
        """
        self._http = Http(endpoint, token_file=None, seconds=seconds, redirect_hosts=hosts, option="--registry")
        self._tokens = Tokens(self._http, config_file, seconds, hosts)
        self._clock = clock
        self.outage = Outage(self._http.host, clock)

    @property
    def host(self) -> str:
        """The registry's host, with its port where it is unusual."""
        return self._http.host

    async def close(self) -> None:
        """Close all connections."""
        await self._tokens.close()
        await self._http.close()

    async def manifest(self, name: str, reference: str) -> Delivered:
        """Return the manifest of a tag or digest; raises `Ended`."""
        if not is_digest(reference) and _TAG.fullmatch(reference) is None:
            raise Ended(Missing(f"{name}:{reference} at {self.host}"))
        about = f"{name}{'@' if is_digest(reference) else ':'}{reference} at {self.host}"
        answered = await self._ask(name, f"manifests/{reference}", MANIFEST_BYTES, about)
        told = answered.headers.get("Docker-Content-Digest", "")
        named = [one for one in (reference, told) if is_digest(one)]
        if answered.content is None:
            if not named:
                raise Ended(_too_large(about))
            return Delivered(named[0], None)
        wrong = next((one for one in named if not matches(answered.content, one)), None)
        if wrong is not None:
            raise self._lies(f"sent other bytes than those of {wrong[:19]} for {about}")
        own = f"sha256:{hashlib.sha256(answered.content).hexdigest()}"
        return Delivered(next(iter(named), own), answered.content)

    async def read(self, name: str, reference: str) -> Manifest | Index:
        """Return what the manifest of a tag or digest says; raises `Ended`."""
        delivered = await self.manifest(name, reference)
        if delivered.content is None:
            raise Ended(_too_large(f"of {name} at {self.host}"))
        return _usable(read_manifest(delivered.content))

    async def blob(self, name: str, blob: Descriptor, limit: int) -> bytes:
        """Return a blob, compared with its digest and its size; raises `Ended`, also for more than `limit` bytes."""
        about = f"blob {blob.digest[:19]} of {name} at {self.host}"
        if blob.size > limit:
            raise Ended(Unreadable(f"{about} is larger than {limit // 1024} KiB"))
        answered = await self._ask(name, f"blobs/{blob.digest}", blob.size, about, absent=())
        content = answered.content
        if content is None or len(content) != blob.size or not matches(content, blob.digest):
            raise self._lies(f"sent other bytes than those of {about}")
        return content

    async def piece(self, name: str, blob: Descriptor, start: int, length: int) -> bytes:
        """
        Return a piece of a blob, fewer bytes where it ends; nobody can tell whether they belong to its digest.

        Raises `Ended`.
        """
        about = f"blob {blob.digest[:19]} of {name} at {self.host}"
        length = min(length, blob.size - start)
        if length <= 0:
            return b""
        window = Window(start, length)
        answered = await self._ask(name, f"blobs/{blob.digest}", length, about, window, absent=())
        if answered.content is None or len(answered.content) != length:
            raise self._lies(f"ended {about} before its manifest says it does")
        return answered.content

    async def referrers(self, name: str, digest: str) -> tuple[Descriptor, ...]:
        """
        Return the manifests that say they are about a digest: those the API lists, else those under the digest's tag.

        Raises `Ended`.
        """
        about = f"referrers of {name}@{digest[:19]} at {self.host}"
        try:
            page = await self._ask(name, f"referrers/{digest}", MANIFEST_BYTES, about, absent=_NO_REFERRERS)
        except Ended as end:
            if isinstance(end.answer, Missing):
                return await self._by_tag(name, digest)
            raise
        found = list(_listed(page))
        for _ in range(MOST_PAGES):
            path = _next_page(page.headers.get("Link", ""), name)
            if path is None:
                return tuple(found)
            page = await self._ask(name, path, MANIFEST_BYTES, about, absent=())
            found += _listed(page)
        raise Ended(Unreadable(f"{name}@{digest[:19]} has more than {MOST_PAGES} pages of referrers"))

    async def _by_tag(self, name: str, digest: str) -> tuple[Descriptor, ...]:
        """Look under `sha256-…`, as the specification has it for registries without the API."""
        try:
            found = await self.read(name, digest.replace(":", "-"))
        except Ended as end:
            if isinstance(end.answer, Missing):
                return ()
            raise
        return found.manifests if isinstance(found, Index) else ()

    async def _ask(
        self,
        name: str,
        path: str,
        limit: int,
        about: str,
        window: Window | None = None,
        absent: tuple[int, ...] = (404,),
    ) -> Answered:
        """Return a successful answer; raises `Ended` for all others, which mean `Missing` where they are among `absent`."""
        try:
            answered = await self._authorized(name, f"/v2/{quote(name)}/{path}", limit, window)
        except Refused as error:
            raise self._unknown(error) from error
        if answered.status == 200:
            self.outage.over()
            return answered
        if answered.status in absent:
            self.outage.over()
            raise Ended(Missing(about))
        if answered.status in (401, 403):
            # The registry answers, and says the same of what is private and what does not exist.
            self.outage.over()
            why = f"{about} is private or does not exist: {self.host} answers {answered.status}"
            raise Ended(Unknown("private_or_absent", self.host, None, why))
        if answered.status == 404:
            raise self._lies(f"has no {about}, though it lists it")
        raise self._unknown(refusal(answered.status, answered.headers, self._clock()))

    async def _authorized(self, name: str, path: str, limit: int, window: Window | None) -> Answered:
        headers = {"Accept": oci_table().accept} if "/blobs/" not in path else {}
        known = self._tokens.known(name)
        first = {**headers, "Authorization": known} if known is not None else headers
        answered = await self._http.get(path, limit, None, window, first)
        if answered.status != 401:
            return answered
        shown = await self._tokens.answer(answered.headers.get("WWW-Authenticate", ""), name)
        if shown is None:
            return answered
        return await self._http.get(path, limit, None, window, {**headers, "Authorization": shown})

    def _lies(self, why: str) -> Ended:
        return self._unknown(Refused("server_error", why))

    def _unknown(self, refused: Refused) -> Ended:
        return Ended(self.outage.unknown(refused.because, f"{self.host} {refused}", refused.again_in))


def _too_large(about: str) -> Unreadable:
    return Unreadable(f"the manifest {about} is larger than {MANIFEST_BYTES // 1024 // 1024} MiB")


def _usable(read: Manifest | Index | Unreadable) -> Manifest | Index:
    if isinstance(read, Unreadable):
        raise Ended(read)
    return read


def _listed(page: Answered) -> tuple[Descriptor, ...]:
    read = _usable(read_manifest(page.content or b""))
    if not isinstance(read, Index):
        raise Ended(Unreadable("the list of referrers is none"))
    return read.manifests


def _next_page(link: str, name: str) -> str | None:
    """Return the path of the next page below the repository; a page anywhere else is none we look at."""
    match = _NEXT.search(link)
    _, here, rest = match[1].partition(f"/v2/{quote(name)}/") if match is not None else ("", "", "")
    return rest if here else None
