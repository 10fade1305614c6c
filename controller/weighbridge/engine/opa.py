"""Asks a real OPA over a unix socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec
import yarl
from opa_client import AsyncOpaClient

from weighbridge.engine.authorization import AUTHORIZATION
from weighbridge.engine.bundles import ENTRYPOINT
from weighbridge.engine.interface import Answered
from weighbridge.errors import EngineError

ANSWER_BYTES = 8 << 20
SECONDS = 5.0
"""How long one question may take; the caller's own deadline may be shorter."""

_JSON = {"Content-Type": "application/json"}


class OpaSidecar(AsyncOpaClient):
    """
    Asks the OPA beside us, over a unix socket.

    To be entered with `async with` on the running loop.
    It survives a restart of OPA: each question has a connection of its own, so none is ever sent into one that is dead.
    """

    def __init__(self, socket: Path, *revisions: str, seconds: float = SECONDS, entrypoint: str = ENTRYPOINT) -> None:
        """Ask for `entrypoint`; expect answers of one of `revisions`, each within `seconds`."""
        # The host stays "localhost": it becomes the Host header.
        super().__init__(retries=0, timeout=seconds)  # type: ignore[no-untyped-call]
        self.socket = socket
        self.entrypoint = entrypoint
        self.revisions = frozenset(revisions)

    def expect(self, *revisions: str) -> None:
        """Accept answers of these revisions from now on: the current one, and the next while OPA changes over."""
        self.revisions = frozenset(revisions)

    async def __aenter__(self) -> Self:
        await self._init_session()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close_connection()  # type: ignore[no-untyped-call]

    async def _init_session(self) -> None:
        self._connector = aiohttp.UnixConnector(str(self.socket), force_close=True, limit=64)
        self._session = aiohttp.ClientSession(
            connector=self._connector, headers=self.headers, timeout=aiohttp.ClientTimeout(total=self.timeout)
        )

    async def decide(self, facts_body: bytes) -> Answered:
        """
        Ask about one document.

        Raises `EngineError` when OPA cannot be asked, when the decision is undefined,
        or when policies that nobody expects have answered.
        """
        document = await self._post(b'{"input":' + facts_body + b"}", strict=True)
        if "warning" in document:
            raise EngineError(
                f"opa: answered with a warning, {_message(document['warning'])}. Fix: report this, it is a bug"
            )
        if "result" not in document:
            raise EngineError(
                f"opa: data.{self.entrypoint.replace('/', '.')} is undefined. "
                "Fix: load policies whose main gives a decision for every input"
            )
        return Answered(document["result"], self._expected(_revisions(document)))

    async def active(self) -> frozenset[str]:
        """Return the revisions of the policies OPA has loaded. Raises `EngineError` when it cannot be asked."""
        return _revisions(await self._post(b'{"input":null}', strict=False))

    async def ready(self) -> None:
        """Return when OPA answers by an expected revision. Raises `EngineError` when not."""
        self._expected(await self.active())

    async def _post(self, body: bytes, *, strict: bool) -> dict[str, Any]:
        query = "?provenance=true&strict-builtin-errors=true" if strict else "?provenance=true"
        url = yarl.URL(f"{self.root_url}/data/{self.entrypoint}{query}")
        if self._session is None:
            raise EngineError("opa: asked outside `async with`. Fix: report this, it is a bug")
        with self._translated():
            # Not `_request`: a question is never repeated behind the caller's back.
            async with self._session.post(url, data=body, headers=_JSON) as reply:
                raw = await _read(reply)
                status = reply.status
        try:
            document = msgspec.json.decode(raw)
        except (msgspec.DecodeError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise EngineError(
                f"opa: HTTP {status} with a body that is no JSON object. Fix: check what listens on {self.socket}"
            )
        if status != 200:
            raise EngineError(
                f"opa: HTTP {status}, {_message(document)}. "
                "Fix: mend the policy, or report this if it is no policy of yours"
            )
        return document

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            raise EngineError(
                f"opa: no answer within {self.timeout:g} s on {self.socket}. "
                "Fix: give it more CPU, or simplify the policies"
            ) from None
        except (aiohttp.ClientError, OSError) as error:
            why = (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
            raise EngineError(
                f"opa: cannot be asked on {self.socket}, {why}. Fix: check that opa runs; it is asked again by itself"
            ) from None

    def _expected(self, revisions: frozenset[str]) -> str:
        known = revisions & self.revisions
        if len(revisions) != 1 or not known:
            got, expected = " and ".join(sorted(revisions)) or "none", " or ".join(sorted(self.revisions))
            raise EngineError(
                f"opa: answers by revision {got}, expected {expected}. "
                "Fix: wait until it has loaded the bundle, or restart it"
            )
        return next(iter(known))


async def _read(reply: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    async for chunk in reply.content.iter_any():
        raw += chunk
        if len(raw) > ANSWER_BYTES:
            raise EngineError(f"opa: an answer of more than {ANSWER_BYTES >> 20} MiB. Fix: make the policies say less")
    return bytes(raw)


def _revisions(document: dict[str, Any]) -> frozenset[str]:
    """Collect the revisions of all bundles but the one that limits OPA's interface."""
    bundles = _at(document, "provenance", "bundles")
    named = bundles.values() if isinstance(bundles, dict) else ()
    return frozenset(str(_at(bundle, "revision") or "") for bundle in named) - {AUTHORIZATION}


def _message(document: object) -> str:
    """Return OPA's own words, with the place in the policy where it gives one."""
    errors = _at(document, "errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    where, row = _at(first, "location", "file"), _at(first, "location", "row")
    text = str(_at(first, "message") or _at(document, "message") or "no message")[:500]
    return f"{where}:{row}: {text}" if where else text


def _at(value: object, *keys: str) -> Any:
    """Follow `keys` down; absent, null and not-an-object all end at `None`."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
