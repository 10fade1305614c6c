"""
How many new models may be asked about in a minute, for each namespace and of each host.

What is known already costs nothing, so a tenant that names a thousand models spends its own minute and delays nobody's next Pod.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from weighbridge.model.outcomes import Unknown
from weighbridge.model.requests import Asker

PER_NAMESPACE = 30
"""New models a minute."""
PER_HOST = 120
"""New models a minute, of all namespaces."""
MOST_PURSES = 10_000


@dataclass(slots=True)
class _Purse:
    left: float
    at: float


class Budgets:
    """What is left of this minute, for namespaces and hosts."""

    def __init__(
        self, clock: Callable[[], float], *, per_namespace: int = PER_NAMESPACE, per_host: int = PER_HOST
    ) -> None:
        """Allow so many new models a minute; `clock` counts seconds."""
        self._clock = clock
        self._limits = {"namespace": per_namespace, "host": per_host}
        self._purses: OrderedDict[tuple[str, str], _Purse] = OrderedDict()

    def __len__(self) -> int:
        return len(self._purses)

    def pay(self, payer: str, host: str) -> Unknown | None:
        """Pay for one new model of `host`, or say why it is not asked about."""
        mine, all_ = self._purse("namespace", payer), self._purse("host", host)
        for whose, purse, limit in ((payer, mine, "namespace"), (host, all_, "host")):
            if purse.left < 1:
                wait = (1 - purse.left) * 60 / self._limits[limit]
                why = f"{host} is not asked: {self._limits[limit]} new models a minute for {limit} {whose} are spent"
                return Unknown("too_many_questions", host, None, why, wait)
        mine.left -= 1
        all_.left -= 1
        return None

    def _purse(self, kind: str, name: str) -> _Purse:
        now, limit = self._clock(), self._limits[kind]
        purse = self._purses.setdefault((kind, name), _Purse(limit, now))
        self._purses.move_to_end((kind, name))
        purse.left = min(limit, purse.left + max(0.0, now - purse.at) * limit / 60)
        purse.at = now
        if len(self._purses) > MOST_PURSES:
            # Whoever paid longest ago has a full purse again, or nearly.
            self._purses.popitem(last=False)
        return purse


@dataclass(slots=True)
class Payment:
    """What one model costs: one new model, however many questions it takes."""

    budgets: Budgets
    asker: Asker
    _done: bool = field(default=False)

    def refused(self, host: str) -> Unknown | None:
        """Pay with the first question, and say why that cannot be done."""
        if self._done or self.asker.purse is None:
            return None
        refusal = self.budgets.pay(self.asker.purse, host)
        self._done = refusal is None
        return refusal
