"""Policy cases: stories in YAML that say what is different about a workload and which findings come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from weighbridge.errors import BadPolicies
from weighbridge.safe_yaml import BadDocument, load, load_all

OUTCOMES = ("found", "missing", "unknown")
_KEYS = frozenset({"note", "rule", "given", "profile", "findings"})


@dataclass(frozen=True, slots=True)
class Case:
    """One story."""

    name: str
    """File, line and note, for messages."""
    rule: str
    document: dict[str, Any]
    findings: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a case leaves out (cases/_defaults.yaml says how it is laid over)."""

    document: dict[str, Any]
    elements: Mapping[str, Any]
    objects: Mapping[str, Any]

    def lay(self, given: Any, default: Any, path: str = "", *, element: bool = False) -> Any:
        """Return `given` laid over `default`."""
        of_each = None if element else self.elements.get(path)
        match given:
            case list() if of_each is not None:
                return [self.lay(one, of_each, path, element=True) for one in given]
            case dict() if of_each is not None:
                laid = {key: self.lay(one, of_each, path, element=True) for key, one in given.items()}
                return {**(default or {}), **laid}
            case dict():
                below = default if isinstance(default, dict) else self.objects.get(path, {})
                if _other_kind(given, below):
                    below = {}
                return {
                    **below,
                    **{
                        key: self.lay(one, below.get(key), f"{path}.{key}" if path else key)
                        for key, one in given.items()
                    },
                }
            case _:
                return given


def defaults_of(text: str, file: str) -> Defaults:
    """Read the text of `_defaults.yaml`. Raises `BadPolicies`."""
    try:
        said = load(text)
    except BadDocument as error:
        raise BadPolicies(f"{file}:{error.line}: {error.why}. Fix: mend its YAML") from None
    if isinstance(said, dict) and all(isinstance(said.get(key), dict) for key in ("document", "elements", "objects")):
        return Defaults(said["document"], said["elements"], said["objects"])
    raise BadPolicies(f"{file}: expected document, elements and objects. Fix: copy it from the built-in policies")


def cases_of(text: str, file: str, base: Defaults) -> Iterator[Case]:
    """Yield the cases of a file, in order. Raises `BadPolicies`, with file and line."""
    try:
        documents = load_all(text)
    except BadDocument as error:
        raise BadPolicies(f"{file}:{error.line}: {error.why}. Fix: mend its YAML") from None
    for document in documents:
        yield _case(f"{file}:{document.line}", document.value, base)


def differences(case: Case, answer: object) -> tuple[str, ...]:
    """Return what of a case's rule was expected and did not come, and what came and was not expected; empty when all is as told."""
    findings = answer.get("findings") if isinstance(answer, Mapping) else None
    left = [one for one in findings or () if isinstance(one, Mapping) and one.get("rule") == case.rule]
    lacking = []
    for expected in case.findings:
        match = next((one for one in left if _fits(expected, one)), None)
        if match is None:
            lacking.append(f"- expected: {_shown(expected)}")
        else:
            left.remove(match)
    return (*lacking, *(f"+ got:      {_shown(one)}" for one in left))


def _case(name: str, said: Any, base: Defaults) -> Case:
    keys = set(said) if isinstance(said, dict) else set()
    if not {"note", "rule", "findings"} <= keys or keys - _KEYS or not isinstance(said["findings"], list):
        raise BadPolicies(
            f"{name}: case with {', '.join(sorted(map(str, keys))) or 'no keys'}, "
            "expected note, rule, findings (a list) and, where needed, given and profile. Fix: correct its keys"
        )
    given = dict(said.get("given") or {})
    if "profile" in said:
        given["site"] = {**(given.get("site") or {}), "override": {"profile": said["profile"], "stage": "enforce"}}
    return Case(f"{name} {said['note']}", said["rule"], base.lay(given, base.document), tuple(said["findings"]))


def _other_kind(given: Mapping[str, Any], default: Mapping[str, Any]) -> bool:
    kinds = [[key for key in OUTCOMES if key in value] for value in (given, default)]
    return (all(kinds) and kinds[0] != kinds[1]) or "unreadable" in given


def _fits(expected: Mapping[str, Any], finding: Mapping[str, Any]) -> bool:
    same = all(key in finding and finding[key] == value for key, value in expected.items() if key != "message")
    return same and str(expected.get("message", "")) in str(finding["message"])


def _shown(finding: Mapping[str, Any]) -> str:
    effect, model, message = (finding.get(key) for key in ("effect", "model", "message"))
    parts = (effect or "any effect", model or "no model", "any message" if message is None else repr(message))
    return ", ".join(map(str, parts))
