"""
From what a container says to references: variables, volumes, and who answers for the hub.

No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from weighbridge.model.refs import FoundAt, ModelRef, Role
from weighbridge.model.text import printable
from weighbridge.workloads.environment import Environment
from weighbridge.workloads.flag_sources import unknown_variable
from weighbridge.workloads.mentions import Mention, Setting
from weighbridge.workloads.naming import LENGTH, Nothing, Path, Place, cached, clean, escaped, image, meaning
from weighbridge.workloads.tables import table
from weighbridge.workloads.volumes import SMALL, Mounts, behind

_REHOMING: Mapping[str, list[str]] = table("places")["rehoming"]
_CACHE = table("places")["cache"]
_YES = frozenset({"1", "true", "yes", "on"})
_REVISED = frozenset({"hf", "modelscope"})
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_UNSAFE_FLAG = re.compile(r"[^A-Za-z0-9._=$(){}-]+")
_REVISION = re.compile(r"\w[\w./+-]{0,254}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a mention stands in."""

    setting: Setting
    container: str | None
    environment: Environment = field(default_factory=Environment)
    mounts: Mounts = field(default_factory=Mounts)
    directory: str | None = None


def references(mention: Mention, around: Surroundings) -> tuple[ModelRef, ...]:
    """Return what a mention refers to; one that nobody can read is a reference too."""
    role = around.setting.role or mention.role
    mention = mention if role == mention.role else replace(mention, role=role)
    if mention.because is not None:
        return (unresolved(mention, around, mention.because),)
    if mention.revision is not None and not _REVISION.fullmatch(mention.revision):
        why = unknown_variable(mention.revision, around.environment) or "names no readable revision"
        return (unresolved(mention, around, f"revision {mention.revision}: {why}"),)
    found = image(mention.text) if mention.form == "image" else meaning(mention.text, around.directory, mention.form)
    match found:
        case Nothing(because=because):
            computed = any(mark in mention.text for mark in ("$(", "`", "<("))
            otherwise = "it is computed when the container starts" if computed else because
            why = unknown_variable(mention.text, around.environment) or otherwise
            return (unresolved(mention, around, f"{_shown(mention)}{why}"),)
        case Path(path=path):
            return _path(path, mention, around)
        case Place():
            return (_place(found, mention, around), *_cache(found, mention, around))


def _cache(place: Place, mention: Mention, around: Surroundings) -> tuple[ModelRef, ...]:
    """Return the volume that answers for a name of the hub when the hub may not be asked."""
    known = around.environment.known
    if place.scheme != "hf" or not any(known.get(name, "").lower() in _YES for name in _CACHE["offline"]):
        return ()
    named = (known[name] + below for name, below in _CACHE["folders"] if known.get(name))
    folder = mention.cache or next(named, None)
    mount = around.mounts.under(clean(folder)) if folder is not None and folder.startswith("/") else None
    found = behind(clean(folder), mount) if folder is not None and mount is not None else None
    return (_place(found, mention, around),) if isinstance(found, Place) else ()


def _path(path: str, mention: Mention, around: Surroundings) -> tuple[ModelRef, ...]:
    mount = around.mounts.under(path)
    found = behind(path, mount) if mount is not None else None
    if isinstance(found, Nothing):
        claimed = cached(path)
        claims = (_place(claimed, mention, around),) if claimed is not None else ()
        return (*claims, unresolved(mention, around, f"{_shown(mention)}it {found.because}"))
    supplied = _supplied(path, around) if found is None else None  # what is on a volume of its own, no download is
    if supplied is not None:
        source, rest = supplied
        return tuple(_inside(ref, rest, mention.role) for ref in references(source, replace(around, mounts=Mounts())))
    claimed = cached(path)
    claims = (_place(claimed, mention, around),) if claimed is not None else ()
    if isinstance(found, Place):
        return (*claims, _place(found, mention, around))
    return claims or (_place(Place("file", escaped(path)), mention, around),)


def _supplied(path: str, around: Surroundings) -> tuple[Mention, str] | None:
    """Return what fills a path before the engine starts, and the rest of the path."""
    filled = {**around.setting.supplied, **around.mounts.filled}
    for start in sorted(filled, key=len, reverse=True):
        if path == start or path.startswith(start.rstrip("/") + "/"):
            return filled[start], path[len(start) :].strip("/")
    below = [start for start in filled if start.startswith(path.rstrip("/") + "/")]
    return (filled[below[0]], "") if len(below) == 1 else None


def _inside(ref: ModelRef, rest: str, role: Role) -> ModelRef:
    """Return the part of a reference that lies below it."""
    role = "image" if ref.role == "image" and role == "base" else role
    if not rest or not ref.resolved:
        return replace(ref, role=role)
    if ref.scheme in (*_REVISED, "oci"):
        return replace(ref, role=role, file=rest)
    return replace(ref, role=role, repository=f"{ref.repository.rstrip('/')}/{rest}")


def _place(place: Place, mention: Mention, around: Surroundings) -> ModelRef:
    if place.scheme == "hf":
        why = _elsewhere(place, around)
        if why is not None:
            return unresolved(mention, around, f"{_shown(mention)}{why}", claim=f"hf://{place.repository}")
    revision = place.revision or (mention.revision if place.scheme in _REVISED else None)
    role: Role = "image" if place.scheme == "oci" and mention.role == "base" else mention.role
    file = place.file or (mention.file if place.scheme in _REVISED else None)
    return ModelRef(place.scheme, place.repository, revision, file, role, _found_at(mention, around))


def _elsewhere(place: Place, around: Surroundings) -> str | None:
    """Return why a name of the hub may not be answered by the hub."""
    environment = around.environment
    for name, harmless in _REHOMING.items():
        if name in environment.unknown:
            return f"{name} comes from {environment.unknown[name]} and says who answers for the hub"
        value = environment.known.get(name)
        if value is not None and value.lower() not in harmless:
            return f"{name}={value} sends it to another place than the hub"
    for mount in around.mounts.mounts:
        if SMALL & mount.volume.keys():
            continue
        here = around.directory is not None and f"{clean(around.directory)}/".startswith(f"{mount.path.rstrip('/')}/")
        if here or mount.path.endswith((f"/{place.repository}", f"/{place.repository.partition('/')[0]}")):
            return f"the volume at {mount.path} may stand in for the hub"
    return None


def unresolved(mention: Mention, around: Surroundings, because: str, claim: str | None = None) -> ModelRef:
    """Return a reference to a model that nobody can tell; `claim` is what the text says it is."""
    owner = around.setting.owner
    where = "/".join(
        _UNSAFE.sub("-", part)[:100] or "-" for part in (owner.kind, owner.name, around.container or "spec")
    )
    flag = _UNSAFE_FLAG.sub("-", mention.via.removeprefix("env "))[:100] or "-"
    why = printable(because, 300)
    found_at = replace(_found_at(mention, around), claim=claim or mention.claim)
    return ModelRef("unresolved", where, None, flag, mention.role, found_at, why)


def _found_at(mention: Mention, around: Surroundings) -> FoundAt:
    return FoundAt(around.container, mention.via[:200], mention.text[:LENGTH], mention.claim)


def _shown(mention: Mention) -> str:
    return f"{mention.via.removeprefix('env ')}={mention.text}: "
