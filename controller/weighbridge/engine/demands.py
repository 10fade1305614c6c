"""Asks the policies what they demand in a namespace: how policies compose is written in Rego alone."""

from __future__ import annotations

from datetime import datetime

import msgspec

from weighbridge.engine.interface import Engine
from weighbridge.errors import EngineError
from weighbridge.facts import WorkloadFacts, facts
from weighbridge.model.demands import Demands
from weighbridge.model.site import SiteFacts

DEMANDS = "weighbridge/main/demands"
"""What an engine is asked for instead of a decision."""


async def demands(engine: Engine, namespace: str, site: SiteFacts, now: datetime) -> Demands:
    """
    Return what each rule demands under `site`.

    Raises `EngineError` when the policies cannot be asked or answer something else.
    """
    document = facts(namespace, WorkloadFacts("v1", "Namespace", None), (), (), (), site, now)
    answered = await engine.decide(document.body)
    try:
        return msgspec.convert(answered.answer, Demands)
    except msgspec.ValidationError as error:
        what = str(error)
        raise EngineError(
            f"engine: data.{DEMANDS.replace('/', '.')}: {what[:1].lower()}{what[1:]}. "
            "Fix: copy main/demands.rego from the built-in policies"
        ) from None
