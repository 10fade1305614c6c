"""Policy cases: stories in YAML that say what is different about a workload and which findings come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weighbridge.safe_yaml import load, load_all

FOLDER = Path(__file__).parent.parent / "cases" / "policies"
OUTCOMES = ("found", "missing", "unknown")


@dataclass(frozen=True, slots=True)
class Case:
    """One story."""

    name: str
    rule: str
    document: dict[str, Any]
    findings: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a case leaves out (_defaults.yaml says how it is laid over)."""

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
                if self._other_kind(given, below):
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

    def _other_kind(self, given: Mapping[str, Any], default: Mapping[str, Any]) -> bool:
        kinds = [[key for key in OUTCOMES if key in value] for value in (given, default)]
        return (all(kinds) and kinds[0] != kinds[1]) or "unreadable" in given


def defaults() -> Defaults:
    """Read `_defaults.yaml`."""
    said: Any = load((FOLDER / "_defaults.yaml").read_text(encoding="utf-8"))
    return Defaults(said["document"], said["elements"], said["objects"])


def all_cases() -> list[Case]:
    """Read every case, in order of file and place."""
    base = defaults()
    return [
        _case(f"{path.stem}:{document.line} {document.value['note']}", document.value, base)  # type: ignore[index]
        for path in sorted(FOLDER.glob("[!_]*.yaml"))
        for document in load_all(path.read_text(encoding="utf-8"))
    ]


def _case(name: str, said: Any, base: Defaults) -> Case:
    strange = set(said) - {"note", "rule", "given", "profile", "findings"}
    if strange:
        raise ValueError(f"{name}: has {sorted(strange)}, expected note, rule, given, profile and findings")
    given = dict(said.get("given") or {})
    if "profile" in said:
        given["site"] = {**(given.get("site") or {}), "override": {"profile": said["profile"], "stage": "enforce"}}
    return Case(name, said["rule"], base.lay(given, base.document), tuple(said["findings"]))
