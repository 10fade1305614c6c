"""
Fields of custom resources that name models, as `tables/kinds.toml` lists them.

A path is written `spec.adapters[].url`, `[]` for every element.
No input or output.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from weighbridge.model.companions import Wanted
from weighbridge.model.refs import ModelRef, Role
from weighbridge.model.requests import KubeObject
from weighbridge.model.serving import Serving, Settings
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.containers import read_container
from weighbridge.workloads.documents import document
from weighbridge.workloads.engines import GENERIC, is_empty
from weighbridge.workloads.environment import environment
from weighbridge.workloads.flags import Flag
from weighbridge.workloads.mentions import Mention, Owner, Setting
from weighbridge.workloads.pod_specs import Found, pod_specs, read_pod_spec
from weighbridge.workloads.reading import at, text
from weighbridge.workloads.resolving import Surroundings, references
from weighbridge.workloads.serving_settings import settings
from weighbridge.workloads.tables import table
from weighbridge.workloads.volumes import Mount, Mounts

_HUBS = frozenset(f"https://{host}" for host in table("places")["hub_hosts"])
VALUES = 10_000
"""Values that are read of one field."""


@dataclass(frozen=True, slots=True)
class Value:
    """What stands in a field."""

    value: object
    around: Mapping[str, object]
    """The map it stands in."""


def values(obj: object, path: str) -> Sequence[Value]:
    """Return what stands at a path, at most `VALUES` of it."""
    found = [Value(obj, obj if isinstance(obj, dict) else {})]
    for step in path.split("."):
        found = [inner for one in found for inner in _step(one, step)][:VALUES]
    return [one for one in found if one.value is not None]


def _step(here: Value, step: str) -> Iterator[Value]:
    if not isinstance(here.value, dict):
        return
    around = here.value
    value = around.get(step.removesuffix("[]"))
    if step.endswith("[]"):
        yield from (Value(one, around) for one in (value[:VALUES] if isinstance(value, list) else ()))
    else:
        yield Value(value, around)


def read_fields(row: Mapping[str, Any], obj: KubeObject, owner: Owner, companions: Companions) -> Found:
    """Return what the fields of an object and its PodSpecs name."""
    setting = Setting(owner, controller_starts=True, engine=_engine(row, obj))
    found = Found()
    for field in row.get("fields", ()):
        stand = values(obj, field["path"])
        if len(stand) == VALUES:
            found += Found(problems=(f"{field['path']} has {VALUES} values or more, not all were read",))
        for one in stand:
            if _counts(field, obj, one) and not found.is_full:
                found += _read(field, one, setting, companions)
    for part in row.get("containers", ()):
        for one in values(obj, part["path"]) if "path" in part else (Value(obj, obj),):
            found += Found() if found.is_full else _container(part, one.value, setting, companions)
    stated = _stated(row, obj)
    if stated != Settings():
        models = tuple(str(ref) for ref in found.references)
        found += Found(serving=(Serving("spec", setting.engine, stated, None, None, models),))
    if "loads_later" in row:
        later = Settings(runtime_loading=(row["loads_later"],))
        found += Found(serving=(Serving("spec", setting.engine, later, None, None),))
    for spec in pod_specs(_body(obj))[0]:
        said = Found() if found.is_full else read_pod_spec(spec, setting, companions)
        if row.get("templated") and found.references:
            said = replace(said, references=tuple(ref for ref in said.references if "{{" not in ref.found_at.raw))
        found += said
    return found + Found(of_interest=bool(found.references or found.serving))


def _body(obj: KubeObject) -> KubeObject:
    return {key: value for key, value in obj.items() if key not in ("metadata", "status")}


def _counts(field: Mapping[str, Any], obj: KubeObject, one: Value) -> bool:
    """Return whether a field has a meaning in this object: `when` and `unless` are a sibling or a path, and values."""
    for key, wanted in (("when", True), ("unless", False)):
        condition = field.get(key)
        if condition is not None:
            name, *words = condition
            said = text(one.around.get(name)) if "." not in name else text(at(obj, *name.split(".")))
            if ((said or "").lower() in [word.lower() for word in words]) is not wanted:
                return False
    return True


def _read(field: Mapping[str, Any], one: Value, setting: Setting, companions: Companions) -> Found:
    """Read one field."""
    around = Surroundings(setting, None)
    role: Role = field.get("role", "base")
    by_word: Mapping[str, Role] = field.get("roles", {})
    role = by_word.get((text(one.around.get(field.get("role_field", ""))) or "").lower(), role)
    via = str(field["path"])
    if field.get("form") == "image":
        image = image_in(one.value)
        if not image or is_empty(image):
            return Found()
        return Found(references(Mention(image, role, via, form="image"), around))
    value = text(one.value)
    if not value:
        return Found()
    if "to" in field:
        return _followed(field, value, role, one, setting, companions)
    place = f"{field['join'].join(_joined(field, one))}" if "join" in field else value
    prefix = field.get("prefix", "")
    if prefix and not ("://" in place or (field.get("hub_if_slash") and "/" in place)):
        place = f"{prefix}{place}"
    if field.get("oracle") and place.startswith("oci://"):
        place = f"oracle{place}"
    revision, file = (text(one.around.get(field.get(key, ""))) for key in ("revision", "file"))
    mention = Mention(place, role, via, revision or None, file or None, form=field.get("reading", "name"))
    host = text(one.around.get(field.get("host", "")))
    if host and host.rstrip("/") not in _HUBS:
        because = f"{field['host']}={host} sends it to another place than the hub"
        mention = replace(mention, because=because, claim=f"hf://{place}")
    refs = references(mention, around)
    return Found(tuple(replace(ref, found_at=replace(ref.found_at, raw=value)) for ref in refs))


def _joined(field: Mapping[str, Any], one: Value) -> Iterator[str]:
    yield from (part for name in field["parts"] if (part := text(one.around.get(name))))


def image_in(value: object) -> str:
    """Return an image that is a text, or is cut into registry, repository or name, and tag or digest."""
    if not isinstance(value, dict):
        return text(value) or ""
    name = text(value.get("repository")) or text(value.get("name")) or text(value.get("image")) or ""
    registry, tag, digest = (text(value.get(key)) for key in ("registry", "tag", "digest"))
    name = f"{registry}/{name}" if registry and name else name
    if digest and name:
        return f"{name}@{digest}"
    return f"{name}:{tag}" if tag and name else name


def _followed(
    field: Mapping[str, Any], name: str, role: Role, one: Value, setting: Setting, companions: Companions
) -> Found:
    """Return what another object names, or that nobody can tell while it is not at hand."""
    kind = text(one.around.get(field.get("kind_field", ""))) or field["to"]
    via = str(field["path"])
    claim = f"cr://{kind}/{name}"
    wanted = Wanted(kind, name, companions.namespace, field.get("group", ""))
    found = companions.find(wanted)
    refs = companions.follow(found) if found is not None else ()
    if refs:
        return Found(tuple(_through(ref, role, via, name, claim) for ref in refs))
    because = f"{via}={name}: {companions.why(wanted)}" if found is None else f"{kind} {name} names no model"
    mention = Mention(name, role, via, because=because, claim=claim)
    return Found(references(mention, Surroundings(setting, None)), wanted=() if found is not None else (wanted,))


def _through(ref: ModelRef, role: Role, via: str, name: str, claim: str) -> ModelRef:
    """Return a reference as the object that was followed has it, in the role that the follower gives it."""
    at_field = replace(ref.found_at, container=None, via=via, raw=name, claim=claim)
    return replace(ref, role=role if ref.role == "base" else ref.role, found_at=at_field)


def _engine(row: Mapping[str, Any], obj: KubeObject) -> str | None:
    """Return the engine an object asks for."""
    said = text(at(obj, *row["engine_path"].split("."))) if "engine_path" in row else None
    engines: Mapping[str, str] = row.get("engines", {})
    engine: str | None = engines.get((said or "").lower(), row.get("engine"))
    return engine or None


def _container(part: Mapping[str, Any], value: object, setting: Setting, companions: Companions) -> Found:
    """Read arguments and variables that stand outside of a container."""
    keys = {key: at(value, *path.split(".")) for key, path in part.items() if key not in _WITHOUT_VALUE}
    configured, wanted = _configured(part, keys, companions)
    arguments: list[object] = [*_elements(keys.get("args")), *_flags(keys.get("flags")), *_flags(configured)]
    try:
        arguments.extend(shlex.split(text(keys.get("line")) or ""))
    except ValueError:
        mention = Mention("", "base", part["line"], because=f"{part['line']}: its quotes are not closed")
        return Found(references(mention, Surroundings(setting, None)))
    given = keys.get("variables")
    variables = [{"name": name, "value": one} for name, one in given.items()] if isinstance(given, dict) else None
    raw = {
        "name": "server",
        "image": image_in(keys.get("image")),
        "args": arguments,
        "env": variables or keys.get("env"),
        "envFrom": keys.get("envFrom"),
    }
    around = environment(raw, companions)
    said = read_container(raw, setting, around, _mounts(part, value), companions)
    every = (*wanted, *around.wanted, *said.wanted)
    return Found(said.references, said.serving, said.of_interest, every, words=said.words)


_WITHOUT_VALUE = frozenset({"path", "mounts", "file"})


def _configured(
    part: Mapping[str, Any], keys: Mapping[str, object], companions: Companions
) -> tuple[object, tuple[Wanted, ...]]:
    """Return the flags in a file of a ConfigMap that the object names: `file` is its key, and the map within it."""
    name = text(keys.get("config"))
    if not name:
        return None, ()
    entries = companions.config_map(name)
    if not isinstance(entries, dict):
        return None, (Wanted("ConfigMap", name, companions.namespace),)
    key, *inner = part["file"]
    return at(document(text(entries.get(key)) or ""), *inner), ()


def _mounts(part: Mapping[str, Any], value: object) -> Mounts:
    """Return the volumes that a controller mounts for what the object says."""
    found = []
    for one in part.get("mounts", ()):
        claim, host, inner = (
            text(at(value, *one[key].split("."))) if key in one else None for key in ("claim", "host", "sub_path")
        )
        if claim:
            found.append(Mount(one["path"], {"persistentVolumeClaim": {"claimName": claim}}, inner or ""))
        elif host:
            found.append(Mount(one["path"], {"hostPath": {"path": host}}, ""))
    return Mounts(tuple(found))


def _elements(value: object) -> Sequence[object]:
    """Return the elements of a list of arguments as they stand."""
    return value if isinstance(value, list) else ()


def _flags(value: object) -> Iterator[str]:
    """Yield flags that stand as a map: `--max-model-len: 2048` or `max-model-len: 2048`."""
    for name, given in value.items() if isinstance(value, dict) else ():
        flag = f"--{str(name).lstrip('-')}"
        said = text(given)
        yield flag if said in (None, "") else f"{flag}={said}"


def _stated(row: Mapping[str, Any], obj: KubeObject) -> Settings:
    """Return the settings that stand in fields of their own."""
    flags = [
        Flag(flag, path, (said,))
        for path, flag in row.get("settings", {}).items()
        for one in values(obj, path)
        if (said := text(one.value)) is not None
    ]
    return settings(GENERIC, tuple(flags), environment({}, Companions()))
