"""Reads what a rule says about itself: the `# METADATA` block above its package clause."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import msgspec

from weighbridge.engine.folder import Module
from weighbridge.errors import BadPolicies
from weighbridge.facts import MODEL_FACTS
from weighbridge.model.refs import Role
from weighbridge.model.requests import Json
from weighbridge.model.rules import Rule
from weighbridge.model.site import RuleAction
from weighbridge.model.verdicts import Remedy, Severity, WhoCanAct
from weighbridge.safe_yaml import BadDocument, load

_PACKAGE = re.compile(r"(?:weighbridge|site\.(?P<site>\w+))\.rules\.(?P<topic>\w+)\.(?P<rule>\w+)")
_FACTS = frozenset(MODEL_FACTS)


class _Remedy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    deployer: str
    publisher: str


class _Custom(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    severity: Severity
    remedy: _Remedy
    since: str
    evidence: list[str] = []
    who_can_act: WhoCanAct = "model_owner"
    parameters: dict[str, str] | list[str] = []
    frameworks: Any = None
    default_action: RuleAction | None = None
    roles: list[Role] = []
    why: str = ""
    denies: list[str] = []
    admits: list[str] = []
    false_positives: list[str] = []


class _Metadata(msgspec.Struct, frozen=True):
    """OPA knows further keys (scope, authors, related_resources, …); they are the author's affair."""

    title: str
    description: str
    custom: _Custom


def rule_table(modules: tuple[Module, ...]) -> Mapping[str, Rule]:
    """
    Return the rules by id, in order.

    Raises `BadPolicies`, with file and line, where package and folder of a rule disagree or its METADATA is incomplete.
    """
    rules: dict[str, Rule] = {}
    packages: dict[str, Module] = {}
    for module in modules:
        match = _PACKAGE.fullmatch(module.package)
        if match is None:
            if ".rules." in f".{module.package}." and PurePosixPath(module.path).parts[0] in ("rules", "site"):
                raise BadPolicies(
                    f"{module.path}:{module.line}: package {module.package} is no rule, expected …rules.TOPIC.RULE. "
                    "Fix: name topic and rule"
                )
            continue
        name = _id(module, match)
        packages.setdefault(name, module)
        if PurePosixPath(module.path).stem == match["rule"]:
            rules[name] = _rule(name, module)
    for name, module in packages.items():
        if name not in rules:
            raise BadPolicies(
                f"{module.path}:{module.line}: rule {name} has no file {name.rpartition('.')[2]}.rego. "
                "Fix: name the file that holds its METADATA after the rule"
            )
    return dict(sorted(rules.items()))


def documents_of(rules: Mapping[str, Rule]) -> dict[str, Json]:
    """Return the rule table as policies read it, `data.weighbridge.rule_table`."""
    return {
        name: {
            "title": rule.title,
            "description": rule.description,
            "severity": rule.severity,
            "evidence": list(rule.evidence),
            "roles": list(rule.roles),
            "remedy": {"deployer": rule.remedy.deployer, "publisher": rule.remedy.publisher},
            "who_can_act": rule.who_can_act,
            "since": rule.since,
            "parameters": list(rule.parameters),
            "frameworks": rule.frameworks,
            "default_action": rule.default_action,
        }
        for name, rule in rules.items()
    }


def _id(module: Module, match: re.Match[str]) -> str:
    folder = f"rules/{match['topic']}/{match['rule']}"
    if match["site"]:
        folder = f"site/{match['site']}/{folder}"
    if str(PurePosixPath(module.path).parent) != folder:
        raise BadPolicies(
            f"{module.path}:{module.line}: package {module.package} is not in its folder, expected {folder}/. "
            "Fix: move the file or rename the package"
        )
    name = f"{match['topic']}.{match['rule']}"
    return f"{match['site']}/{name}" if match["site"] else name


def _rule(name: str, module: Module) -> Rule:
    said = _metadata(name, module)
    custom = said.custom
    return Rule(
        id=name,
        title=said.title,
        description=said.description,
        severity=custom.severity,
        evidence=tuple(custom.evidence),
        remedy=Remedy(custom.remedy.deployer, custom.remedy.publisher),
        who_can_act=custom.who_can_act,
        since=custom.since,
        parameters=tuple(custom.parameters),
        frameworks=custom.frameworks,
        default_action=custom.default_action,
        path=module.path,
        roles=tuple(custom.roles),
        why=custom.why,
        denies=tuple(custom.denies),
        admits=tuple(custom.admits),
        false_positives=tuple(custom.false_positives),
        parameter_texts=custom.parameters if isinstance(custom.parameters, dict) else {},
    )


def _metadata(name: str, module: Module) -> _Metadata:
    """Read the block above the package clause. Raises `BadPolicies`, with file and line."""
    first, text = _block(module)
    try:
        said = msgspec.convert(load(text), _Metadata)
    except BadDocument as error:
        raise BadPolicies(
            f"{module.path}:{first + error.line - 1}: METADATA of {name}: {error.why}. Fix: mend its YAML"
        ) from None
    except msgspec.ValidationError as error:
        what = str(error)
        raise BadPolicies(
            f"{module.path}:{first}: METADATA of {name}: {what[:1].lower()}{what[1:]}. "
            "Fix: give title, description and custom {severity, evidence, remedy {deployer, publisher}, since}"
        ) from None
    strange = sorted(set(said.custom.evidence) - _FACTS)
    if strange:
        raise BadPolicies(
            f"{module.path}:{first}: METADATA of {name}: evidence {strange[0]!r} is no fact of a model, "
            f"expected some of {', '.join(MODEL_FACTS)}. "
            "Fix: correct the name"
        )
    return said


def _block(module: Module) -> tuple[int, str]:
    """Return the line where the YAML begins and the YAML."""
    above = module.text.split("\n")[: module.line - 1]
    starts = [index for index, line in enumerate(above) if re.fullmatch(r"#\s*METADATA\s*", line)]
    if not starts:
        raise BadPolicies(
            f"{module.path}:{module.line}: rule package without METADATA. "
            "Fix: write a `# METADATA` block above the package clause"
        )
    block = above[starts[-1] + 1 :]
    lines = [line[1:].removeprefix(" ") for line in block if line.startswith("#")]
    if len(lines) != len(block):
        raise BadPolicies(
            f"{module.path}:{module.line}: METADATA is not directly above the package clause. "
            "Fix: remove the lines between"
        )
    return starts[-1] + 2, "\n".join(lines)
