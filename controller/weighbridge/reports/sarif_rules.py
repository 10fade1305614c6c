"""The rule table as SARIF shows it: titles, descriptions, remedies, and the score that code scanning sorts by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from weighbridge.model.requests import Json
from weighbridge.model.rules import Rule
from weighbridge.model.verdicts import Severity

_SCORES: Mapping[Severity, str] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "info": "0.1"}
"""Code scanning calls more than 9.0 critical, from 7.0 high, from 4.0 medium and what is below low."""
_LEVELS: Mapping[Severity, str] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "note",
    "info": "note",
}


def descriptors(ids: Sequence[str], rules: Mapping[str, Rule]) -> list[Mapping[str, object]]:
    """Return a descriptor for each id, in order; one that the table does not know has nothing but its id."""
    return [_descriptor(rules[name]) if name in rules else {"id": name} for name in ids]


def _descriptor(rule: Rule) -> Mapping[str, object]:
    page = [] if "/" in rule.id else [f"page: docs/reference/rules/{rule.id}.md"]
    remedies = (f"who deploys: {rule.remedy.deployer}", f"who publishes: {rule.remedy.publisher}", *page)
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.description},
        "help": {
            "text": "\n".join((rule.description, *remedies)),
            "markdown": "\n".join((rule.description, "", *(f"* {one}" for one in remedies))),
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "security-severity": _SCORES[rule.severity],
            "tags": list(dict.fromkeys(["security", *_tags(rule.frameworks)])),
        },
    }


def _tags(frameworks: Json) -> Iterator[str]:
    """Return `owasp_llm_2025/LLM03` for each clause a rule serves."""
    if isinstance(frameworks, Mapping):
        for name, clauses in frameworks.items():
            for clause in clauses if isinstance(clauses, list) else [clauses]:
                yield f"{name}/{clause}"
