"""
Asks the policies two questions whose answers are known, before anybody relies on them.

A model of pickle weights whose own code would run must be denied where the restricted profile enforces,
and a plain one must be admitted where policies only watch:
a library that cannot read its input or lacks its data denies even there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime

from weighbridge.engine.interface import Engine
from weighbridge.errors import EngineError
from weighbridge.facts import Facts, WorkloadFacts, facts
from weighbridge.model.configurations import Config
from weighbridge.model.evidence import Card, Evidence, File, Files, License, Lineage, Resolved
from weighbridge.model.outcomes import Found, Missing
from weighbridge.model.refs import ModelRef
from weighbridge.model.serving import Serving, Settings
from weighbridge.model.site import Judging, SiteFacts

_COMMIT = "5e1f7e57" * 5
_REF = ModelRef("hf", "weighbridge/self-test", _COMMIT)
_NOWHERE = Missing("the self-test")
_WHEN = datetime(2026, 1, 1, tzinfo=UTC)
_MACHINERY = "policy."
"""Findings about the policies themselves, not about a model."""

_GOOD = Evidence(
    ref=_REF,
    resolved=Found(Resolved(_COMMIT, None, _COMMIT, immutable=True)),
    card=Found(Card("0" * 64, 2_000, "ok", None, code_readme=False, sections={}, placeholders=())),
    license=Found(
        License("apache-2.0", "apache-2.0", "front_matter", label_only=False, custom=False, name=None, also_named=())
    ),
    lineage=Found(Lineage("weighbridge/self-test", (), (), (), (), documented_change=False, shape=None, unknown=())),
    files=Found(Files((File("model.safetensors", 1_000, "0" * 64, "safetensors", loaded=True),), 4)),
    config=Found(Config(("Example",), "example", (), None, "bfloat16", None, 4_096)),
    tokenizer=_NOWHERE,
    generation_config=_NOWHERE,
    adapter=_NOWHERE,
)
_BAD = dataclasses.replace(
    _GOOD,
    files=Found(
        Files(
            (
                File("pytorch_model.bin", 1_000, "0" * 64, "pickle", loaded=True),
                File("modeling_example.py", 1_000, "0" * 64, "code", loaded=True),
            ),
            5,
        )
    ),
    config=Found(Config(("Example",), "example", ("modeling_example.Example",), None, "bfloat16", None, 4_096)),
)


def known_good() -> Facts:
    """Return facts that no policy may deny, as nothing enforces."""
    return _facts(_GOOD, Settings(), Judging("standard", "audit", "self-test"))


def known_bad() -> Facts:
    """Return facts that the restricted profile denies."""
    return _facts(_BAD, Settings(trust_remote_code=True), Judging("restricted", "enforce", "self-test"))


async def self_test(engine: Engine) -> None:
    """Return when both answers are right. Raises `EngineError` when not, or when the policies cannot be asked."""
    bad = (await engine.decide(known_bad().body)).answer
    if _allowed(bad) is not False or not _denying_rules(bad):
        raise EngineError(
            "self-test: pickle weights with code of their own were not denied, "
            "expected a denial by profile restricted. "
            "Fix: look at the rules format.safe and format.no_remote_code of the policies"
        )
    good = (await engine.decide(known_good().body)).answer
    if _allowed(good) is not True:
        said = "; ".join(_messages(good)) or "nothing"
        raise EngineError(f"self-test: a plain model was denied in stage audit, {said[:400]}. Fix: mend the policies")


def _facts(evidence: Evidence, settings: Settings, judging: Judging) -> Facts:
    serving = Serving("main", "vllm", settings, "registry.example/vllm", None, (str(evidence.ref),))
    site = SiteFacts(override=judging)
    return facts("self-test", WorkloadFacts("v1", "Pod", None), (serving,), (evidence,), (), site, _WHEN)


def _allowed(answer: object) -> object:
    return answer.get("allowed") if isinstance(answer, Mapping) else None


def _findings(answer: object) -> tuple[Mapping[object, object], ...]:
    findings = answer.get("findings") if isinstance(answer, Mapping) else None
    return tuple(one for one in findings if isinstance(one, Mapping)) if isinstance(findings, list) else ()


def _denying_rules(answer: object) -> tuple[str, ...]:
    denying = (str(one.get("rule")) for one in _findings(answer) if one.get("effect") == "deny")
    return tuple(rule for rule in denying if not rule.startswith(_MACHINERY))


def _messages(answer: object) -> tuple[str, ...]:
    return tuple(f"{one.get('rule')}: {one.get('message')}" for one in _findings(answer) if one.get("effect") == "deny")
