"""
Verifies bundles against everything a site trusts, off the event loop, each once for as long as nothing changes.

A bundle that several signers' material proves has one signer; which TrustedSigner objects it verifies with is what is learnt here.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from weighbridge.model.provenance import Refused, Verified
from weighbridge.provenance import Trust, method_of, verify

MOST_PROOFS = 4_096
"""Bundles whose results are kept; the one not asked for longest goes first."""
VERIFIED_SECONDS = 600.0
"""How long a result holds: certificates expire, so none holds for good."""
_STRANGERS = ("wrong_method", "unknown_key", "unknown_authority")
"""Reasons that say least: another signer's material may say more."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """What a site trusts, by the name of its TrustedSigner."""

    trusts: Mapping[str, Trust]

    @property
    def version(self) -> str:
        """Changes whenever a result could."""
        parts = [f"{name} {trust.version}" for name, trust in sorted(self.trusts.items())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of a bundle."""

    bundle: str
    """`sha256:…`"""
    verified: Verified | None
    code: str | None
    detail: str
    anchors: tuple[str, ...]


class Verifying:
    """Verifies bundles."""

    def __init__(self, anchors: Callable[[], Anchors], clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        """Trust `anchors`, asked each time so that they can change; `clock` counts seconds, `now` is the time of day."""
        self._anchors = anchors
        self._now = now
        self._clock = clock
        self._proofs: OrderedDict[tuple[str, str], tuple[Proof, float]] = OrderedDict()

    @property
    def version(self) -> str:
        """Of what is trusted now."""
        return self._anchors().version

    async def proof(self, raw: bytes) -> Proof:
        """Return what a bundle proves."""
        anchors = self._anchors()
        key = (hashlib.sha256(raw).hexdigest(), anchors.version)
        known = self._proofs.get(key)
        if known is not None and 0 < known[1] - self._clock() <= VERIFIED_SECONDS:
            self._proofs.move_to_end(key)
            return known[0]
        proof = await asyncio.to_thread(prove, raw, anchors, self._now())
        self._proofs[key] = (proof, self._clock() + VERIFIED_SECONDS)
        self._proofs.move_to_end(key)
        while len(self._proofs) > MOST_PROOFS:
            self._proofs.popitem(last=False)
        return proof


def prove(raw: bytes, anchors: Anchors, now: datetime) -> Proof:
    """Hold one bundle against everything that is trusted."""
    bundle = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    method = method_of(raw)
    if isinstance(method, Refused):
        return Proof(bundle, None, method.code, method.detail, ())
    by_version: dict[str, list[str]] = {}
    trusts: dict[str, Trust] = {}
    for name, trust in sorted(anchors.trusts.items()):
        if trust.method == method:
            by_version.setdefault(trust.version, []).append(name)
            trusts[trust.version] = trust
    if not trusts:
        code = "wrong_method" if anchors.trusts else "no_trust"
        return Proof(bundle, None, code, f"nobody is trusted to sign by the method {method}", ())
    verified: Verified | None = None
    names: list[str] = []
    refusals: list[Refused] = []
    for version, trust in trusts.items():
        outcome = verify(raw, trust, now)
        if isinstance(outcome, Verified):
            verified, names = outcome, [*names, *by_version[version]]
        else:
            refusals.append(outcome)
    if verified is not None:
        return Proof(bundle, verified, None, "", tuple(sorted(names)))
    most = min(refusals, key=lambda one: one.code in _STRANGERS)
    return Proof(bundle, None, most.code, most.detail, ())
