"""
A store of attestations: a folder, or one behind HTTP, with one file for each thing that somebody attested.

The name is algorithm, hyphen and digest, `gitCommit-3f9c….jsonl` or `sha256-0e1f….jsonl`; each line is a Sigstore bundle.
Nothing in it is believed that does not verify, so anybody may serve it.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Protocol

from weighbridge.errors import UserError
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.sources.answers import Refused
from weighbridge.sources.http import Http
from weighbridge.sources.interface import Clock, Outage, utc_now

LARGEST_FILE = 16 * 1024 * 1024
_KEY = re.compile(r"[A-Za-z0-9]{1,20}-[0-9a-f]{32,128}")


class AttestationStore(Protocol):
    """Where attestations about a digest can be had."""

    @property
    def host(self) -> str:
        """Whom a person would say we asked."""

    async def attestations(self, key: str) -> Outcome[bytes | Unreadable]:
        """Return the bundles about `gitCommit-…` or `sha256-…`, one in each line; `Missing` when there are none."""

    def late(self, seconds: float) -> Unknown:
        """Return what to say when the store has not answered in `seconds`."""

    async def close(self) -> None:
        """Close all connections."""


class AttestationFolder:
    """A store that is a folder."""

    def __init__(self, root: Path, clock: Clock = utc_now) -> None:
        """Read files below `root`."""
        self._root = root
        self._outage = Outage(str(root), clock)

    @property
    def host(self) -> str:
        """The folder."""
        return self._outage.host

    def late(self, seconds: float) -> Unknown:
        """Say that the store has not answered in time."""
        return self._outage.unknown("timeout", f"no answer from {self.host} in {seconds:.3g} s")

    async def attestations(self, key: str) -> Outcome[bytes | Unreadable]:
        """Return what lies there about a digest."""
        return await asyncio.to_thread(self._read, key)

    async def close(self) -> None:
        """Nothing is held open."""

    def _read(self, key: str) -> Outcome[bytes | Unreadable]:
        name = _file(key)
        try:
            if not self._root.is_dir():
                raise NotADirectoryError(None, "there is no such folder")
            with (self._root / name).open("rb") as stream:
                content = stream.read(LARGEST_FILE + 1)
        except FileNotFoundError:
            self._outage.over()
            return Missing(f"{name} in {self.host}")
        except OSError as error:
            return self._outage.unknown("unreachable", f"{self.host} cannot be read: {error.strerror or 'no answer'}")
        self._outage.over()
        return _kept(name, content if len(content) <= LARGEST_FILE else None)


class HttpAttestations:
    """A store behind HTTP."""

    def __init__(self, endpoint: str, clock: Clock = utc_now, *, seconds: float = 10.0, offline: bool = False) -> None:
        """Ask `endpoint`, each question for at most `seconds`; with `offline` nothing is asked."""
        self._http = Http(endpoint, token_file=None, seconds=seconds, redirect_hosts=frozenset())
        self._outage = Outage(self._http.host, clock)
        self._offline = offline

    @property
    def host(self) -> str:
        """The endpoint's host, with its port where it is unusual."""
        return self._outage.host

    async def close(self) -> None:
        """Close all connections."""
        await self._http.close()

    def late(self, seconds: float) -> Unknown:
        """Say that the store has not answered in time."""
        return self._outage.unknown("timeout", f"no answer from {self.host} in {seconds:.3g} s")

    async def attestations(self, key: str) -> Outcome[bytes | Unreadable]:
        """Ask for what is attested about a digest."""
        name = _file(key)
        if self._offline:
            return Unknown("offline", self.host, None, f"{self.host} is not asked: --offline")
        try:
            answered = await self._http.get(f"/{name}", LARGEST_FILE, None)
        except Refused as error:
            return self._outage.unknown(error.because, f"{self.host} {error}")
        match answered.status:
            case 200:
                self._outage.over()
                return _kept(name, answered.content)
            case 404 | 410:
                self._outage.over()
                return Missing(f"{name} at {self.host}")
            case 401 | 403:
                return Unknown("private_or_absent", self.host, None, f"{self.host} refuses to say what is attested")
            case 429:
                return self._outage.unknown("rate_limited", f"{self.host} answers no more questions for now")
            case status:
                return self._outage.unknown("server_error", f"{self.host} answers {status}")


def attestation_store(text: str, *, offline: bool = False) -> AttestationStore:
    """Return the store at a folder or an address; raises `UserError` for what is neither."""
    if "://" not in text:
        return AttestationFolder(Path(text))
    if not text.startswith(("https://", "http://")):
        raise UserError(f"--attestations {text!r}: expected a folder or https://HOST/PATH")
    return HttpAttestations(text, offline=offline)


def _file(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no algorithm and digest")
    return f"{key}.jsonl"


def _kept(name: str, content: bytes | None) -> Outcome[bytes | Unreadable]:
    if content is None:
        return Found(Unreadable(f"{name} is larger than {LARGEST_FILE >> 20} MiB"))
    return Found(content)
