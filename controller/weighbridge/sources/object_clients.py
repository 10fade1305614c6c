"""
One object store through obstore: the only place that knows the library and its errors.

Credentials are those the library finds in files and variables (AWS_…, GOOGLE_…, AZURE_…); they are not looked at here
and appear in no message. The library's own retries are off: sparing a silent host is the business of those who ask.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from types import TracebackType
from typing import Self

import obstore
from obstore import exceptions
from obstore.store import ObjectStore, from_url

from weighbridge.sources.answers import Refused
from weighbridge.sources.egress import Egress
from weighbridge.sources.object_stores import StoreAddress
from weighbridge.sources.snapshots import StoredObject

_PAGE = 1000
_STATUS = re.compile(r"status code: (\d{3})")


class ObjectMissing(Exception):
    """The store says that there is no such object."""


class Changed(Exception):
    """The object is not the one that was listed."""


class Client:
    """Asks one store; every method raises `ObjectMissing`, `Changed` or `Refused`."""

    def __init__(self, address: StoreAddress) -> None:
        """Ask the store at `address`."""
        self._address = address
        self._egress = Egress(address.hosts)
        self._store: ObjectStore | None = None

    async def __aenter__(self) -> Self:
        await self._egress.__aenter__()
        self._store = _store(self._address, self._egress.url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store = None
        await self._egress.close()

    @property
    def refused(self) -> Sequence[str]:
        """Hosts that the store or a redirect led to, and that were not asked."""
        return self._egress.refused

    async def below(self, prefix: str) -> AsyncIterator[Sequence[StoredObject]]:
        """Return all objects below a prefix, page by page; a web server lists nothing."""
        if self._address.kind == "http":
            return
        try:
            async for page in obstore.list(self._opened(), prefix or None, chunk_size=_PAGE):
                yield [_stored(one) for one in page]
        except exceptions.BaseError as error:
            raise _refusal(error) from error

    async def one(self, key: str, version: str | None) -> StoredObject:
        """Return one object as its store describes it."""
        if not key:
            raise ObjectMissing
        try:
            options: obstore.GetOptions = {"head": True} if version is None else {"head": True, "version": version}
            found = await obstore.get_async(self._opened(), key, options=options)
        except FileNotFoundError as error:
            raise ObjectMissing from error
        except exceptions.BaseError as error:
            raise _refusal(error) from error
        return _stored(found.meta)

    async def read(self, one: StoredObject, start: int, end: int) -> bytes:
        """Return bytes of an object, if it still is the one that was listed."""
        options: obstore.GetOptions = {"range": (start, end)}
        if one.version is not None:
            options["version"] = one.version
        if (condition := _condition(one.tag)) is not None:
            options["if_match"] = condition
        try:
            got = await obstore.get_async(self._opened(), one.key, options=options)
            if _tag(got.meta) != one.tag or got.meta["size"] != one.size:
                raise Changed
            body = bytearray()
            async for chunk in got.stream(min_chunk_size=64 * 1024):
                body += chunk
                if len(body) > end - start:
                    raise Refused("server_error", "delivered more than it was asked for")
        except (FileNotFoundError, exceptions.PreconditionError) as error:
            raise Changed from error
        except exceptions.BaseError as error:
            raise _refusal(error) from error
        return bytes(body)

    def _opened(self) -> ObjectStore:
        if self._store is None:
            raise RuntimeError("the client is not open")
        return self._store


def _store(address: StoreAddress, proxy: str) -> ObjectStore:
    """Return the library's client, which connects through `proxy` alone and never retries by itself."""
    open_store: Callable[..., ObjectStore] = from_url  # its overloads want one configuration type per kind of store
    return open_store(
        address.name,
        config=_config(address),
        client_options={
            "proxy_url": proxy,
            "allow_http": (address.endpoint or "").startswith("http://") or address.instance,
            "connect_timeout": timedelta(seconds=10),
            "timeout": timedelta(minutes=1),
            "user_agent": "weighbridge",
        },
        retry_config={"max_retries": 0},
    )


def _config(address: StoreAddress) -> dict[str, str | bool]:
    match address.kind:
        case "s3":
            endpoint = {} if address.endpoint is None else {"endpoint": address.endpoint}
            return {"region": address.region, "skip_signature": address.anonymous, **endpoint}
        case "gs":
            base = {} if address.endpoint is None else {"base_url": address.endpoint}
            return {"skip_signature": address.anonymous, **base}
        case "azure":
            return {"skip_signature": address.anonymous}
        case "http":
            return {}


def _stored(meta: obstore.ObjectMeta) -> StoredObject:
    return StoredObject(meta["path"], meta["size"], _tag(meta), meta["version"])


def _tag(meta: obstore.ObjectMeta) -> str:
    """Return what changes with the content: the entity tag without quotes, or the time of the last change."""
    tag = meta["e_tag"]
    return tag.strip('"') if tag else meta["last_modified"].isoformat()


def _condition(tag: str) -> str | None:
    """Return the condition that a store checks for us; a weak tag or a time cannot be one."""
    return None if tag.startswith("W/") or re.match(r"\d{4}-\d\d-\d\dT", tag) else f'"{tag}"'


def _refusal(error: exceptions.BaseError) -> Exception:
    """Say why the store did not answer. The library's own words stay out: they may hold a signed address."""
    text = str(error)
    status = _STATUS.search(text)
    code = int(status[1]) if status is not None else None
    match error:
        case exceptions.UnauthenticatedError() | exceptions.PermissionDeniedError():
            return Refused("private_or_absent", "does not let us read")
        case _ if code == 404:
            return ObjectMissing()
        case _ if code in (401, 403):
            return Refused("private_or_absent", "does not let us read")
        case _ if code == 429 or "<Code>SlowDown</Code>" in text:
            return Refused("rate_limited", "limits how often it may be asked")
        case _ if code is not None:
            return Refused("server_error", f"answered {code}")
        case _ if "error sending request" in text:
            return Refused("unreachable", "cannot be reached")
        case _ if "body error" in text:
            return Refused("unreachable", "cut the connection before the answer was whole")
        case _:
            return Refused("server_error", "gave an answer that its client cannot read")
