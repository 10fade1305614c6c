"""Runs to render, harmless and hostile."""

from __future__ import annotations

from typing import Any

from weighbridge.model.evidence import Place
from weighbridge.model.requests import Namespace, Request, Where
from weighbridge.model.rules import Rule
from weighbridge.model.serving import FoundModels
from weighbridge.model.verdicts import (
    Decision,
    ExceptionUsed,
    Finding,
    JudgedModel,
    Quote,
    Remedy,
    UnknownSource,
    Verdict,
)
from weighbridge.reports import Run
from weighbridge.review import Review

COMMIT = "3f9c2e1000000000000000000000000000000000"
REF = f"hf://acme-ml/tariff-8b@{COMMIT}"
UNKNOWN = UnknownSource("timeout", "hub.example", 60, ("card.present", "license.declared"))
EXCEPTION = ExceptionUsed("until-relicensed", "pricing", "team-pricing", 1_797_292_800 * 10**9)
QUIET = Review(Request({}, Namespace("pricing")), FoundModels(), None)

HOSTILE = (
    "<script>alert(1)</script>",
    "</details></summary><img src=x onerror=alert(1)>",
    "a | b || c \\| d",
    "first\nsecond\r\nthird\ttab",
    "::error file=x::forged%0A::stop-commands::x",
    "##[set-output name=x]forged",
    "]]></failure><system-out>",
    "&amp; &lt; &#64; &unknown;",
    '=HYPERLINK("http://127.0.0.1","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "＝1+1",
    "'quoted', \"twice\" and; semicolons",
    "\x1b[2J\x00\x07\x9b\x7f",
    "\u202egpj.exe\u2066\u200b\ufeff",
    "\ufffe\uffff",
    "emoji 👩‍🚀 🇩🇪 and العربية עברית 中文",
    "![image](http://127.0.0.1/x.png) [link](javascript:alert(1)) **bold** _it_ ~~gone~~ `code` $x$ # h",
    "{0} {{x}} [text](1) \\[",
    "@octocat see #1 and www.example.test",
    "- item\n# heading\n---\n> quote\n    code",
    "%0A%25",
    "no: yes\n? - *anchor &a !!python/object:os.system",
    "x" * 10_240,
)
"""Texts that mean something to one format or another."""


def finding(effect: Any, rule: str = "license.allowed", **more: Any) -> Finding:
    action = more.pop("action", effect if effect in ("audit", "warn", "deny") else "deny")
    fields = {"message": "says x", "model": REF, "who_can_act": "model_owner", "severity": "high", **more}
    remedy = fields.pop("remedy", Remedy("ask", "declare it"))
    return Finding(rule=rule, action=action, effect=effect, remedy=remedy, **fields)


def unknown(effect: Any = "deny", **more: Any) -> Finding:
    message = "cannot tell: hub.example has not answered (2 rules need it)"
    return finding(effect, "evidence.available", message=message, because_unknown=UNKNOWN, **more)


def decision(*findings: Finding, stage: Any = "enforce", models: int = 1, **more: Any) -> Decision:
    allowed = not any(one.effect == "deny" for one in findings)
    would_allow = not any(one.action == "deny" and one.effect != "excepted" for one in findings)
    undecided = any(one.because_unknown for one in findings)
    verdict = Verdict(stage, allowed, would_allow, undecided, tuple(findings), "sha256:4be1c0ff")
    ref = more.pop("ref", REF)
    judged = tuple(JudgedModel(ref, "base", "3f9c", more.get("digest")) for _ in range(models))
    more.pop("digest", None)
    names = {"api_version": "apps/v1", "kind": "Deployment", "namespace": "pricing", "name": "tariff", **more}
    return Decision(id="7f3c9a", models=judged, verdict=verdict, **names)


def review(*findings: Finding, file: str | None = "a.yaml", line: int = 3, **more: Any) -> Review:
    where = None if file is None else Where(file, line)
    request = Request({}, Namespace(more.get("namespace", "pricing")), where=where)
    return Review(request, FoundModels(of_interest=True), decision(*findings, **more))


def run(*reviews: Review, **more: Any) -> Run:
    return Run(tuple(reviews), more.pop("problems", ()), "opa", "sha256:4be1c0ff", 3.14, **more)


def rule(name: str = "license.allowed", severity: Any = "high", frameworks: Any = None) -> Rule:
    return Rule(
        id=name,
        title="License allowed",
        description="The terms permit what is needed.",
        severity=severity,
        evidence=("license",),
        remedy=Remedy("ask", "declare it"),
        who_can_act="model_owner",
        since="0.1",
        parameters=(),
        frameworks=frameworks,
        default_action=None,
        path="rules/license/allowed/allowed.rego",
    )


def hostile(text: str) -> Run:
    """Return a run in which everything that others write is `text`."""
    used = ExceptionUsed(text, text, text, 1)
    quoted = (Quote("license.declared", Place(text, 3, text)), Quote(text, None), Quote("reference", Place(text, 3)))
    model = f"hf://acme/{text}"
    source = UnknownSource("timeout", text, 60, ())
    named = {"message": text, "model": model, "evidence": quoted, "remedy": Remedy(text, text)}
    findings = (
        finding("deny", **named),
        finding("excepted", "card.present", exception=used, **named),
        finding("audit", "reference.pinned", **named),
        finding("warn", "lineage.consistent", **named),
        finding("deny", "evidence.available", because_unknown=source, **named),
    )
    one = review(*findings, file=text, line=7, kind=text, name=text, namespace=text, ref=model)
    return run(one, problems=(text,), verbose=True)
