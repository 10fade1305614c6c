"""What several formats say of a finding, in the same words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from weighbridge.model.text import printable
from weighbridge.model.verdicts import Decision, ExceptionUsed, Finding, JudgedModel, WhoCanAct

LONGEST = 4000
"""Characters of a message, where people read it in a tool of theirs."""

ACTORS: Mapping[WhoCanAct, str] = {
    "you": "you",
    "model_owner": "owner",
    "platform": "platform",
    "policy_owner": "policy owner",
}
"""Who can act, as the reader of a report is told."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def subject(decision: Decision) -> str:
    """Return `pricing/deployment/tariff`."""
    parts = (decision.namespace, decision.kind.lower(), decision.name)
    return "/".join(printable(part, 253) for part in parts if part)


def topic(rule: str) -> str:
    """Return `license` of `license.allowed`, and `acme/license` of a site's rule."""
    return rule.partition(".")[0]


def fixes(finding: Finding) -> str:
    """Return in one line what who deploys can do, and who else can act."""
    own = f"you: {printable(finding.remedy.deployer)}"
    if finding.who_can_act == "you":
        return own
    return f"{own}; {ACTORS[finding.who_can_act]}: {printable(finding.remedy.publisher)}"


def places(finding: Finding) -> str:
    """Return where the facts of a finding stand: `README.md:3, config.json:2`."""
    return ", ".join(
        f"{printable(quote.place.file, 200)}{f':{quote.place.line}' if quote.place.line else ''}"
        for quote in finding.evidence
        if quote.place
    )


def would_block(finding: Finding) -> bool:
    """Whether the object is refused for it once the stage is enforce and no grace is left."""
    return finding.action == "deny" and finding.effect != "excepted"


def excuse(exception: ExceptionUsed) -> str:
    """Return which exception holds a finding back, whose it is, and how long it lasts."""
    return f"exception {printable(exception.name, 253)} of {printable(exception.owner, 80)}, expires {day(exception.expires)}"


def day(nanoseconds: int) -> str:
    """Return the day in UTC of an instant, counted since 1970."""
    return (_EPOCH + timedelta(seconds=nanoseconds // 10**9)).date().isoformat()


def identity(decision: Decision, finding: Finding) -> str:
    """Return what a finding's model is known by: its content digest, else commit, else reference; empty for none."""
    model = judged(decision, finding)
    return (model and (model.digest or model.commit)) or finding.model or ""


def judged(decision: Decision, finding: Finding) -> JudgedModel | None:
    """Return the model of a decision that a finding is about."""
    return next((model for model in decision.models if model.ref == finding.model), None)
