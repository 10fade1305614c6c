"""
The variables of a container, by Kubernetes' rules.

What comes from another object stays unknown, with the reason, and never becomes a value.
No input or output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from weighbridge.model.companions import Wanted
from weighbridge.model.requests import KubeObject
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.reading import ITEMS, TEXT, at, mappings, named, text

CHARACTERS = 262_144
"""Characters that all variables of a container, or all its arguments, may have once they are written out."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Known and unknown variables."""

    known: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    """Name → where it comes from: `Secret chat-backend`."""
    elsewhere: str | None = None
    """Where names that are not in the object may come from: `Secret chat-backend`, read as a whole."""
    wanted: tuple[Wanted, ...] = ()

    def why(self, name: str) -> str | None:
        """Return why the value of a variable is not known, `None` when it is known or plainly undefined."""
        if name in self.known:
            return None
        if name in self.unknown:
            return f"{name} comes from {self.unknown[name]}"
        return f"{name} may come from {self.elsewhere}" if self.elsewhere else None


def environment(container: KubeObject, companions: Companions) -> Environment:
    """Return what `env` and `envFrom` of a container say."""
    env, env_from = container.get("env"), container.get("envFrom")
    if not env and not env_from:
        return Environment()
    known: dict[str, str] = {}
    unknown: dict[str, str] = {}
    wanted: list[Wanted] = []
    elsewhere: list[str] = []
    for source in mappings(env_from):
        _whole(source, companions, known, elsewhere, wanted)
    length = 0
    if any(isinstance(one, list) and len(one) > ITEMS for one in (env, env_from)):
        elsewhere.append("a longer list of variables than is read")
    for entry in mappings(env):
        if length > CHARACTERS:
            elsewhere.append("a longer list of variables than is read")
            break
        name, value = entry.get("name"), entry.get("value")
        name = name if isinstance(name, str) else ""
        if name in known or name in unknown:
            known.pop(name, None)
            unknown.pop(name, None)
        origin = entry.get("valueFrom")
        if origin is None:
            plain = value if isinstance(value, str) and len(value) <= TEXT else text(value) or ""
            known[name] = plain = expand(plain, known) if "$" in plain else plain
            length += len(plain)
            continue
        found = _companion_value(origin, companions, wanted)
        if found is None:
            unknown[name] = _origin(origin, companions)
        else:
            known[name] = found
    return Environment(known, unknown, " or ".join(elsewhere) or None, tuple(wanted))


def _whole(
    source: KubeObject,
    companions: Companions,
    known: dict[str, str],
    elsewhere: list[str],
    wanted: list[Wanted],
) -> None:
    """Read one element of `envFrom`."""
    prefix = text(source.get("prefix")) or ""
    for field_name, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
        name = named(source.get(field_name))
        if not name:
            continue
        entries = companions.config_map(name) if kind == "ConfigMap" else None
        if isinstance(entries, dict):
            known.update({f"{prefix}{key}": value for key, value in entries.items() if isinstance(value, str)})
            continue
        one = Wanted(kind, name, companions.namespace)
        elsewhere.append(companions.called(one))
        if kind == "ConfigMap":
            wanted.append(one)


def _companion_value(origin: object, companions: Companions, wanted: list[Wanted]) -> str | None:
    name, key = named(at(origin, "configMapKeyRef")), at(origin, "configMapKeyRef", "key")
    if not name or not isinstance(key, str):
        return None
    value = at(companions.config_map(name), key)
    if not isinstance(value, str):
        wanted.append(Wanted("ConfigMap", name, companions.namespace))
        return None
    return value[:TEXT]


def _origin(origin: object, companions: Companions) -> str:
    for field_name, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
        name = named(at(origin, field_name))
        if name:
            return companions.called(Wanted(kind, name, companions.namespace))
    path = text(at(origin, "fieldRef", "fieldPath"))
    return f"the Pod's own {path}" if path else "another place than the object"


def expand(value: str, known: Mapping[str, str]) -> str:
    """
    Replace `$(NAME)` as the kubelet does.

    `$$` is a plain dollar sign, an unknown name stays as it is written.
    """
    if "$" not in value:
        return value
    parts: list[str] = []
    position, length = 0, 0
    while (dollar := value.find("$", position)) >= 0 and length <= TEXT:
        parts.append(value[position:dollar])
        following = value[dollar + 1 : dollar + 2]
        end = value.find(")", dollar) if following == "(" else -1
        if end >= 0:
            name = value[dollar + 2 : end]
            parts.append(known.get(name, value[dollar : end + 1]))
            position = end + 1
        else:
            parts.append("$" if following in ("$", "") else f"${following}")
            position = dollar + 1 + len(following)
        length += len(parts[-1])
    parts.append(value[position:])
    return "".join(parts)[:TEXT]


def expanded(values: Sequence[str], known: Mapping[str, str]) -> tuple[str, ...]:
    """Replace `$(NAME)` in every element; beyond the limit elements stay as they are written."""
    found: list[str] = []
    length = 0
    for value in values:
        found.append(expand(value, known) if length <= CHARACTERS else value)
        length += len(found[-1])
    return tuple(found)
