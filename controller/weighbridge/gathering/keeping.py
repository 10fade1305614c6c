"""Evidence that was put together: kept while every part of it holds, and gone on with when it was late."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Coroutine
from dataclasses import replace

from weighbridge.gathering.asking import Deadline
from weighbridge.gathering.packing import pack, unpack
from weighbridge.model.evidence import Evidence
from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import Asker
from weighbridge.store.interface import Key
from weighbridge.store.memory import Memory

MEMORY_BYTES = 48 * 1024 * 1024
"""For evidence of some ten thousand models."""
MOST_AT_HAND = 256
"""Models asked about last, whose evidence is not unpacked for each review."""
AHEAD_SECONDS = 60.0
"""For evidence that nobody waits for."""
MOST_AHEAD = 256
"""Models that are found out about while nobody waits."""

_UNTIL = struct.Struct(">d")


class EvidenceMemory:
    """Evidence by what it depends on, and not by who names the model in which role."""

    def __init__(self, clock: Callable[[], float], most_bytes: int = MEMORY_BYTES) -> None:
        """Hold at most `most_bytes`; `clock` says the Unix time."""
        self._clock = clock
        self._memory = Memory(most_bytes)
        self._at_hand: dict[bytes, tuple[float, Evidence]] = {}

    @property
    def size(self) -> int:
        """Bytes in use."""
        return self._memory.size

    def get(self, ref: ModelRef, asker: Asker, trusted: str = "") -> Evidence | None:
        """Return what is kept about a model and still holds; `trusted` is the version of what a site trusts."""
        key = _key(ref, asker, trusted)
        at_hand = self._at_hand.pop(key, None)
        kept = self._memory.get(key) if at_hand is None else None
        if at_hand is not None:
            until, evidence = at_hand
        elif kept is not None:
            (until,), evidence = _UNTIL.unpack_from(kept), unpack(kept[_UNTIL.size :], ref)
        else:
            return None
        if self._clock() >= until:
            self._memory.drop(key)
            return None
        self._at_hand[key] = until, evidence
        if len(self._at_hand) > MOST_AT_HAND:
            del self._at_hand[next(iter(self._at_hand))]
        return evidence if evidence.ref == ref else replace(evidence, ref=ref)

    def keep(self, evidence: Evidence, deadline: Deadline, trusted: str = "") -> Evidence:
        """Return evidence with the time it was learnt at, and keep it for as long as everything in it holds."""
        horizon = deadline.horizon
        observed = int(horizon.observed) if horizon.observed < float("inf") else None
        whole = replace(evidence, observed_at=observed)
        if horizon.until > self._clock():
            packed, key = pack(whole), _key(evidence.ref, deadline.payment.asker, trusted)
            self._at_hand.pop(key, None)
            if packed is not None:
                self._memory.put(key, _UNTIL.pack(horizon.until) + packed)
        return whole


class Ahead:
    """What is found out while nobody waits, each thing once."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[Evidence]] = {}

    def start(self, name: str, find_out: Callable[[], Coroutine[None, None, Evidence]]) -> None:
        """Begin, unless that is going on already or too much is."""
        if name not in self._running and len(self._running) < MOST_AHEAD:
            task = asyncio.get_running_loop().create_task(find_out())
            self._running[name] = task
            task.add_done_callback(lambda _: self._running.pop(name, None))


def _key(ref: ModelRef, asker: Asker, trusted: str) -> bytes:
    """Return the digest of all that evidence depends on; how old it may be is the policy's to say."""
    rest = (*_marked(ref.revision), *_marked(ref.file), *_marked(ref.unresolved_because), str(asker.max_evidence_age))
    return Key(trusted, "evidence", ref.scheme, ref.repository, rest).id


def _marked(text: str | None) -> tuple[str, str]:
    """Tell nothing from an empty text."""
    return ("", "") if text is None else ("=", text)
