"""
Serves the webhook over TLS, with the certificate that is on disk now.

The API server keeps idle connections for about 90 s; a server that closes first makes it report an unexpected end of file, so ours
waits longer. A certificate that changes on disk is used for new connections; one that cannot be used leaves the old one in place.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import structlog
import uvicorn
from fastapi import FastAPI

from weighbridge.errors import UserError
from weighbridge.telemetry import Metrics

KEEP_ALIVE = 120
"""Seconds an idle connection is kept, more than the API server's 90."""
GRACE = 20
"""Seconds that reviews in flight get when the server stops."""

Signature: TypeAlias = tuple[tuple[int, int, int], ...]
"""Inode, time of change and size of each file."""

_log = structlog.get_logger("weighbridge.webhook")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate chain and its key, in PEM files that may be replaced at any time."""

    chain: Path
    key: Path

    def context(self) -> tuple[Signature, ssl.SSLContext]:
        """Return a context to serve with and the signature of its files. Raises `UserError` when they cannot be used."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        try:
            signature = self.signature()
            self.load_into(context)
        except OSError as error:
            what = "do not belong together" if isinstance(error, ssl.SSLError) else "cannot be read"
            raise UserError(f"{self.chain}, {self.key}: the certificate and its key {what}: {_why(error)}") from None
        return signature, context

    def load_into(self, context: ssl.SSLContext) -> None:
        """Use the files in `context`. Raises `OSError`, of which `ssl.SSLError` is one."""
        context.load_cert_chain(self.chain, self.key)

    def signature(self) -> Signature:
        """Return what changes when the files are replaced. Raises `OSError`."""
        return tuple((one.st_ino, one.st_mtime_ns, one.st_size) for one in map(os.stat, (self.chain, self.key)))


class Server(uvicorn.Server):
    """A TLS server that follows its certificate and leaves signals to whoever started it."""

    def __init__(self, app: FastAPI, certificate: Certificate, metrics: Metrics, *, poll: float = 5.0) -> None:
        """Prepare to serve; `poll` is how often, in seconds, the certificate is looked at. Raises `UserError`."""
        loaded, context = certificate.context()
        super().__init__(
            uvicorn.Config(
                app,
                ssl_context_factory=lambda _config, _default: context,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=GRACE,
                access_log=False,
                log_config=None,
                lifespan="off",
                server_header=False,
            )
        )
        self._certificate = certificate
        self._loaded = loaded
        self._context = context
        self._metrics = metrics
        self._poll = poll

    async def run_on(self, listener: socket.socket) -> None:
        """Serve on a bound socket until `stop` is called."""
        watcher = asyncio.create_task(self._follow())
        try:
            await self.serve(sockets=[listener])
        finally:
            watcher.cancel()

    def stop(self) -> None:
        """Let the reviews in flight be answered, then stop serving."""
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals alone."""
        yield

    async def _follow(self) -> None:
        seen = self._loaded
        # Polled, because a mounted Secret is replaced by swapping a symbolic link above the files.
        while True:
            await asyncio.sleep(self._poll)
            try:
                found = self._certificate.signature()
                if found in (self._loaded, seen):
                    continue
                seen = found
                # First into a context of its own: a failed load may leave a new certificate with the old key.
                self._certificate.load_into(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
                self._certificate.load_into(self._context)
            except OSError as error:
                self._metrics.certificate_loads.labels("failed").inc()
                _log.warning("certificate not replaced, the old one stays", because=_why(error))
            else:
                self._loaded = found
                self._metrics.certificate_loads.labels("replaced").inc()
                _log.info("certificate replaced")


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket; no host is every address, port 0 a free one. Raises `UserError` when they cannot be had."""
    everywhere = not host and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if everywhere or ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=1024, dualstack_ipv6=everywhere)
    except OSError as error:
        raise UserError(f"{host}:{port}: cannot listen here: {_why(error)}") from None
    # Head and body of an answer are two writes; without this the second waits 40 ms for an acknowledgment of the first.
    # asyncio sets it only on sockets whose protocol number is stated, which accepted ones inherit as 0.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _why(error: OSError) -> str:
    return getattr(error, "reason", None) or error.strerror or str(error)
