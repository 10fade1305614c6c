"""Which addresses a hub may send us to: a redirect must not reach into the cluster's own network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Set as AbstractSet

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL


class NotAllowed(Exception):
    """A redirect to where we do not go; the text ends a sentence that begins with the host."""


class Addresses(AbstractResolver):
    """
    Resolves names, and leaves out private addresses of hosts other than the endpoint.

    The endpoint is the operator's choice; where it is private itself, the hosts it names may be too.
    """

    def __init__(self, endpoint_host: str) -> None:
        """Treat `endpoint_host` as chosen by the operator."""
        self._endpoint_host = endpoint_host
        self._inner: ThreadedResolver | None = None
        self._endpoint_private: bool | None = _private(endpoint_host)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host that may be asked."""
        if self._inner is None:
            self._inner = ThreadedResolver()
        found = await self._inner.resolve(host, port, family)
        if host == self._endpoint_host:
            self._endpoint_private = any(_private(one["host"]) for one in found)
            return found
        allowed = [one for one in found if self._endpoint_private or not _private(one["host"])]
        if not allowed:
            raise OSError(None, f"{host} has private addresses only")
        return allowed

    async def close(self) -> None:
        """Nothing is held open."""

    def may_ask(self, host: str) -> bool:
        """Tell whether a host that is written as an address may be asked; names are judged when they resolve."""
        return not _private(host) or host == self._endpoint_host or bool(self._endpoint_private)


def next_hop(at: URL, location: str | None, endpoint: URL, hosts: AbstractSet[str], addresses: Addresses) -> URL:
    """Return where a redirect leads; raises `NotAllowed` when we do not go there."""
    if not location:
        raise NotAllowed("redirects to nowhere")
    try:
        target = at.join(URL(location, encoded=True))
        host, port = target.host, target.port
    except ValueError as error:
        raise NotAllowed("redirects to something that is no address") from error
    if target.scheme not in ("http", "https") or host is None:
        raise NotAllowed(f"redirects to a {target.scheme or 'nameless'} address")
    if target.scheme == "http" and endpoint.scheme == "https":
        raise NotAllowed(f"redirects to {host} without encryption")
    if (host, port) != (endpoint.host, endpoint.port) and not is_listed(target, hosts):
        raise NotAllowed(f"redirects to {host}, which is not among the hosts it may redirect to")
    if not addresses.may_ask(host):
        raise NotAllowed(f"redirects to the private address {host}")
    return target


def is_listed(url: URL, hosts: AbstractSet[str]) -> bool:
    """Tell whether the host of an address is among `hosts`: `HOST`, `HOST:PORT`, or `.hf.co` for all hosts below it."""
    host = url.host or ""
    parents = [host[at:] for at, character in enumerate(host) if character == "."]
    return any(one in hosts for one in (host, f"{host}:{url.port}", *parents))


def _private(host: str) -> bool | None:
    """Tell whether an address is private; `None` for a name."""
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return None
