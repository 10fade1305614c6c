"""The page of a rule, made from what its METADATA says; `tools/rule_pages.py` writes it and authors see the same at the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from weighbridge.model.rules import Rule

PROFILES = ("baseline", "standard", "restricted")
_WIDTH = 118
_EXCEPTION = """apiVersion: weighbridge.dev/v1alpha1
kind: ModelException
metadata: {{name: NAME, namespace: NAMESPACE}}
spec: {{rule: {rule}, models: ["hf://ORG/NAME@COMMIT"], owner: TEAM, reason: WHY, kind: fix-pending, ticket: ID, expires: DATE, requestedBy: USER}}
"""
_NEVER = frozenset({"evidence.available", "exception.valid", "policy.input", "policy.configured"})
"""Rules that no exception reaches."""


def rule_page(rule: Rule, actions: Mapping[str, object], parameters: Mapping[str, object]) -> str:
    """
    Return the page as Markdown.

    `actions` is the rule's row of the profiles table, `parameters` its defaults.
    """
    parts = (
        [f"# {rule.id}", "", _wrapped(f"{rule.title}. Severity {rule.severity}; action: {_actions(actions)}.")],
        _section("Summary", [_wrapped(rule.description)]),
        _section("Denies", _bullets(rule.denies)),
        _section("Admits", _bullets(rule.admits)),
        _section("Why", [_wrapped(rule.why)]),
        _section(
            "Remedy", _bullets((f"who deploys: {rule.remedy.deployer}", f"who publishes: {rule.remedy.publisher}"))
        ),
        _section("Exceptions", _exceptions(rule)),
        _section("Parameters", _parameters(rule, parameters)),
        _section("False positives", _bullets(rule.false_positives) if rule.false_positives else ["None known."]),
        _section("Evidence", [_evidence(rule)]),
        _section("Frameworks", _frameworks(rule)),
        _section("Since", [rule.since]),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def index_row(rule: Rule, actions: Mapping[str, object]) -> str:
    """Return the rule's line of the table of all rules."""
    weak = actions.get("weak", "warn")
    shown = " / ".join(str(weak[profile]) for profile in PROFILES) if isinstance(weak, Mapping) else str(weak)
    cells = (f"[{rule.id}]({rule.id}.md)", rule.title, rule.severity, *(str(actions[one]) for one in PROFILES), shown)
    return f"| {' | '.join(cells)} |"


def _actions(actions: Mapping[str, object]) -> str:
    return ", ".join(f"{profile} {actions[profile]}" for profile in PROFILES)


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", f"## {title}", "", *lines]


def _bullets(texts: tuple[str, ...]) -> list[str]:
    return [_wrapped(f"* {one}", "  ") for one in texts]


def _exceptions(rule: Rule) -> list[str]:
    if rule.id in _NEVER:
        return ["No exception reaches this rule."]
    return ["```yaml", *_EXCEPTION.format(rule=rule.id).splitlines(), "```"]


def _parameters(rule: Rule, defaults: Mapping[str, object]) -> list[str]:
    if not rule.parameters:
        return ["None."]
    rows = (f"| `{name}` | `{defaults.get(name)}` | {rule.parameter_texts.get(name, '')} |" for name in rule.parameters)
    return ["| name | default | meaning |", "|---|---|---|", *rows]


def _evidence(rule: Rule) -> str:
    if not rule.evidence:
        return "The workload itself and the site's objects; no source is asked."
    names = ", ".join(f"`{one}`" for one in rule.evidence)
    return _wrapped(f"{names}. Where one of them is unknown, `evidence.available` reports this rule as not decided.")


def _frameworks(rule: Rule) -> list[str]:
    named = rule.frameworks if isinstance(rule.frameworks, Mapping) else {}
    lines = list(_named(named))
    return lines or ["None."]


def _named(frameworks: Mapping[str, object]) -> Iterator[str]:
    for name, clauses in frameworks.items():
        shown = ", ".join(str(one) for one in clauses) if isinstance(clauses, list) else str(clauses)
        yield f"* {name}: {shown}"


def _wrapped(text: str, indent: str = "") -> str:
    return "\n".join(
        textwrap.wrap(text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    )
